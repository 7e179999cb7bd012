import AttuneCore
import AttuneMath

/// A search inside a program: ask for a configuration, try it, tell what came of it.
///
/// No service, no store, no process: a value, with the same proposers as an experiment and the same proposals for the same seed. Several
/// trials may be open at a time. `Codable`: what is decoded goes on as if nothing had happened, since a proposer is a function of the history.
///
/// When not to use it: where trials must survive the program without its own saving, run in processes of their own, or be seen by
/// `attune status`; `attune ask` keeps a journal for those.
///
/// ```swift
/// var study = try Study(space: space, objective: Objective(metric: "loss", goal: .minimize), seed: 1)
/// for _ in 0..<50 {
///   guard let trial = try study.ask() else { break }
///   study.tell(trial.id, train(trial.configuration))
/// }
/// print(study.best?.trial.configuration ?? [:])
/// ```
public struct Study: Sendable {
  /// The trials so far.
  public private(set) var history: History
  /// What chooses configurations.
  public let proposer: AlgorithmChoice
  /// Of every random number in it.
  public let seed: UInt64
  private var algorithm: any Proposer

  /// A search that has not begun.
  /// - Parameters:
  ///   - proposer: a word of `ProposerCatalog`, with its options.
  ///   - seed: the same seed proposes the same.
  /// - Throws: `AlgorithmError` for an unknown word or option.
  public init(
    space: SearchSpace, objective: Objective, proposer: AlgorithmChoice = AlgorithmChoice("auto"), seed: UInt64 = 0
  ) throws(AlgorithmError) {
    try self.init(History(space: space, objective: objective), proposer: proposer, seed: seed)
  }

  /// A search that goes on from a history, e.g. with several objectives, or with what other searches found.
  /// - Throws: `AlgorithmError` for an unknown word or option.
  public init(_ history: History, proposer: AlgorithmChoice, seed: UInt64 = 0) throws(AlgorithmError) {
    algorithm = try ProposerCatalog.make(proposer)
    self.history = history
    self.proposer = proposer
    self.seed = seed
  }

  /// The next trial, which is then open; `nil` when the proposer has proposed all it can.
  /// - Throws: what the proposer throws when the space cannot be searched, e.g. `SpaceError.constraintsTooTight`.
  public mutating func ask() throws -> Trial? {
    let id = TrialID(history.trials.count + 1)
    var random = RandomStream(seed: seed, purpose: "propose", index: id.rawValue)
    guard let proposal = try algorithm.propose(id, after: history, using: &random) else { return nil }
    var trial = Trial(id: id, configuration: proposal.configuration, proposer: proposer.name, parent: proposal.parent, note: proposal.note)
    trial.state = .running
    history.append(trial)
    return trial
  }

  /// A configuration of one's own, which is then open.
  /// - Throws: `SpaceError` when the space does not have it.
  public mutating func add(_ configuration: Configuration, by who: String = "person") throws(SpaceError) -> Trial {
    var trial = Trial(
      id: TrialID(history.trials.count + 1), configuration: try history.space.validate(configuration), proposer: who)
    trial.state = .running
    history.append(trial)
    return trial
  }

  /// Ends a trial with its value; one that is not finite makes it a failed one.
  /// - Precondition: the trial is open.
  public mutating func tell(_ id: TrialID, _ value: Double) { tell(id, [history.objective.metric: value]) }

  /// Ends a trial with metrics. It has failed when the objective is missing, or not finite.
  /// - Precondition: the trial is open.
  public mutating func tell(_ id: TrialID, _ metrics: [String: Double]) {
    report(id, step: (open(id).reports.last?.step ?? 0) + 1, metrics)
    let hasValues = history.objectives.allSatisfy { history.value(of: history[id], for: $0) != nil }
    history[id].state = hasValues ? .completed : .failed
  }

  /// Metrics of a trial that goes on.
  /// - Parameter step: completed steps, from 1; above that of the report before.
  /// - Precondition: the trial is open.
  public mutating func report(_ id: TrialID, step: Int, _ metrics: [String: Double]) {
    let last = open(id).reports.last?.step ?? 0
    precondition(step > last, "trial \(id) has reported step \(last); got step \(step) after it")
    history[id].reports.append(Report(step: step, metrics: metrics, elapsed: 0))
  }

  /// Ends a trial that came to nothing.
  /// - Precondition: the trial is open.
  public mutating func fail(_ id: TrialID, reason: String? = nil) {
    _ = open(id)
    history[id].state = .failed
    history[id].reason = reason
  }

  /// The best trial with its value for the first objective; `nil` before the first one.
  public var best: (trial: Trial, value: Double)? { history.best }

  /// Trials that were asked for and not told.
  public var openTrials: [Trial] { history.trials.filter { $0.state == .running } }

  private func open(_ id: TrialID) -> Trial {
    guard let trial = history.trial(id), trial.state == .running else {
      preconditionFailure("trial \(id) is not open: it was never asked for, or has been told")
    }
    return trial
  }
}
