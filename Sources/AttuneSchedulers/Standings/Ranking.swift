/// Elements in ascending order, in which a place is found and changed quickly however many there are.
///
/// Sorted blocks of bounded length: putting one in moves a part of one block, and counting adds up the lengths of the blocks before.
struct Ranking<Element: Comparable & Sendable>: Sendable {
  private static var longest: Int { 1024 }
  private var blocks: [[Element]] = []
  /// Of each block, beside the blocks themselves, so that looking for a place touches little memory.
  private var lengths: [Int] = []
  private var lasts: [Element] = []
  /// How many there are.
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  var first: Element? { blocks.first?.first }

  /// The element at a place, from 0.
  /// - Precondition: there are more elements than that.
  /// - Complexity: O(count / 1024).
  subscript(place: Int) -> Element {
    precondition(place >= 0 && place < count, "a ranking of \(count) has no place \(place)")
    var (block, rest) = (0, place)
    while rest >= lengths[block] {
      rest -= lengths[block]
      block += 1
    }
    return blocks[block][rest]
  }

  /// How many are less than that one.
  /// - Complexity: O(log count + count / 1024).
  func place(of element: Element) -> Int {
    let block = Self.lowerBound(of: element, in: lasts)
    guard block < blocks.count else { return count }
    return lengths[..<block].reduce(0, +) + Self.lowerBound(of: element, in: blocks[block])
  }

  /// Equal elements may be there several times.
  mutating func insert(_ element: Element) {
    count += 1
    let block = min(Self.lowerBound(of: element, in: lasts), max(blocks.count - 1, 0))
    guard block < blocks.count else {
      blocks.append([element])
      lengths.append(1)
      lasts.append(element)
      return
    }
    blocks[block].insert(element, at: Self.lowerBound(of: element, in: blocks[block]))
    note(block)
    if lengths[block] > Self.longest { split(block) }
  }

  /// Takes one of the elements that are equal to that one out.
  /// - Returns: whether there was one.
  @discardableResult mutating func remove(_ element: Element) -> Bool {
    let block = Self.lowerBound(of: element, in: lasts)
    guard block < blocks.count else { return false }
    let place = Self.lowerBound(of: element, in: blocks[block])
    guard blocks[block][place] == element else { return false }
    count -= 1
    blocks[block].remove(at: place)
    if blocks[block].isEmpty {
      blocks.remove(at: block)
      lengths.remove(at: block)
      lasts.remove(at: block)
    } else {
      note(block)
    }
    return true
  }

  private mutating func note(_ block: Int) {
    lengths[block] = blocks[block].count
    lasts[block] = blocks[block][lengths[block] - 1]
  }

  private mutating func split(_ block: Int) {
    let upper = Array(blocks[block][(Self.longest / 2)...])
    blocks[block].removeSubrange((Self.longest / 2)...)
    blocks.insert(upper, at: block + 1)
    lengths.insert(0, at: block + 1)
    lasts.insert(upper[0], at: block + 1)
    note(block)
    note(block + 1)
  }

  /// The place of the first element that is not less.
  private static func lowerBound(of element: Element, in sorted: [Element]) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < element { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
