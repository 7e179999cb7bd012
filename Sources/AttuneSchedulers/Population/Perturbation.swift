import AttuneCore
import AttuneMath
import AttuneValues

/// How a configuration is explored from: each of some parameters is drawn anew or moved a little.
///
/// Numbers are multiplied by one of two factors, which is a step on the logarithmic scale; where a domain reaches below zero, or the number is zero,
/// they move by as large a part of the domain. Integers and ordinals move by one value at least. What has no order is drawn anew or stays.
/// All that comes out is of the parameters' domains, and keeps conditions and constraints.
/// Source: Jaderberg et al. 2017, §4 ("perturb" and "resample").
struct Perturbation: Sendable {
  private static let tries = 100

  /// The parameters that are moved; `nil` for those that are live, or all where none is.
  let names: Set<String>?
  /// With this probability a parameter is drawn anew.
  let resample: Double
  let factors: ClosedRange<Double>

  static func factors(_ options: inout AlgorithmOptions) throws(AlgorithmError) -> ClosedRange<Double> {
    guard let factors = try options.range("factors") else { return 0.8...1.2 }
    guard factors.lowerBound > 0 else {
      throw .badOption(
        algorithm: options.algorithm, option: "factors", value: .string("\(factors.lowerBound)..\(factors.upperBound)"),
        allowed: "two numbers above 0, LOW..HIGH, e.g. 0.8..1.2")
    }
    return factors
  }

  /// - Returns: `nil` when no configuration that keeps the constraints was found.
  func explored(from base: Configuration, in space: SearchSpace, using random: inout RandomStream) -> Configuration? {
    let moved = moved(in: space)
    for _ in 0..<Self.tries {
      let explored = space.configuration { index in
        let parameter = space.parameters[index]
        // As many numbers for each, so that one parameter's fate does not change the next one's.
        let draws = (random.nextUnit(), random.nextUnit(), random.nextUnit())
        guard let value = base[parameter.name] else { return parameter.value(atUnit: draws.1) }
        guard moved.contains(parameter.name), parameter.frozen == nil else { return parameter.nearest(to: value) }
        if draws.0 < resample { return parameter.value(atUnit: draws.1) }
        return self.moved(value, of: parameter, isUp: draws.2 < 0.5)
      }
      if let valid = try? space.validate(explored) { return valid }
    }
    return nil
  }

  /// The parameters that are moved, of those that there are now.
  func moved(in space: SearchSpace) -> Set<String> {
    if let names { return names }
    let live = space.parameters.filter(\.isLive)
    return Set((live.isEmpty ? space.parameters : live).map(\.name))
  }

  private func moved(_ value: Value, of parameter: Parameter, isUp: Bool) -> Value {
    let factor = isUp ? factors.upperBound : factors.lowerBound
    switch parameter.domain {
    case .float(let lower, let upper, _, let step):
      guard let number = value.number else { return value }
      let moved = moved(number, by: factor, in: lower...upper)
      return atLeastOneStep(from: number, to: moved, step ?? 0, isUp) { parameter.nearest(to: .float($0)) }
    case .int(let lower, let upper, _, let step):
      guard let number = value.number else { return value }
      let moved = moved(number, by: factor, in: Double(lower)...Double(upper)).rounded()
      return atLeastOneStep(from: number, to: moved, Double(step ?? 1), isUp) { parameter.nearest(to: .int(Int($0))) }
    case .ordinal(let values):
      guard let place = values.firstIndex(of: value) else { return parameter.nearest(to: value) }
      return values[min(max(place + (isUp ? 1 : -1), 0), values.count - 1)]
    case .choice, .bool: return parameter.nearest(to: value)
    }
  }

  private func moved(_ number: Double, by factor: Double, in range: ClosedRange<Double>) -> Double {
    let moved =
      range.lowerBound >= 0 && number != 0
      ? number * factor : number + (factor - 1) * (range.upperBound - range.lowerBound) / 2
    return min(max(moved, range.lowerBound), range.upperBound)
  }

  private func atLeastOneStep(
    from number: Double, to moved: Double, _ step: Double, _ isUp: Bool, _ value: (Double) -> Value
  ) -> Value {
    abs(moved - number) >= step ? value(moved) : value(number + (isUp ? step : -step))
  }
}
