import ArgumentParser
import AttuneCore
import AttuneTraces

/// Where curves come from: a file, or an experiment.
struct TraceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A table of comma-separated values with a line for each report.", valueName: "file"))
  var trace: String?
  @Option(help: ArgumentHelp("Play the trials of an experiment.", valueName: "experiment"))
  var whatIf: String?
  @Option(help: "The columns of trial, step and seconds since the trial's start.")
  var columns = "trial,step,seconds"
  @Option(help: "What is compared (default: the only metric of the trace, or the experiment's objective).")
  var metric: String?
  @Option(help: "maximize or minimize (default: the experiment's; a trace has none).")
  var goal: Objective.Goal?
  @Option(help: "The value to reach.")
  var target: Double?
  @Option(
    help: ArgumentHelp("Let curves of an experiment that were cut short go on as this predictor expects them to.", valueName: "predictor"))
  var `continue`: String?
  @Flag(help: "Leave out trials with a fault, such as a missing step, instead of refusing the trace.")
  var leaveOutFaulty = false
  @Flag(help: "Allow missing steps.")
  var allowGaps = false
  @OptionGroup var place: StoreOption

  /// The trace and what is compared in it.
  /// - Throws: `Failure`.
  func played() throws -> PlayedTrace {
    switch (trace, whatIf) {
    case (let file?, nil): try read(file)
    case (nil, let experiment?):
      try PlayedTrace(of: experiment, metric: metric, goal: goal, target: target, continuedBy: `continue`, in: place)
    case (_?, _?): throw Failure(.badInput, "--trace and --what-if exclude one another; give one of them")
    case (nil, nil): throw Failure(.badInput, "nothing to play; give --trace FILE, or --what-if EXPERIMENT")
    }
  }

  private func read(_ file: String) throws -> PlayedTrace {
    let reader = TraceReader(columns: try Self.columns(columns), faults: leaveOutFaulty ? .leftOut : .refused, allowsGaps: allowGaps)
    let trace: Trace
    do {
      trace = try reader.read(file: file)
    } catch {
      throw Failure(error.line == nil ? .unknown : .badInput, "\(error)")
    }
    guard let metric = metric ?? (trace.metrics.count == 1 ? trace.metrics[0] : nil) else {
      throw Failure(.badInput, "\(file): --metric is missing; the trace has \(trace.metrics.joined(separator: ", "))")
    }
    guard let goal else { throw Failure(.badInput, "--goal is missing; allowed: maximize, minimize") }
    return PlayedTrace(name: file, trace: trace, objective: Objective(metric: metric, goal: goal, target: target))
  }

  /// Three names.
  static func columns(_ text: String) throws(Failure) -> TraceReader.Columns {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.count == 3, names.allSatisfy({ !$0.isEmpty }) else {
      throw Failure(.badInput, "--columns '\(text)' refused; expected the names of three columns: TRIAL,STEP,SECONDS")
    }
    return TraceReader.Columns(trial: names[0], step: names[1], seconds: names[2])
  }
}

/// A trace, with what an experiment knows of itself where it comes from one.
struct PlayedTrace {
  /// The file or the experiment.
  let name: String
  let trace: Trace
  let objective: Objective
  /// Those of an experiment; `nil` of a file.
  var experiment: String?
  var slots: Int?
  var steps: Int?
  var scheduler: AlgorithmChoice?
  /// What has to be known to read the result rightly.
  var remarks: [String] = []
}
