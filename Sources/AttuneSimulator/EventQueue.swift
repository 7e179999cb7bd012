/// What is due at some moment of the virtual clock, earliest first; of equal moments, what was put in first. A binary heap.
struct EventQueue<Element> {
  private struct Entry {
    let time: Double
    let sequence: Int
    let element: Element

    func isBefore(_ other: Entry) -> Bool { time < other.time || (time == other.time && sequence < other.sequence) }
  }

  private var heap: [Entry] = []
  private var count = 0

  /// Puts something in.
  /// - Complexity: O(log n).
  mutating func put(_ element: Element, at time: Double) {
    count += 1
    let entry = Entry(time: time, sequence: count, element: element)
    heap.append(entry)
    var place = heap.count - 1
    while place > 0, entry.isBefore(heap[(place - 1) / 2]) {
      heap[place] = heap[(place - 1) / 2]
      place = (place - 1) / 2
    }
    heap[place] = entry
  }

  /// Takes out what is due first; `nil` when nothing is.
  /// - Complexity: O(log n).
  mutating func take() -> (time: Double, element: Element)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty { sink(last) }
    return (first.time, first.element)
  }

  /// Lets an entry sink from the top.
  private mutating func sink(_ entry: Entry) {
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
      guard heap[child].isBefore(entry) else { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = entry
  }
}
