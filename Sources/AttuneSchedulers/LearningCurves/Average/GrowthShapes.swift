import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ways in which a curve may grow: 0 at position 1, 1 at the end, without parameters left.
///
/// The eleven models of Domhan et al. (2015) are all level + rise · shape once their exponents and times are fixed; here those are on a grid:
/// powers, stretched exponentials (Weibull, Janoschek), Hill's and logarithmic curves.
struct GrowthShapes: Sendable {
  private enum Family {
    case logarithm
    /// (1 + t / time)^(-exponent), or t^(-exponent) for the time 0.
    case power(exponent: Double, time: Double)
    /// exp(-(t / time)^exponent).
    case exponential(exponent: Double, time: Double)
    /// 1 / (1 + (t / time)^exponent).
    case hill(exponent: Double, time: Double)

    func value(at position: Double) -> Double {
      switch self {
      case .logarithm: log(position)
      case .power(let exponent, let time): -pow((position + time) / (1 + time), -exponent)
      case .exponential(let exponent, let time): -exp(-pow(position / time, exponent))
      case .hill(let exponent, let time): -1 / (1 + pow(position / time, exponent))
      }
    }
  }

  private struct Shape {
    let family: Family
    let start: Double
    let scale: Double

    func value(at position: Double) -> Double { (family.value(at: position) - start) * scale }
  }

  /// The position at which the shapes are 1.
  let end: Double
  private let shapes: [Shape]
  private var rows: [Double: [Double]] = [:]

  /// - Parameter end: above 1.
  init(end: Double) {
    self.end = end
    var places = (0...24).map { pow(end, Double($0) / 24) }
    for index in 1...24 { places.append(1 + (end - 1) * Double(index) / 25) }
    var kept: [(shape: Shape, values: [Double])] = []
    for family in Self.families(end) {
      let start = family.value(at: 1)
      let rise = family.value(at: end) - start
      guard rise > 1e-9 else { continue }
      let shape = Shape(family: family, start: start, scale: 1 / rise)
      let values = places.map(shape.value)
      // Two that nowhere differ by two hundredths are one.
      let isNew = kept.allSatisfy { other in zip(other.values, values).contains { abs($0 - $1) >= 0.02 } }
      if isNew { kept.append((shape, values)) }
    }
    shapes = kept.map(\.shape)
  }

  /// How many there are.
  var count: Int { shapes.count }

  /// All shapes at a position. Asked again, it remembers.
  mutating func row(at position: Double) -> [Double] {
    if let row = rows[position] { return row }
    if rows.count >= 4_096 { rows.removeAll() }
    let row = shapes.map { $0.value(at: position) }
    rows[position] = row
    return row
  }

  /// An end at or behind that one, of few, so that shapes serve many requests.
  static func rounded(_ end: Double) -> Double { exp2((4 * log2(max(end, 4)) - 1e-9).rounded(.up) / 4) }

  private static func families(_ end: Double) -> [Family] {
    func times(_ first: Double, _ last: Double, _ count: Int) -> [Double] {
      (0..<count).map { first * pow(last / first, Double($0) / Double(count - 1)) }
    }
    var all = [Family.logarithm]
    for exponent in [0.25, 0.5, 1, 2] { all += ([0] + times(1, end, 4)).map { .power(exponent: exponent, time: $0) } }
    for exponent in [0.5, 0.75, 1, 1.5, 2.5] { all += times(0.5, 2 * end, 9).map { .exponential(exponent: exponent, time: $0) } }
    for exponent in [1.0, 2, 3, 5] { all += times(1, 2 * end, 8).map { .hill(exponent: exponent, time: $0) } }
    return all
  }
}
