import ArgumentParser
import AttuneCore
import AttuneStore
import AttuneValues

struct BestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "best", abstract: "Prints the best configuration, where it is stored, and the command that runs it alone.",
    discussion: "With several objectives: the front, and its hypervolume.")

  @Argument(help: "The experiment's name (default: the newest).")
  var experiment: String?
  @Flag(help: "Let twins count, which `attune fork` has made.")
  var twins = false
  @Option(help: "Show this trial instead of the best one.")
  var trial: Int?
  @Option(help: "Measure the hypervolume up to this point, a value for each objective: 0.5,100.")
  var reference: String?
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    let (store, record) = try place.open(experiment)
    var reporter = ResultReporter(store: store, record: record, workspace: place.workspace, withTwins: twins)
    reporter.reference = try reference.map { try Self.point($0, record.definition.objectives) }
    guard let report = try trial.map({ try reporter.report(onTrial: $0) }) ?? reporter.report() else {
      if let trial { throw Failure(.unknown, "experiment '\(record.name)' has no configuration with the number \(trial)") }
      throw Failure(.failed, "experiment '\(record.name)': \(reporter.nothingFound) yet")
    }
    try report.write()
    print(output.isJSON ? report.json.text : report.text)
  }

  private static func point(_ text: String, _ objectives: [Objective]) throws -> [Double] {
    let numbers = text.split(separator: ",").map { Double($0.trimmingPrefix(while: \.isWhitespace)) }
    let point = numbers.compactMap(\.self).filter(\.isFinite)
    guard objectives.count > 1, numbers.count == objectives.count, point.count == numbers.count else {
      let allowed =
        objectives.count > 1
        ? "\(objectives.count) numbers with commas, for \(objectives.map(\.metric).joined(separator: ", "))"
        : "only with several objectives; this experiment has one"
      throw Failure(.badInput, "--reference \(text) refused; allowed: \(allowed)")
    }
    return point
  }
}
