import ArgumentParser
import AttuneSimulator

/// The simulated world, on the command line.
struct ConditionOptions: ParsableArguments {
  @Option(help: "Trials that run at a time (default: 1, or what the experiment had).")
  var slots: Int?
  @Option(help: "Steps of a trial (default: those of the longest curve, or the experiment's limit).")
  var steps: Int?
  @Option(help: "Seconds after which an experiment ends.")
  var time: Double?
  @Flag(help: "Go on when the target has been reached.")
  var goOn = false
  @Flag(help: "Schedulers cannot suspend trials.")
  var noSuspend = false
  @Option(help: "What a program does when it is asked to give up its slot: at-once (the step under way is lost), after-step.")
  var yield = Yielding.atOnce
  @Option(help: "Seconds that a slot stays busy after its trial was asked to give it up.")
  var suspendCost = 0.0
  @Option(help: "Seconds from the start of a trial that goes on to its first step.")
  var resumeCost = 0.0
  @Option(help: "Seconds a prediction takes, beside the training.")
  var predictionCost = 0.0
  @Option(help: "The probability that a process dies during a step.")
  var failures = 0.0
  @Option(help: "Reports between the checkpoints that a trial saves unasked (default: it saves none).")
  var checkpointEvery: Int?
  @Option(help: "How often a trial that failed is started again.")
  var retries = 3

  /// The word for it.
  enum Yielding: String, ExpressibleByArgument, CaseIterable {
    case atOnce = "at-once"
    case afterStep = "after-step"
  }

  /// What the simulator is told.
  func conditions(slots standardSlots: Int?, steps standardSteps: Int?) -> Conditions {
    var conditions = Conditions()
    conditions.slots = slots ?? standardSlots ?? 1
    conditions.steps = steps ?? standardSteps
    conditions.timeLimit = time
    conditions.goesOn = goOn
    conditions.canSuspend = !noSuspend
    conditions.yielding = yield == .atOnce ? .atOnce : .afterStep
    conditions.suspendCost = suspendCost
    conditions.resumeCost = resumeCost
    conditions.predictionCost = predictionCost
    conditions.failureRate = failures
    conditions.checkpointEvery = checkpointEvery
    conditions.retries = retries
    return conditions
  }
}
