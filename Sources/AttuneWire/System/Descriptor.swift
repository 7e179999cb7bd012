#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A non-blocking socket or pipe end, closed on exec. Whoever opened it closes it, once.
struct Descriptor: Hashable, Sendable {
  let raw: Int32

  /// What a read or a write came to.
  enum Outcome: Hashable {
    case moved(Int)
    /// Nothing can move right now.
    case wouldBlock
    /// The other side has closed, or the connection broke.
    case ended
  }

  func close() {
    Forks.closed(raw)
    _ = systemClose(raw)
  }

  /// Reads what is there, at most the buffer's size.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    while true {
      let count = systemRead(raw, buffer.baseAddress, buffer.count)
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .ended
    }
  }

  /// Writes what the kernel takes. Never blocks, never raises SIGPIPE.
  func send(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    while true {
      let count = systemSend(raw, bytes.baseAddress, bytes.count)
      if count >= 0 { return .moved(count) }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .ended
    }
  }

  /// Makes the descriptor non-blocking, closed on exec and in forked children.
  func configure() {
    Forks.opened(raw)
    _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
    _ = fcntl(raw, F_SETFL, fcntl(raw, F_GETFL) | O_NONBLOCK)
    #if !canImport(Glibc)
      var flag: Int32 = 1
      _ = setsockopt(raw, SOL_SOCKET, SO_NOSIGPIPE, &flag, socklen_t(MemoryLayout<Int32>.size))
    #endif
  }

  /// Waits until reading or writing is possible.
  /// - Returns: `false` when the deadline came first.
  func wait(for events: Int32, until deadline: Moment) -> Bool {
    while true {
      var entry = pollfd(fd: raw, events: Int16(events), revents: 0)
      let count = poll(&entry, 1, deadline.millisecondsLeft)
      if count > 0 { return true }
      if count == 0, deadline.isPast { return false }
      if count < 0, errno != EINTR { return true }
    }
  }
}

// Free functions, because inside a type its own `close` and `send` hide the system's.
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int { read(descriptor, buffer, count) }
private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Glibc)
    send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
  #else
    send(descriptor, bytes, count, 0)
  #endif
}

/// Descriptors that the process may have.
var descriptorLimit: Int {
  var limit = rlimit()
  #if canImport(Glibc)
    let code = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  #else
    let code = getrlimit(RLIMIT_NOFILE, &limit)
  #endif
  return code == 0 ? Int(clamping: limit.rlim_cur) : 1024
}

/// What the system said, for a message.
func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }
