import AttuneCore
import AttuneMath

/// The decisions by which a parameter gets its value: one with a way for each value where values have no order, else one half after
/// the other until one bin is left.
struct Branching: Sendable {
  /// Values up to which each has a bin of its own.
  private static let mostValues = 1024
  /// Bins, numbered from 0.
  let count: Int
  /// Whether bins are next to one another, so that halves make sense.
  let isOrdered: Bool
  /// Of each bin, when it is one value; none where a bin is an interval.
  private let coordinates: [Double]
  private let range: ClosedRange<Double>

  /// - Parameter levels: how often a range without steps is halved.
  init(_ parameter: Parameter, levels: Int) {
    let axis = parameter.axis
    range = axis.range
    switch axis.kind {
    case .unordered(let values):
      coordinates = (axis.allowed ?? Array(0..<values)).map { (Double($0) + 0.5) / Double(values) }
      isOrdered = false
    case .ordered where parameter.count ?? .max <= Self.mostValues:
      coordinates = parameter.units ?? []
      isOrdered = true
    case .ordered, .continuous:
      coordinates = []
      isOrdered = true
    }
    count = coordinates.isEmpty ? 1 << levels : coordinates.count
  }

  /// The bin of a coordinate; the nearest one's when it has none of its own.
  func bin(of coordinate: Double) -> Int {
    guard !coordinates.isEmpty else {
      let width = range.upperBound - range.lowerBound
      return width > 0 ? min(max(Int((coordinate - range.lowerBound) / width * Double(count)), 0), count - 1) : 0
    }
    let next = coordinates.partitioningIndex { $0 >= coordinate }
    if next == 0 { return 0 }
    if next == coordinates.count { return next - 1 }
    return coordinates[next] - coordinate < coordinate - coordinates[next - 1] ? next : next - 1
  }

  /// A coordinate of a bin: that of its value, or a random one of its interval.
  func coordinate(of bin: Int, using random: inout RandomStream) -> Double {
    guard coordinates.isEmpty else { return coordinates[bin] }
    return range.lowerBound + (Double(bin) + random.nextUnit()) / Double(count) * (range.upperBound - range.lowerBound)
  }
}

extension Array {
  /// The first index whose element is so, when all that are so stand behind all that are not.
  func partitioningIndex(where isSo: (Element) -> Bool) -> Int {
    var range = startIndex..<endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = isSo(self[middle]) ? range.lowerBound..<middle : (middle + 1)..<range.upperBound
    }
    return range.lowerBound
  }
}
