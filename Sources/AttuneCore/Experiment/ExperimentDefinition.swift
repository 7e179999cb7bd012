import AttuneValues

/// An algorithm chosen by a word, with its options.
public struct AlgorithmChoice: Hashable, Sendable, Codable {
  /// A word of the catalog.
  public let name: String
  /// What stands beside the name; the algorithm checks it.
  public let options: [String: Value]

  /// That algorithm.
  public init(_ name: String, options: [String: Value] = [:]) {
    self.name = name
    self.options = options
  }
}

/// When an experiment and its trials end.
public struct Limits: Hashable, Sendable, Codable {
  /// Trials to propose; `nil` until the proposer has no more.
  public var trials: Int?
  /// Steps of a trial; reaching it completes the trial.
  public var steps: Int?
  /// Seconds the experiment may be active, pauses between runs not counted.
  public var time: Double?
  /// Seconds one attempt may run.
  public var trialTime: Double?
  /// How often a failed trial is started again.
  public var retries: Int
  /// Seconds between asking an attempt to stop (SIGTERM) and killing it (SIGKILL).
  public var grace: Double
  /// Seconds a trial has to give up its slot after it was asked to; then it runs on. `nil` for `defaultSuspend`.
  public var suspend: Double?

  /// A program looks at its triggers once an epoch, which may take minutes.
  public static let defaultSuspend = 600.0

  /// Limits; what is `nil` does not limit.
  public init(
    trials: Int? = nil, steps: Int? = nil, time: Double? = nil, trialTime: Double? = nil, retries: Int = 0, grace: Double = 10,
    suspend: Double? = nil
  ) {
    self.trials = trials
    self.steps = steps
    self.time = time
    self.trialTime = trialTime
    self.retries = retries
    self.grace = grace
    self.suspend = suspend
  }
}

/// How a trial's process is started and read.
public struct Job: Hashable, Sendable, Codable {
  /// The argument vector. `{config}` stands for the path of a JSON file with the configuration, `{name}` for one parameter's
  /// value, `{seed}` for the number that is also `ATTUNE_SEED`.
  public var command: [String]
  /// The working directory: where the experiment file is.
  public var directory: String
  /// Added to the environment.
  public var environment: [String: String]
  /// A regular expression with named groups that reads reports from the output; `nil` for none.
  public var pattern: String?
  /// Threads a slot's trial may use (`OMP_NUM_THREADS` and its kin); `nil` leaves the environment alone.
  public var threads: Int?
  /// Reads results the way Auptimizer's scripts print them.
  public var isAuptimizer: Bool

  /// A job.
  public init(
    command: [String], directory: String, environment: [String: String] = [:], pattern: String? = nil, threads: Int? = nil,
    isAuptimizer: Bool = false
  ) {
    self.command = command
    self.directory = directory
    self.environment = environment
    self.pattern = pattern
    self.threads = threads
    self.isAuptimizer = isAuptimizer
  }
}

/// Everything an experiment file says, checked. Stored with the experiment, so that it can be resumed without the file.
public struct ExperimentDefinition: Hashable, Sendable, Codable {
  /// What the person calls it.
  public var name: String
  /// How a trial runs.
  public var job: Job
  /// What it is after, in the first place.
  public var objective: Objective
  /// Where it searches.
  public var space: SearchSpace
  /// What the search has besides; `nil`, and not written, when there is nothing to say.
  var terms: SearchTerms?
  /// What chooses configurations.
  public var proposer: AlgorithmChoice
  /// What stops trials early.
  public var scheduler: AlgorithmChoice
  /// Where trials run.
  public var resources: Resources
  /// How a running trial gives up its slot to go on later.
  public var suspend: SuspendMode
  /// When it ends.
  public var limits: Limits
  /// Of every random number in it.
  public var seed: UInt64
  /// With how many seeds every configuration runs; `nil` for one, a trial's own.
  public var seeds: Seeds?
  // Not written when there are none, so that definitions of before they were known read alike.
  private var otherObjectives: [Objective]?
  private var outcomeBounds: [OutcomeConstraint]?
  private var stopBounds: [OutcomeConstraint]?

  /// What it is after, the first being what a single best trial is judged by.
  /// - Precondition: at least one.
  public var objectives: [Objective] {
    get { [objective] + (otherObjectives ?? []) }
    set {
      precondition(!newValue.isEmpty, "an experiment has at least one objective")
      objective = newValue[0]
      otherObjectives = newValue.count > 1 ? Array(newValue.dropFirst()) : nil
    }
  }

  /// Bounds on metrics that a good trial keeps.
  public var outcomeConstraints: [OutcomeConstraint] {
    get { outcomeBounds ?? [] }
    set { outcomeBounds = newValue.isEmpty ? nil : newValue }
  }

  /// Bounds on metrics: the experiment ends as soon as a trial's newest report keeps all of them; none when there are none.
  public var stopWhen: [OutcomeConstraint] {
    get { stopBounds ?? [] }
    set { stopBounds = newValue.isEmpty ? nil : newValue }
  }

  /// What counts as better.
  public var criteria: Criteria { Criteria(objectives: objectives, outcomeConstraints: outcomeConstraints, seeds: seeds) }

  /// A definition.
  public init(
    name: String, job: Job, objective: Objective, space: SearchSpace, proposer: AlgorithmChoice, scheduler: AlgorithmChoice,
    resources: Resources, limits: Limits, seed: UInt64, suspend: SuspendMode = .none
  ) {
    self.name = name
    self.job = job
    self.objective = objective
    self.space = space
    self.proposer = proposer
    self.scheduler = scheduler
    self.resources = resources
    self.suspend = suspend
    self.limits = limits
    self.seed = seed
  }
}

extension ExperimentDefinition {
  /// Whether all configurations come from outside: nothing is asked for, and the experiment waits for more until a limit or a stop.
  public var isPassive: Bool { proposer.name == "passive" }
}
