import Synchronization

/// The port, from when it is known.
final class OncePort: Sendable {
  private let port = Mutex(0)

  var value: Int {
    get { port.withLock { $0 } }
    set { port.withLock { $0 = newValue } }
  }
}
