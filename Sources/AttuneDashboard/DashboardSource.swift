import AttuneValues

/// What the page asks for. The answers' shapes: `Docs/Dashboard.md`.
public enum DashboardQuestion: Hashable, Sendable {
  /// All experiments, the newest first.
  case experiments
  /// An experiment without its reports, and the cursor from which news go on.
  case snapshot(String)
  /// Parameters' values, one for each trial.
  case columns(String, names: [String])
  /// A metric of some trials, thinned to what a chart can show.
  case curves(String, CurveQuery)
  /// Everything of one trial but its reports.
  case trial(String, Int)
  /// The end of what an attempt has written; the answer is a string. `attempt: nil` is the newest.
  case log(String, trial: Int, attempt: Int?, isErrors: Bool)
  /// Running trials whose programs can be tuned now.
  case programs(String)
}

/// Which part of which curves.
public struct CurveQuery: Hashable, Sendable {
  /// The metric.
  public let metric: String
  /// Trials' numbers.
  public let trials: [Int]
  /// At most so many points of each.
  public let points: Int
  /// Whether x is seconds of training, not steps.
  public let isByTime: Bool
  /// The part of the x axis that is looked at.
  public let range: ClosedRange<Double>

  /// A part of some curves.
  public init(metric: String, trials: [Int], points: Int, isByTime: Bool = false, range: ClosedRange<Double> = -.infinity ... .infinity) {
    self.metric = metric
    self.trials = trials
    self.points = points
    self.isByTime = isByTime
    self.range = range
  }
}

/// Where an experiment is.
public struct DashboardPulse: Hashable, Sendable {
  /// Of its newest journal entry.
  public let cursor: Int
  /// How it is, in words; "running" while a controller is at work.
  public let state: String

  /// A cursor and a state.
  public init(cursor: Int, state: String) {
    self.cursor = cursor
    self.state = state
  }
}

/// What has happened to an experiment since a cursor: each report and change once.
public struct DashboardNews: Hashable, Sendable {
  /// Where the next ones go on.
  public let cursor: Int
  /// The document that the page gets.
  public let document: JSON

  /// News up to a cursor.
  public init(cursor: Int, document: JSON) {
    self.cursor = cursor
    self.document = document
  }
}

/// Where the dashboard reads: a store, or a table of a test.
///
/// A cursor is the number of an experiment's last journal entry: it grows by one with each, is never given again, and outlives the server. That
/// is why a page that was cut off misses nothing, and sees nothing twice, whoever serves it next.
public protocol DashboardSource: Sendable {
  /// - Throws: `DashboardError` when there is no such thing.
  func answer(_ question: DashboardQuestion) throws(DashboardError) -> JSON
  /// Where the experiment is. Asked many times a second: it should take microseconds.
  func pulse(of experiment: String) throws(DashboardError) -> DashboardPulse
  /// News after a cursor, or, where there are none, how the experiment is.
  /// - Returns: `nil` when more has happened than is sensible to send one by one; the snapshot tells it then.
  func news(of experiment: String, after cursor: Int) throws(DashboardError) -> DashboardNews?
}

/// Something that a person does to a running experiment.
public struct DashboardMove: Hashable, Sendable {
  /// What is done.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Live values change, all or none.
    case set
    /// A trigger fires.
    case fire
    /// A trial ends.
    case stopTrial
    /// A trial leaves its slot.
    case suspendTrial
    /// It goes on.
    case resumeTrial
    /// A twin of a trial runs beside it.
    case fork
    /// The experiment ends.
    case stop
    /// A configuration of one's own is tried.
    case add
  }

  /// What is done.
  public let kind: Kind
  /// To which trial; `nil` for moves of the whole experiment.
  public let trial: Int?
  /// What the page sent with it.
  public let parameters: [String: JSON]
  /// Who does it: recorded in the journal.
  public let user: String

  /// A move.
  public init(_ kind: Kind, trial: Int?, parameters: [String: JSON], user: String) {
    self.kind = kind
    self.trial = trial
    self.parameters = parameters
    self.user = user
  }
}

/// Who carries out a person's moves: an experiment's controller.
public protocol DashboardSteering: Sendable {
  /// - Returns: what the page is told, as the number under which the move was accepted.
  /// - Throws: `DashboardError` with the reason when it is refused.
  func perform(_ move: DashboardMove, on experiment: String) async throws(DashboardError) -> JSON
}

/// Why a question has no answer, or a move was refused, for a person.
public struct DashboardError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Who has to do something about it.
  public enum Kind: Int, Hashable, Sendable {
    case badInput = 400
    case unauthorized = 401
    case forbidden = 403
    case unknown = 404
    case wrongMethod = 405
    case refused = 409
    case tooLarge = 413
    case wrongType = 415
    case misdirected = 421
    case failed = 500
    case unreachable = 503
    case timedOut = 504
  }

  /// The HTTP status.
  public let kind: Kind
  /// What was wrong, what is allowed, and what happened.
  public let description: String

  /// An error.
  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
