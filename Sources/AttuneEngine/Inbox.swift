import Synchronization

/// Collects what arrives from any thread and hands it over in batches, so that one transaction takes everything that came while
/// the one before was written.
final class Inbox<Element: Sendable>: Sendable {
  /// `nil` once it is closed.
  private let waiting = Mutex<[Element]?>([])
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation

  init() { (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  /// - Returns: whether anybody will see it; not after `close`.
  @discardableResult
  func put(_ element: Element) -> Bool {
    let isTaken = waiting.withLock { elements in
      elements?.append(element)
      return elements != nil
    }
    signal.yield()
    return isTaken
  }

  /// Takes nothing more.
  /// - Returns: what was still waiting.
  func close() -> [Element] {
    waiting.withLock { elements in
      defer { elements = nil }
      return elements ?? []
    }
  }

  /// The next batch, at least one element; `nil` when the task is cancelled.
  func next() async -> [Element]? {
    for await _ in signals {
      let batch = waiting.withLock { elements in
        defer { if elements != nil { elements = [] } }
        return elements ?? []
      }
      if !batch.isEmpty { return batch }
    }
    return nil
  }
}
