import AttuneWire

/// What the leader has made and does not tell yet, because other ranks have not; and what came after, so that all is told in its order.
struct HeldNotices {
  private var held: [ChangeNotice] = []
  /// Numbers of decisions that are not to be told.
  private var awaited: Set<Int> = []
  /// How many ranks have made those that may be told, until they are.
  private var ranks: [Int: Int] = [:]

  /// The `n` of the first that is held back; `nil` when none is.
  var first: Int? { held.first?.n }

  /// A decision has been made: its notice waits for the ranks.
  mutating func await(number: Int) { awaited.insert(number) }

  /// So many ranks have made it.
  /// - Returns: what may be told now.
  mutating func release(number: Int, ranks count: Int) -> [ChangeNotice] {
    awaited.remove(number)
    ranks[number] = count
    return drain()
  }

  /// Something took effect in this process.
  /// - Returns: what may be told now.
  mutating func admit(_ notice: ChangeNotice) -> [ChangeNotice] {
    held.append(notice)
    return drain()
  }

  /// The program ends: everything may be told.
  mutating func releaseAll() -> [ChangeNotice] {
    awaited = []
    return drain()
  }

  private mutating func drain() -> [ChangeNotice] {
    let count = held.firstIndex { awaited.contains($0.number) } ?? held.count
    let told = held.prefix(count).map { notice in
      var notice = notice
      notice.ranks = ranks.removeValue(forKey: notice.number)
      return notice
    }
    held.removeFirst(count)
    return told
  }
}
