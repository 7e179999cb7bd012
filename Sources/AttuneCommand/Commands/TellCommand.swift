import ArgumentParser

struct TellCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tell", abstract: "Tells what became of a trial that `attune ask` gave.",
    discussion: """
      attune tell digits 7 loss=0.3                 it is done
      attune tell digits 7 --step 3 loss=0.5        it goes on, unless the answer is not 'running'
      attune tell digits 7 --failed --reason text   it came to nothing

      Prints the trial's state: running (go on), completed, stopped, failed, or waiting (failed, and to be asked for again).
      """)

  @Argument(help: "The experiment's name.")
  var experiment: String
  @Argument(help: "The trial's number.")
  var trial: Int
  @Argument(help: "Metrics, NAME=NUMBER.")
  var metrics: [String] = []
  @Option(help: "Completed steps; the trial goes on.")
  var step: Int?
  @Flag(help: "With --step: it was the last.")
  var done = false
  @Flag(help: "It came to nothing.")
  var failed = false
  @Option(help: "With --failed: why.")
  var reason: String?
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func validate() throws {
    if failed, !metrics.isEmpty || step != nil || done { throw ValidationError("--failed excludes metrics, --step and --done") }
    if reason != nil, !failed { throw ValidationError("--reason needs --failed") }
    if let step, step < 1 { throw ValidationError("--step \(step) refused; allowed: 1 or more, completed steps") }
  }

  func run() async throws {
    let telling = TellingOnce(
      experiment: experiment, trial: trial, metrics: metrics, step: step, isDone: done, hasFailed: failed, reason: reason,
      store: place.store,
      isJSON: output.isJSON)
    try await telling.run()
  }
}
