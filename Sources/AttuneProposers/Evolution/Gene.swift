import AttuneCore
import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One coordinate as evolution changes it.
struct Gene {
  private let parameter: Parameter
  private let axis: Axis

  init(_ parameter: Parameter) {
    self.parameter = parameter
    axis = parameter.axis
  }

  /// Whether there is more than one value.
  var canVary: Bool {
    switch axis.kind {
    case .continuous: axis.range.lowerBound < axis.range.upperBound
    case .ordered: parameter.snapped(axis.range.lowerBound) != parameter.snapped(axis.range.upperBound)
    case .unordered(let count): (axis.allowed?.count ?? count) > 1
    }
  }

  /// Any value.
  func drawn(using random: inout RandomStream) -> Double {
    guard case .unordered(let count) = axis.kind else { return kept(axis.range.lowerBound + random.nextUnit() * width) }
    let index = axis.allowed.map { $0[Int.random(in: $0.indices, using: &random)] } ?? Int.random(in: 0..<count, using: &random)
    return (Double(index) + 0.5) / Double(count)
  }

  /// Another value: near by where values have an order, the size of the step drawn between a three-hundredth and a third of the range, each
  /// octave as likely; anywhere else one time in ten.
  /// - Precondition: `canVary`.
  func mutated(_ unit: Double, using random: inout RandomStream) -> Double {
    for attempt in 0..<64 {
      var fresh = drawn(using: &random)
      if isOrdered, random.nextUnit() >= 0.1 {
        // In vain where values are far apart: the steps get longer.
        let size = width * pow(0.01, random.nextUnit()) / 3 * Double(1 + attempt)
        fresh = kept(reflected(unit + size * gaussian(&random)))
      }
      if fresh != unit { return fresh }
    }
    return drawn(using: &random)
  }

  /// Polynomial mutation with index 20 where values have an order (Deb and Goyal 1996); another value otherwise.
  func nudged(_ unit: Double, using random: inout RandomStream) -> Double {
    guard isOrdered, width > 0 else { return mutated(unit, using: &random) }
    let place = (unit - axis.range.lowerBound) / width
    let (draw, power) = (random.nextUnit(), 21.0)
    let shift =
      draw < 0.5
      ? pow(2 * draw + (1 - 2 * draw) * pow(1 - place, power), 1 / power) - 1
      : 1 - pow(2 * (1 - draw) + (2 * draw - 1) * pow(place, power), 1 / power)
    let fresh = kept(unit + shift * width)
    // A small step along few values leads nowhere.
    return fresh == unit ? mutated(unit, using: &random) : fresh
  }

  /// Simulated binary crossover with index 15 within bounds where values have an order (Deb and Agrawal 1995); an exchange otherwise.
  func cross(_ first: inout Double, _ second: inout Double, using random: inout RandomStream) {
    guard first != second else { return }
    let (low, high) = (min(first, second), max(first, second))
    guard isOrdered, high - low > 1e-14 else {
      if random.nextUnit() < 0.5 { swap(&first, &second) }
      return
    }
    let draw = random.nextUnit()
    func spread(toEdge distance: Double) -> Double {
      let power = 16.0
      let cut = 2 - pow(1 + 2 * max(0, distance) / (high - low), -power)
      return draw * cut <= 1 ? pow(draw * cut, 1 / power) : pow(1 / (2 - draw * cut), 1 / power)
    }
    let middle = (low + high) / 2
    let below = middle - spread(toEdge: low - axis.range.lowerBound) * (high - low) / 2
    let above = middle + spread(toEdge: axis.range.upperBound - high) * (high - low) / 2
    (first, second) = (kept(below), kept(above))
  }

  private var width: Double { axis.range.upperBound - axis.range.lowerBound }
  private var isOrdered: Bool { if case .unordered = axis.kind { false } else { true } }

  /// The nearest coordinate that stands for a value and may be proposed.
  private func kept(_ unit: Double) -> Double {
    parameter.snapped(min(max(unit, axis.range.lowerBound), axis.range.upperBound))
  }

  /// A step beyond the edge turns back there.
  private func reflected(_ unit: Double) -> Double {
    var unit = unit
    if unit < axis.range.lowerBound { unit = 2 * axis.range.lowerBound - unit }
    if unit > axis.range.upperBound { unit = 2 * axis.range.upperBound - unit }
    return unit
  }

  /// Box and Muller (1958).
  private func gaussian(_ random: inout RandomStream) -> Double {
    (-2 * log(1 - random.nextUnit())).squareRoot() * cos(2 * .pi * random.nextUnit())
  }
}
