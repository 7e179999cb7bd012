import AttuneWire
import Synchronization

/// Collects what other threads tell, and lets a test wait for it: no sleeping, a generous deadline.
public final class Inbox<Item: Sendable>: Sendable {
  private let items = Mutex<[Item]>([])
  private let bell: Bell

  /// An empty inbox.
  public init() throws { bell = try Bell() }

  /// Everything so far, in order.
  public var all: [Item] { items.withLock { $0 } }

  /// Puts one in; from any thread.
  public func put(_ item: Item) {
    items.withLock { $0.append(item) }
    bell.ring()
  }

  /// Waits until the collected items are as wanted.
  /// - Throws: `Missing` after 20 seconds, with what was there.
  @discardableResult
  public func wait(until isEnough: ([Item]) -> Bool) throws -> [Item] {
    let deadline = Moment.after(.seconds(20))
    while true {
      let now = all
      if isEnough(now) { return now }
      guard bell.wait(until: deadline) else { throw Missing(found: "\(now)") }
    }
  }

  /// Waits until so many are there.
  @discardableResult
  public func wait(count: Int) throws -> [Item] { try wait { $0.count >= count } }

  /// What a wait ended with.
  public struct Missing: Error {
    /// What was there instead.
    public let found: String
  }
}
