import Dispatch

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Says when files in a directory grow or appear as a whole. Where the system has no inotify, or no watch left, it says so every 100 ms.
final class DirectoryWatch {
  private let queue: DispatchQueue
  private var descriptor: Int32 = -1
  private var source: (any DispatchSourceProtocol)?
  private var changed: [Int32: @Sendable () -> Void] = [:]
  private var polled: [String: any DispatchSourceTimer] = [:]
  private var watched: [String: Int32] = [:]

  /// - Parameter queue: where everything happens, and from where everything is called.
  init(queue: DispatchQueue) {
    self.queue = queue
    #if canImport(Glibc)
      descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
    #endif
  }

  /// Calls `handler` on the queue after files in the directory have grown or were put there.
  func watch(_ directory: String, _ handler: @escaping @Sendable () -> Void) {
    #if canImport(Glibc)
      listen()
      let watch = descriptor < 0 ? -1 : inotify_add_watch(descriptor, directory, UInt32(IN_MODIFY | IN_MOVED_TO))
      if watch >= 0 {
        changed[watch] = handler
        watched[directory] = watch
        return
      }
    #endif
    let timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now() + 0.1, repeating: 0.1)
    timer.setEventHandler(handler: handler)
    timer.activate()
    polled[directory] = timer
  }

  /// Ends the watch.
  func forget(_ directory: String) {
    polled.removeValue(forKey: directory)?.cancel()
    guard let watch = watched.removeValue(forKey: directory) else { return }
    changed[watch] = nil
    #if canImport(Glibc)
      inotify_rm_watch(descriptor, watch)
    #endif
  }

  #if canImport(Glibc)
    private func listen() {
      guard source == nil, descriptor >= 0 else { return }
      let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
      source.setEventHandler { [weak self] in self?.read() }
      source.activate()
      self.source = source
    }

    private func read() {
      var buffer = [UInt8](repeating: 0, count: 16384)
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return }
      var touched: Set<Int32> = []
      buffer.withUnsafeBytes { bytes in
        var position = 0
        while position + MemoryLayout<inotify_event>.size <= count {
          let event = bytes.loadUnaligned(fromByteOffset: position, as: inotify_event.self)
          touched.insert(event.wd)
          position += MemoryLayout<inotify_event>.size + Int(event.len)
        }
      }
      for watch in touched { changed[watch]?() }
      // Too much at once: the system left some out, so everybody looks.
      if touched.contains(-1) { for handler in changed.values { handler() } }
    }
  #endif
}
