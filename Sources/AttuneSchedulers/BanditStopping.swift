import AttuneCore

/// Stops a trial whose best value, with an allowance, does not come near the best of all: TuPAQ's action elimination.
///
/// At every `boundary` a trial goes on if `best · (1 + slack) > best of all`. A metric that can be negative has to be normalised by `range`,
/// from 0 at its worse end to 1 at its better one. A minimised metric without a range goes on if its best is less than
/// `(1 + slack) · best of all`; where values are negative all the same, the allowance is taken from their size. The best
/// trial of all always goes on. A value that is not finite is the worst.
/// When not to use it: when curves cross late; see `fifo`.
/// Source: Sparks et al., "Automating model search for large scale machine learning" (SoCC 2015), §3.2, as Rasley et al.,
/// "HyperDrive" (Middleware 2017), §5.3 use it.
public struct BanditStopping: Scheduler {
  private let boundary: Int
  private let slack: Double
  private let scale: MeritScale
  private var courses = TrialTable(blank: Course())
  private var best = -Double.infinity

  /// - Parameters:
  ///   - boundary: steps between two decisions, at least 1.
  ///   - slack: ε of the paper, at least 0.
  ///   - range: of the metric, brought to 0 to 1; `nil` leaves values as they are.
  public init(boundary: Int = 10, slack: Double = 0.5, range: ClosedRange<Double>? = nil) {
    precondition(boundary >= 1 && slack >= 0, "boundary is at least 1 and slack at least 0; got \(boundary) and \(slack)")
    self.boundary = boundary
    self.slack = slack
    scale = MeritScale(range)
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      boundary: try options.int("boundary", default: 10, in: 1...1_000_000_000),
      slack: try options.number("slack", default: 0.5, in: 0...1_000_000), range: try options.range("range"))
  }

  /// - Complexity: O(1).
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    let objective = situation.history.objective
    guard case .reported(let id) = occasion, let report = situation.newestReport(of: id), let value = report.metrics[objective.metric]
    else { return [] }
    let merit = scale.merit(value, objective)
    best = max(best, merit)
    guard courses[id].come(to: report.step, merit: merit, boundary: boundary) else { return [] }
    let own = courses[id].best
    let allowance = slack * abs(objective.goal == .maximize || scale.isNormal ? own : best)
    return own >= best || own + allowance > best ? [] : [.stop(id)]
  }
}
