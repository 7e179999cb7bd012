/// The last of many things, numbered from 1 without gaps. What is beyond the capacity, the oldest, is forgotten.
struct NumberedLog<Element> {
  private var elements: [Element] = []
  /// Elements at the front of the array that are forgotten; the array is shortened only now and then.
  private var head = 0
  /// The number of the last one so far; 0 before the first.
  private(set) var last = 0
  let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  var count: Int { elements.count - head }
  /// The number of the first that is kept; one more than `last` when none is.
  var first: Int { last - count + 1 }

  /// - Returns: how many were forgotten to make room.
  @discardableResult
  mutating func append(_ element: Element) -> Int {
    elements.append(element)
    last += 1
    guard count > capacity else { return 0 }
    forget(through: first)
    return 1
  }

  /// Puts another in the place of the one of that number, if it is kept.
  mutating func replace(_ number: Int, with element: Element) {
    guard (first...last).contains(number), count > 0 else { return }
    elements[head + number - first] = element
  }

  /// Those from that number on that are kept, at most so many.
  func from(_ number: Int, atMost limit: Int = .max) -> ArraySlice<Element> {
    elements[head...].dropFirst(max(0, number - first)).prefix(limit)
  }

  mutating func forget(through number: Int) {
    head += max(0, min(count, number - first + 1))
    if head > 64, head > elements.count / 2 {
      elements.removeFirst(head)
      head = 0
    }
  }

  /// Counts on as if so many more had come before the first.
  mutating func shift(by offset: Int) { last += offset }
}
