/// Whole numbers, kept as ranges: counted numbers are one range, however many they are. A program may be tuned for weeks.
struct NumberSet {
  /// Ascending, with a gap between any two.
  private var ranges: [ClosedRange<Int>] = []

  init(_ numbers: some Sequence<Int> = []) {
    for number in numbers.sorted() { insert(number) }
  }

  func contains(_ number: Int) -> Bool {
    let place = place(of: number)
    return place < ranges.count && ranges[place].contains(number)
  }

  mutating func insert(_ number: Int) {
    let place = place(of: number)
    guard place == ranges.count || !ranges[place].contains(number) else { return }
    let joinsNext = place < ranges.count && ranges[place].lowerBound &- 1 == number
    if place > 0, ranges[place - 1].upperBound &+ 1 == number {
      ranges[place - 1] = ranges[place - 1].lowerBound...(joinsNext ? ranges[place].upperBound : number)
      if joinsNext { ranges.remove(at: place) }
    } else if joinsNext {
      ranges[place] = number...ranges[place].upperBound
    } else {
      ranges.insert(number...number, at: place)
    }
  }

  /// The first range that does not end before the number.
  private func place(of number: Int) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
