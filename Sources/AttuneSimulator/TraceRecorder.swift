import AttuneCore
import AttuneTraces

/// Makes a trace of a real experiment, from its journal.
///
/// A step's duration is the time between two reports of one process. What a process takes to get going again is no part of training, so the
/// first step of a later attempt takes what the trial's other steps take in the median, if that is less.
public struct TraceRecorder: Sendable {
  /// A report of a curve.
  private struct Point {
    let step: Int
    /// `nil` for the first of a later attempt.
    let seconds: Double?
    /// Since the process started.
    let elapsed: Double
    var metrics: [String: Double]
  }

  /// A process that reported before.
  private struct Last {
    let attempt: Int
    let elapsed: Double
  }

  /// Steps are at least so many seconds long: reports that come at the same moment still follow one another.
  public static let shortestStep = 1e-6

  private var curves: [TrialID: [Point]] = [:]
  private var last: [TrialID: Last] = [:]

  /// Nothing recorded.
  public init() {}

  /// Takes in what happened, in the journal's order.
  public mutating func add(_ event: Event.Kind) {
    guard case .reported(let id, let report) = event else { return }
    let before = last[id.trial]
    let isContinuing = before?.attempt == id.number
    last[id.trial] = Last(attempt: id.number, elapsed: report.elapsed)
    var metrics = report.metrics
    var seconds: Double? = id.number == 1 || isContinuing ? report.elapsed - (isContinuing ? before?.elapsed ?? 0 : 0) : nil
    while let point = curves[id.trial]?.last, point.step >= report.step {
      curves[id.trial]?.removeLast()
      guard point.step == report.step, isContinuing else { continue }
      metrics.merge(point.metrics) { new, _ in new }
      seconds = point.seconds.map { $0 + (seconds ?? 0) }
    }
    curves[id.trial, default: []].append(Point(step: report.step, seconds: seconds, elapsed: report.elapsed, metrics: metrics))
  }

  /// The trace of those trials that reported, by number. Twins and tests are not part of the search and are left out.
  /// - Parameter history: the trials.
  public func trace(of history: History) -> Trace {
    let trials = history.trials.filter { $0.origin == nil && $0.replica?.phase != .test && curves[$0.id]?.isEmpty == false }
    let metrics = Set(trials.flatMap { curves[$0.id]?.flatMap(\.metrics.keys) ?? [] })
    let first = history.objectives.map(\.metric).filter(metrics.contains)
    let names = first + metrics.subtracting(first).sorted()
    return Trace(metrics: names, trials: trials.map { traced($0.id, names) })
  }

  private func traced(_ id: TrialID, _ names: [String]) -> TracedTrial {
    let points = curves[id] ?? []
    let usual = Quantiles(points.compactMap(\.seconds)).median
    var clock = 0.0
    let seconds = points.map { point in
      clock += max(Self.shortestStep, point.seconds ?? (usual.isNaN ? point.elapsed : min(usual, point.elapsed)))
      return clock
    }
    let metrics = names.map { name in (name, points.map { $0.metrics[name] ?? .nan }) }
    return TracedTrial(
      name: "\(id)", steps: points.map(\.step), seconds: seconds, metrics: Dictionary(metrics, uniquingKeysWith: { first, _ in first }))
  }
}
