import ArgumentParser
import AttuneCore
import AttuneImportance
import AttuneStore

struct ImportanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "importance", abstract: "Says how much of the differences between trials each parameter makes.")

  /// How it is found out.
  enum Method: String, ExpressibleByArgument, CaseIterable {
    /// Over the whole space, by a model.
    case fanova
    /// Among the best trials, by densities.
    case pedAnova = "ped-anova"
  }

  @Argument(help: "The experiment's name (default: the newest).")
  var experiment: String?
  @Option(help: "fanova: shares of the variance over the whole space. ped-anova: what the best trials have and the others do not.")
  var method = Method.fanova
  @Flag(help: "Show what two parameters do together, too (fanova).")
  var pairs = false
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Show the metric over these parameters, everything else averaged out.", valueName: "parameter"))
  var curves: [String] = []
  @Option(help: "The best part of the trials that ped-anova looks at.")
  var quantile = 0.1
  @Option(help: "The objective's metric, where there are several (default: the first).")
  var metric: String?
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func validate() throws {
    guard quantile > 0, quantile < 1 else { throw ValidationError("--quantile \(quantile) refused; allowed: above 0 and below 1") }
    guard method == .fanova || (!pairs && curves.isEmpty) else {
      throw ValidationError("--pairs and --curves need a model of the space; --method fanova has one")
    }
  }

  func run() async throws {
    let (store, record) = try place.open(experiment)
    let report: ImportanceReport
    do {
      report = try self.report(of: StoredHistory.read(record, in: store), name: record.name)
    } catch let error as ImportanceError {
      let status: Status =
        switch error {
        case .unknownParameter, .unknownMetric: .unknown
        default: .failed
        }
      throw Failure(status, "experiment '\(record.name)': \(error)")
    }
    print(output.isJSON ? report.json.text : Terminal.isShown ? report.table : report.lines)
  }

  private func report(of history: History, name: String) throws -> ImportanceReport {
    let metrics = history.objectives.map(\.metric)
    guard let objective = metric.map({ metrics.firstIndex(of: $0) }) ?? 0 else {
      throw ImportanceError.unknownMetric(name: metric ?? "", known: metrics)
    }
    switch method {
    case .pedAnova:
      let importance = try QuantileImportance.importance(of: history, quantile: quantile, objective: objective)
      return ImportanceReport(experiment: name, metric: metrics[objective], method: method.rawValue, importance: importance)
    case .fanova:
      let anova = try FunctionalAnova(history, objective: objective)
      return ImportanceReport(
        experiment: name, metric: metrics[objective], method: method.rawValue, importance: anova.importance(withPairs: pairs),
        curves: try curves.map { try anova.curve(of: $0) })
    }
  }
}
