#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Starts a detached thread that takes no signals, so that the program's own handlers run where they always did.
/// - Throws: `WireError.system` when the process may have no more threads.
func startBackgroundThread(named name: String, _ body: @escaping @Sendable () -> Void) throws(WireError) {
  var everySignal = sigset_t()
  var before = sigset_t()
  sigfillset(&everySignal)
  pthread_sigmask(SIG_SETMASK, &everySignal, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))

  let work = Unmanaged.passRetained(ThreadBody(name: name, body: body))
  let code = createThread(&attributes, work.toOpaque())
  guard code == 0 else {
    work.release()
    throw .system("thread '\(name)'", systemMessage(code))
  }
}

/// The calling thread's number, to tell it from others.
func threadNumber() -> UInt {
  #if canImport(Glibc)
    UInt(pthread_self())
  #else
    UInt(bitPattern: pthread_self())
  #endif
}

private final class ThreadBody: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }

  func run() {
    #if canImport(Glibc)
      // `pthread_setname_np` is hidden behind a macro that Swift does not define.
      let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
      if file >= 0 {
        _ = write(file, name, min(name.utf8.count, 15))
        close(file)
      }
    #else
      pthread_setname_np(name)
    #endif
    body()
  }
}

private func createThread(_ attributes: UnsafePointer<pthread_attr_t>, _ context: UnsafeMutableRawPointer) -> Int32 {
  #if canImport(Glibc)
    var thread = pthread_t()
    return pthread_create(
      &thread, attributes,
      { raw in
        if let raw { Unmanaged<ThreadBody>.fromOpaque(raw).takeRetainedValue().run() }
        return nil
      }, context)
  #else
    var thread: pthread_t?
    return pthread_create(
      &thread, attributes,
      { raw in
        Unmanaged<ThreadBody>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, context)
  #endif
}
