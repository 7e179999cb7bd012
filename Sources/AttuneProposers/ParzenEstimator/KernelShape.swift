import AttuneCore
import AttuneMath
import Foundation

/// What a kernel looks like along one axis of the unit cube, wherever its centre is.
enum KernelShape: Sendable {
  /// A normal distribution cut off at the ends of the range. More values in an order than are tabulated stand for their intervals: what is
  /// drawn has to be moved to the value there.
  case normal(bandwidth: Double)
  /// Few values.
  case table(KernelTable)
  /// Many values without an order: the kernel's own, or any other.
  case alike(count: Int, same: Double, other: Double)

  /// With more values than these a table costs more than it is worth.
  static let tabulated = 32

  /// - Parameters:
  ///   - bandwidth: of the normal distribution, in coordinates.
  ///   - mixing: of values without an order the part of a kernel that is spread over all of them, in 0...1.
  init(_ parameter: Parameter, bandwidth: Double, mixing: Double) {
    let axis = parameter.axis
    switch axis.kind {
    case .continuous:
      // A parameter that was frozen has one value, wherever its coordinate is.
      let isFrozen = axis.range.upperBound - axis.range.lowerBound < 1e-12
      self = isFrozen ? .table(KernelTable(ordered: [0.5], range: 0...1, bandwidth: 1)) : .normal(bandwidth: bandwidth)
    case .ordered(let count):
      let units = count <= Self.tabulated ? parameter.frame.units : nil
      self = units.map { .table(KernelTable(ordered: $0, range: axis.range, bandwidth: bandwidth)) } ?? .normal(bandwidth: bandwidth)
    case .unordered(let count):
      let allowed = axis.allowed ?? Array(0..<count)
      let other = mixing / Double(max(allowed.count, 1))
      let same = 1 - mixing + other
      self =
        count <= Self.tabulated
        ? .table(KernelTable(unordered: count, allowed: allowed, same: same, other: other)) : .alike(count: count, same: same, other: other)
    }
  }

  /// The number of the value of a kernel or a point, from 0; `count` for `nil`. On a normal axis 0.
  func row(of unit: Double?) -> Int {
    switch self {
    case .normal: 0
    case .table(let table): table.row(of: unit)
    case .alike(let count, _, _): unit.map { min(max(Int($0 * Double(count)), 0), count - 1) } ?? count
    }
  }

  /// A coordinate drawn from the kernel at `centre`, or from anywhere on the axis.
  /// - Parameter widening: of a normal distribution's bandwidth.
  func sample(near centre: Double?, _ axis: Axis, widening: Double = 1, using random: inout RandomStream) -> Double {
    switch self {
    case .normal(let bandwidth):
      guard let centre else { return axis.coordinate(at: random.nextUnit()) }
      // From a centre within the range nearly every second draw stays there at least, unless the bandwidth is far above the range.
      for _ in 0..<100 {
        let drawn = centre + widening * bandwidth * Self.normal(using: &random)
        if axis.range.contains(drawn) { return drawn }
      }
      return min(max(centre, axis.range.lowerBound), axis.range.upperBound)
    case .table(let table): return table.unit(at: random.nextUnit(), inRow: table.row(of: centre))
    case .alike(_, let same, let other):
      if let centre, random.nextUnit() < same - other { return centre }
      return axis.coordinate(at: random.nextUnit())
    }
  }

  /// Box and Muller, "A note on the generation of random normal deviates" (1958).
  private static func normal(using random: inout RandomStream) -> Double {
    let radius = (-2 * log(1 - random.nextUnit())).squareRoot()
    return radius * cos(2 * .pi * random.nextUnit())
  }
}
