import AttuneCore

/// Stops a trial that belongs, by its best value so far, to the worst part of the trials at the same step: truncation selection.
///
/// Compared are trials that have reported that step or a later one, by their best values up to it; of equal ones none is stopped. With
/// `stop: 0.5` it is median stopping without the averages. A value that is not finite is the worst. A step that is reported again after a
/// restart counts as it was. Of several objectives it looks at the first alone; see `dominance`.
/// When not to use it: when curves cross late; see `fifo`.
/// Source: the median rule of Golovin et al., "Google Vizier: a service for black-box optimization" (KDD 2017), §3.2.1, with best values in place of
/// averages and any share in place of a half.
public struct PercentileStopping: Scheduler {
  private let stop: Double
  private let startup: Int
  private let warmup: Int
  private let interval: Int
  private var milestones = Milestones()
  private var courses = TrialTable(blank: Course())

  /// - Parameters:
  ///   - stop: the worst part, which is stopped, above 0 and below 1.
  ///   - startup: other trials that must have come as far before anything is stopped, at least 1.
  ///   - warmup: steps every trial may do in any case.
  ///   - interval: steps between two decisions, at least 1.
  public init(stop: Double = 0.25, startup: Int = 5, warmup: Int = 3, interval: Int = 1) {
    precondition(
      stop > 0 && stop < 1 && startup >= 1 && warmup >= 0 && interval >= 1,
      "stop lies between 0 and 1, startup and interval are at least 1, warmup at least 0; got \(stop), \(startup), \(interval), \(warmup)")
    self.stop = stop
    self.startup = startup
    self.warmup = warmup
    self.interval = interval
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      stop: try options.number("stop", default: 0.25, in: 0.001...0.999), startup: try options.int("startup", default: 5, in: 1...100_000),
      warmup: try options.int("warmup", default: 3, in: 0...1_000_000_000),
      interval: try options.int("interval", default: 1, in: 1...1_000_000_000))
  }

  /// - Complexity: O(log trials + trials / 1024).
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    let objective = situation.history.objective
    guard case .reported(let id) = occasion, let report = situation.newestReport(of: id), let value = report.metrics[objective.metric]
    else { return [] }
    let before = courses[id]
    guard report.step > before.step else { return [] }
    let isBoundary = courses[id].come(to: report.step, merit: objective.merit(value), boundary: interval)
    let best = courses[id].best
    milestones.pass(from: before.step, before.step > 0 ? before.best : nil, to: report.step, best)
    guard isBoundary, report.step > warmup, let others = milestones.others(at: report.step, own: best), others.count >= startup
    else { return [] }
    return Double(others.countBetter(than: best)) > (1 - stop) * Double(others.count) ? [.stop(id)] : []
  }
}
