import ArgumentParser
import AttuneStore

struct EffectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "effect", abstract: "Says what changes did to the metrics, with its uncertainty.",
    discussion: """
      attune effect digits --trial 3
      attune effect train
      Best after `attune fork`: against a twin that went on without the change.
      """)

  @Argument(help: "An experiment (with --trial), or a program that runs by itself: its name or process number.")
  var name: String?
  @Option(help: "The trial of the experiment.")
  var trial: Int?
  @Option(help: "Only the change of that number.")
  var change: Int?
  @Option(help: "Only this metric. May be given several times.")
  var metric: [String] = []
  @Option(help: "Reports to look at on each side of a change.")
  var window = 20
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    guard window >= 5 else { throw Failure(.badInput, "--window \(window) refused; allowed: 5 or more") }
    let history = try history()
    for unknown in metric where !history.curve.metrics.contains(unknown) {
      let known = history.curve.metrics.joined(separator: ", ")
      throw Failure(.unknown, "\(history.name) has not reported '\(unknown)'; it has reported \(known.isEmpty ? "nothing" : known)")
    }
    let report = EffectReport(history, change: change, metrics: metric, window: window)
    if output.isJSON { return print(report.json.text) }
    if let change, report.isEmpty {
      throw Failure(
        .unknown,
        "\(history.name) has no change \(change) of values on the way that led to its curve; `attune effect` without --change shows all")
    }
    print(report.isEmpty ? "\(history.name): no values were changed" : report.text)
  }

  private func history() throws -> TrialHistory {
    if let trial {
      let (store, record) = try place.open(name)
      return try TrialHistory(trial, of: record, in: store)
    }
    let program = try ProgramHistory(TargetOptions.connect(toProgram: name))
    if program.forgotten > 0 {
      Failure.complain("attune: the program has kept its last reports only; the first \(program.forgotten) are gone")
    }
    return TrialHistory(name: program.name, curve: program.curve, changes: program.changes)
  }
}
