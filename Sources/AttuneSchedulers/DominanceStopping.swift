import AttuneCore

/// For several objectives: stops a trial that many others beat in every objective at the same step.
///
/// What counts is the best value so far in each objective. A trial is stopped when the share of the others at its step that are as good
/// in every objective and better in one is larger than `share`; by default that is ½ for each objective, multiplied: what a trial in the middle
/// of each would see if the objectives had nothing to do with each other, and median stopping for a single one. A front is never stopped,
/// as nobody dominates it. The others are the newest 512 that have reported that very step. A value that is not finite is the worst. A step that
/// is reported again after a restart counts as it was.
/// When not to use it: when curves cross late; see `fifo`.
/// Source: the median rule of Golovin et al. (KDD 2017), §3.2.1, with Pareto dominance in place of "worse".
public struct DominanceStopping: Scheduler {
  private let share: Double?
  private let startup: Int
  private let warmup: Int
  private var crowds: [Int: Crowd] = [:]
  private var courses: TrialTable<Ideal> = TrialTable(blank: Ideal())

  /// - Parameters:
  ///   - share: of the others, above which a trial is stopped, 0 to 1; `nil` for ½ to the power of the number of objectives.
  ///   - startup: other trials that must have reported the step before anything is stopped, at least 1.
  ///   - warmup: steps every trial may do in any case.
  public init(share: Double? = nil, startup: Int = 5, warmup: Int = 3) {
    precondition(
      (0...1).contains(share ?? 0) && startup >= 1 && warmup >= 0, "share lies in 0...1, startup is at least 1, warmup at least 0")
    self.share = share
    self.startup = startup
    self.warmup = warmup
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      share: try options.number("share", in: 0...1), startup: try options.int("startup", default: 5, in: 1...100_000),
      warmup: try options.int("warmup", default: 3, in: 0...1_000_000_000))
  }

  /// - Complexity: O(objectives · 512).
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    let objectives = situation.history.objectives
    guard case .reported(let id) = occasion, let report = situation.newestReport(of: id), report.step > courses[id].step else { return [] }
    guard let merits = merits(of: report, objectives) else { return [] }
    courses[id].improve(merits, at: report.step)
    guard report.step > warmup else { return [] }
    let point = courses[id].merits
    defer { crowds[report.step, default: Crowd()].add(point) }
    guard let crowd = crowds[report.step], crowd.count >= startup else { return [] }
    let limit = share ?? objectives.reduce(1) { limit, _ in limit / 2 }
    return Double(crowd.countDominating(point)) > limit * Double(crowd.count) ? [.stop(id)] : []
  }

  /// One for each objective, larger is better; `nil` where the report lacks one.
  private func merits(of report: Report, _ objectives: [Objective]) -> [Double]? {
    var merits: [Double] = []
    for objective in objectives {
      guard let value = report.metrics[objective.metric] else { return nil }
      merits.append(objective.merit(value))
    }
    return merits
  }
}

/// The best value so far in each objective.
private struct Ideal: Sendable {
  private(set) var step = 0
  private(set) var merits: [Double] = []

  mutating func improve(_ newer: [Double], at step: Int) {
    self.step = step
    merits = merits.isEmpty ? newer : zip(merits, newer).map { max($0, $1) }
  }
}

/// The newest trials at a step.
private struct Crowd: Sendable {
  private static let limit = 512
  /// One after the other, as they came.
  private var merits: [Double] = []
  private(set) var count = 0
  private var oldest = 0

  mutating func add(_ point: [Double]) {
    guard count == Self.limit else {
      merits += point
      count += 1
      return
    }
    merits.replaceSubrange(oldest * point.count..<(oldest + 1) * point.count, with: point)
    oldest = (oldest + 1) % Self.limit
  }

  func countDominating(_ point: [Double]) -> Int {
    merits.withUnsafeBufferPointer { merits in
      point.withUnsafeBufferPointer { point in
        var dominating = 0
        for first in stride(from: 0, to: merits.count, by: point.count) {
          var (isAsGood, isBetter) = (true, false)
          for objective in point.indices {
            isAsGood = isAsGood && merits[first + objective] >= point[objective]
            isBetter = isBetter || merits[first + objective] > point[objective]
          }
          if isAsGood, isBetter { dominating += 1 }
        }
        return dominating
      }
    }
  }
}
