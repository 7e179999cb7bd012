import ArgumentParser
import AttuneTraces
import AttuneValues
import Foundation

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes what an experiment has found for other programs.",
    discussion: "attune export digits --trace digits.csv")

  @Argument(help: "The experiment's name (default: the newest).")
  var experiment: String?
  @Option(
    help: ArgumentHelp("Record all reports and their times as a trace, for `attune simulate`; - for standard output.", valueName: "file"))
  var trace: String
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    let recorded = try RecordedExperiment(experiment, in: place)
    let text = recorded.trace.text()
    if trace == "-" { return print(text, terminator: "") }
    do {
      try text.write(toFile: trace, atomically: true, encoding: .utf8)
    } catch {
      throw Failure(.failed, "\(trace) cannot be written: \(error.localizedDescription)")
    }
    let reports = recorded.trace.trials.reduce(0) { $0 + $1.steps.count }
    let (name, trials, cut) = (recorded.record.name, recorded.trace.trials.count, recorded.cut.count)
    if output.isJSON {
      let members: [String: JSON] = [
        "experiment": .string(name), "trials": .int(trials), "reports": .int(reports), "cut_short": .int(cut), "file": .string(trace),
      ]
      return print(JSON.object(members).text)
    }
    print("\(name): \(trials) trials with \(reports) reports in \(trace)")
    if cut > 0 { print("note: \(cut) of them were stopped early or are under way; their curves end there") }
  }
}
