import AttuneCore
import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Chooses numbers for which the metric may grow most in the next interval: the upper confidence bound of a drifting Gaussian process over what the
/// population has gained so far, with the choices under way taken for known.
///
/// Source: Parker-Holder et al. 2020, algorithm 2 and equation 6; the bound is √(0.2 + ln(0.4 t)) standard deviations above the mean.
struct BanditExplorer: Sendable {
  /// More would make folding a journal slow, which decides everything again.
  static let limit = 100
  private static let candidates = 256

  /// The gains of all members, of which the newest are used.
  private var data: [DriftingProcess.Datum] = []
  /// The names that places stand for; with other ones, in an edited space, the data are dropped.
  private var names: [String] = []

  /// A member has gained something in an interval, with those values.
  mutating func note(gain: Double, of configuration: Configuration, time: Double, in space: SearchSpace, among moved: Set<String>) {
    let parameters = Self.continuous(space, moved)
    if parameters.map(\.name) != names {
      names = parameters.map(\.name)
      data = []
    }
    // One that has diverged is as bad as the worst so far.
    guard let value = gain.isFinite ? gain : data.suffix(Self.limit).map(\.value).min() else { return }
    data.append(.init(place: Self.place(of: configuration, parameters), time: time, value: value))
    if data.count > 2 * Self.limit { data.removeFirst(Self.limit) }
  }

  /// - Parameters:
  ///   - pending: what other members try now.
  ///   - time: when the choice is tried, in intervals.
  /// - Returns: the configuration with other numbers, or `nil` when nothing can be said yet, or the constraints leave nothing.
  func chosen(
    from base: Configuration, pending: [(Configuration, time: Double)], time: Double, in space: SearchSpace, among moved: Set<String>,
    using random: inout RandomStream
  ) -> Configuration? {
    let data = Array(self.data.suffix(Self.limit))
    let parameters = Self.continuous(space, moved).filter { base[$0.name] != nil }
    let all = Self.continuous(space, moved)
    guard !parameters.isEmpty, all.map(\.name) == names, let process = DriftingProcess(data) else { return nil }
    let others = pending.map { (place: Self.place(of: $0.0, all), time: $0.time) }
    guard let deviation = process.deviation(knowing: others) else { return nil }
    let width = max(0, 0.2 + max(0, log(0.4 * Double(data.count)))).squareRoot()
    let score = { (configuration: Configuration) -> Double in
      let place = Self.place(of: configuration, all)
      return process.mean(at: place, time) + width * deviation(place, time)
    }
    var best: (score: Double, configuration: Configuration)?
    let consider = { (configuration: Configuration) in
      guard let valid = try? space.validate(configuration) else { return }
      let value = score(valid)
      if value > best?.score ?? -.infinity { best = (value, valid) }
    }
    for _ in 0..<Self.candidates {
      consider(Self.with(base, parameters) { _ in random.nextUnit() })
    }
    // Nearer and nearer around the best so far.
    for radius in [0.1, 0.03, 0.01] {
      for _ in 0..<32 {
        guard let center = best?.configuration else { break }
        consider(Self.with(base, parameters) { ($0.unit(of: center[$0.name] ?? 0) ?? 0.5) + radius * (2 * random.nextUnit() - 1) })
      }
    }
    return best?.configuration
  }

  private static func continuous(_ space: SearchSpace, _ moved: Set<String>) -> [Parameter] {
    space.parameters.filter { parameter in
      guard moved.contains(parameter.name), parameter.frozen == nil else { return false }
      switch parameter.domain {
      case .float, .int: return true
      case .choice, .ordinal, .bool: return false
      }
    }
  }

  /// 0.5 for what a configuration does not have.
  private static func place(of configuration: Configuration, _ parameters: [Parameter]) -> [Double] {
    parameters.map { parameter in configuration[parameter.name].flatMap { parameter.unit(of: $0) } ?? 0.5 }
  }

  private static func with(_ base: Configuration, _ parameters: [Parameter], _ unit: (Parameter) -> Double) -> Configuration {
    parameters.reduce(into: base) { $0[$1.name] = $1.value(atUnit: min(max(unit($1), 0), 1)) }
  }
}
