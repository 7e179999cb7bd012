import AttuneCore
import AttuneMath
import AttuneValues
import Foundation

/// A function whose shares are known: a sum of one term for each of ten mixed parameters.
enum Additive {
  static func space() throws -> SearchSpace {
    let unit = Domain.float(lower: 0, upper: 1)
    let rate = Domain.float(lower: 1e-5, upper: 1, scale: .log)
    return try SearchSpace([
      Parameter("f0", unit), Parameter("f1", unit), Parameter("f2", unit), Parameter("f3", rate), Parameter("f4", rate),
      Parameter("i0", .int(lower: 1, upper: 100)), Parameter("i1", .int(lower: 1, upper: 100)),
      Parameter("i2", .int(lower: 1, upper: 1024, scale: .log)), Parameter("c0", .choice(["a", "b", "c"])),
      Parameter("c1", .choice(["a", "b", "c", "d", "e"])),
    ])
  }

  static func term(_ name: String, _ value: Value) -> Double {
    let x = value.number ?? 0
    return switch name {
    case "f3": pow((log10(x) + 3) / 5, 2)
    case "f4": pow((log10(x) + 2) / 5, 2)
    case "i0": pow((x - 30) / 100, 2)
    case "i1": pow((x - 70) / 100, 2)
    case "i2": pow((log2(x) - 6) / 10, 2)
    case "c0": ["a": 0, "b": 0.1, "c": 0.2]["\(value)"] ?? 0
    case "c1": ["a": 0.2, "b": 0.1, "c": 0, "d": 0.1, "e": 0.2]["\(value)"] ?? 0
    default: pow(x - 0.5, 2)
    }
  }

  static func value(_ configuration: Configuration) -> Double { configuration.values.reduce(0) { $0 + term($1.key, $1.value) } }

  /// By the variance of each term under the uniform measure on the parameter's scale, at 100,000 places.
  static func exactShares() throws -> [Double] {
    let variances = try space().parameters.map { parameter -> Double in
      let count = 100_000
      let terms = (0..<count).map { term(parameter.name, parameter.domain.value(atUnit: (Double($0) + 0.5) / Double(count))) }
      let mean = terms.reduce(0, +) / Double(count)
      return terms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    }
    let total = variances.reduce(0, +)
    return variances.map { $0 / total }
  }
}

/// Histories for tests.
enum Trials {
  /// Trials at random, each with the value that a function gives its configuration; none where it gives none.
  static func history(
    _ space: SearchSpace, count: Int, seed: UInt64, goal: Objective.Goal = .minimize, _ value: (Configuration) -> Double?
  ) throws -> History {
    var history = History(space: space, objective: Objective(metric: "loss", goal: goal))
    var random = RandomStream(seed: seed, purpose: "test", index: 0)
    for number in 1...count {
      var trial = Trial(id: TrialID(number), configuration: try space.sample(using: &random), proposer: "random")
      if let value = value(trial.configuration) {
        trial.state = .completed
        trial.reports = [Report(step: 1, metrics: ["loss": value], elapsed: 1)]
      } else {
        trial.state = .failed
      }
      history.append(trial)
    }
    return history
  }
}
