import Dispatch

/// Collects what others tell; a test waits for what it expects, without holding a thread.
actor Collector<Item: Sendable> {
  struct Silence: Error, CustomStringConvertible {
    let heard: [Item]
    var description: String { "what was expected did not come; heard: \(heard)" }
  }

  private(set) var items: [Item] = []
  private var waiters: [Int: (isMet: ([Item]) -> Bool, continuation: CheckedContinuation<Bool, Never>)] = [:]
  private var waiterCount = 0

  func add(_ item: Item) {
    items.append(item)
    for (number, waiter) in waiters where waiter.isMet(items) {
      waiters[number] = nil
      waiter.continuation.resume(returning: true)
    }
  }

  /// Returns when `isMet` holds of everything so far.
  /// - Throws: `Silence` after `seconds`.
  @discardableResult
  func wait(within seconds: Double = 30, until isMet: @escaping @Sendable ([Item]) -> Bool) async throws -> [Item] {
    if isMet(items) { return items }
    waiterCount += 1
    let number = waiterCount
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { Task { await self.giveUp(number) } }
    let isHeard = await withCheckedContinuation { waiters[number] = (isMet, $0) }
    if !isHeard { throw Silence(heard: items) }
    return items
  }

  private func giveUp(_ number: Int) { waiters.removeValue(forKey: number)?.continuation.resume(returning: false) }
}
