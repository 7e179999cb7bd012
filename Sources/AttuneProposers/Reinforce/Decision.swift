import AttuneCore
import AttuneMath

/// One parameter as a choice between numbered options: the values where they are few, else intervals or groups of them.
struct Decision: Sendable {
  /// More options than that make a network too wide to learn from a few hundred trials.
  static let mostOptions = 64

  private enum Options: Sendable {
    /// Each option's coordinates, ascending; one each where values are few.
    case listed([[Double]])
    /// So many equal parts of a range.
    case intervals(ClosedRange<Double>, Int)
  }

  /// The parameter's place in the space.
  let parameter: Int
  /// Whether a larger option is a larger one: growing a trial may only go up.
  let isSize: Bool
  /// Whether options have no order: growing a trial leaves them alone.
  let isChoice: Bool
  private let options: Options
  private let source: Parameter

  /// - Parameters:
  ///   - index: the parameter's place in the space.
  ///   - levels: into how many intervals a range without few values is cut.
  init(_ source: Parameter, at index: Int, levels: Int) {
    parameter = index
    self.source = source
    let axis = source.axis
    switch axis.kind {
    case .unordered(let count):
      let values = (axis.allowed ?? Array(0..<count)).map { (Double($0) + 0.5) / Double(count) }
      let groups = min(values.count, Self.mostOptions)
      options = .listed((0..<groups).map { Array(values[($0 * values.count / groups)..<(($0 + 1) * values.count / groups)]) })
    case .ordered where source.count ?? .max <= max(levels, 2): options = .listed((source.units ?? [0.5]).map { [$0] })
    case .ordered, .continuous: options = .intervals(axis.range, axis.range.lowerBound < axis.range.upperBound ? levels : 1)
    }
    (isChoice, isSize) =
      switch axis.kind {
      case .unordered: (true, false)
      case .ordered: (false, true)
      case .continuous: (false, false)
      }
  }

  var count: Int {
    switch options {
    case .listed(let values): values.count
    case .intervals(_, let count): count
    }
  }

  /// The option that a coordinate belongs to.
  func option(at unit: Double) -> Int {
    switch options {
    case .listed(let values): values.firstIndex { ($0.last ?? 1) >= unit - 1e-9 } ?? values.count - 1
    case .intervals(let range, let count):
      min(max(Int((unit - range.lowerBound) / max(range.upperBound - range.lowerBound, 1e-300) * Double(count)), 0), count - 1)
    }
  }

  /// A coordinate of an option.
  /// - Parameter floor: the coordinate is not below it, should the option reach so high.
  func coordinate(of option: Int, atLeast floor: Double?, using random: inout RandomStream) -> Double {
    switch options {
    case .listed(let values): return values[option][Int.random(in: values[option].indices, using: &random)]
    case .intervals(let range, let count):
      let width = (range.upperBound - range.lowerBound) / Double(count)
      let high = range.lowerBound + Double(option + 1) * width
      let low = min(max(range.lowerBound + Double(option) * width, floor ?? 0), high)
      return source.snapped(low + random.nextUnit() * (high - low))
    }
  }
}
