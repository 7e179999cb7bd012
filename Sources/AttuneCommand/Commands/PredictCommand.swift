import ArgumentParser
import AttuneCore
import AttuneSchedulers
import AttuneTraces
import AttuneValues

struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Says how learning curves go on: mean, deviation, and the probability of reaching a target.",
    discussion: "Of an experiment's trials that may still go on, or of a trial in a trace file.")

  /// More steps are an answer to nothing.
  private static let stepLimit = 100_000

  @Argument(help: "The experiment's name (default: the newest).")
  var experiment: String?
  @Option(help: "A table of reports (CSV) instead of an experiment.")
  var trace: String?
  @Option(help: "The columns of a trace that hold trial, step and seconds, with commas (default: trial,step,seconds).")
  var columns: String?
  @Option(help: "The metric to predict (default: the experiment's objective).")
  var metric: String?
  @Option(help: "Which way is better: maximize or minimize (default: as the experiment says; of a trace, maximize).")
  var goal: Objective.Goal?
  @Option(help: "The trial to predict (default: all of the experiment that may still go on).")
  var trial: String?
  @Option(help: ArgumentHelp("Look at no step behind this one (default: all there are).", valueName: "step"))
  var seen: Int?
  @Option(help: ArgumentHelp("Predict up to this step (default: where trials end).", valueName: "step"))
  var upto: Int?
  @Option(help: "The value to be reached (default: the experiment's target).")
  var target: Double?
  @Option(help: "Who predicts: \(CurvePredictorCatalog.names.joined(separator: ", ")).")
  var predictor = "average"
  @Flag(help: "Learn nothing from the other trials.")
  var alone = false
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func validate() throws {
    if trace != nil {
      guard experiment == nil else { throw ValidationError("an experiment and --trace exclude each other") }
      guard metric != nil, trial != nil else { throw ValidationError("--trace needs --metric and --trial") }
    } else if columns != nil {
      throw ValidationError("--columns names those of --trace")
    }
    if let seen, seen < 1 { throw ValidationError("--seen \(seen) refused; allowed: 1 or more") }
    if let target, !target.isFinite { throw ValidationError("--target \(target) refused; allowed: a finite number") }
  }

  func run() async throws {
    let source = try self.source()
    guard let trials = trial.map({ [$0] }) ?? (source.open.isEmpty ? nil : source.open) else {
      throw Failure(.failed, "\(source.name): no trial that has reported may still go on; --trial N predicts one that has ended")
    }
    let reports = try trials.map { try report(on: $0, of: source) }
    if output.isJSON {
      print((trial == nil ? .array(reports.map(\.json)) : reports[0].json).text)
    } else if let only = reports.first, trial != nil {
      print(Terminal.isShown ? only.table : only.lines)
    } else {
      print(Table.text(["trial", "seen"] + reports[0].header, reports.map(\.lastRow)))
    }
  }

  private func source() throws -> CurveSource {
    if let trace, let metric {
      return try CurveSource(trace: trace, columns: try traceColumns(), metric: metric, goal: goal ?? .maximize)
    }
    let (store, record) = try place.open(experiment)
    return try CurveSource(try StoredHistory.read(record, in: store), of: record, metric: metric, goal: goal)
  }

  private func traceColumns() throws -> TraceReader.Columns {
    guard let columns else { return TraceReader.Columns() }
    let names = columns.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.count == 3 else { throw Failure(.badInput, "--columns \(columns) refused; allowed: three names with commas between them") }
    return TraceReader.Columns(trial: names[0], step: names[1], seconds: names[2])
  }

  private func report(on trial: String, of source: CurveSource) throws -> PredictionReport {
    let whole = try source.curve(of: trial)
    let count = whole.steps.prefix { $0 <= seen ?? .max }.count
    let curve = LearningCurve(steps: Array(whole.steps[..<count]), values: Array(whole.values[..<count]))
    guard let last = curve.steps.last else {
      throw Failure(.failed, "\(source.name): trial \(trial) has not reported '\(source.metric)'\(seen.map { " up to step \($0)" } ?? "")")
    }
    let steps = try self.steps(after: curve, to: upto ?? source.end, trial: trial)
    let goal = source.goal
    let target = target ?? source.target
    let request = CurveRequest(
      trial: TrialID(1), curve: curve, others: alone ? [] : source.curves.filter { $0.trial != trial }.map(\.curve), steps: steps,
      target: target.map { goal == .maximize ? $0 : -$0 })
    guard let prediction = try answer(request) else {
      throw Failure(
        .failed,
        "\(source.name): '\(predictor)' has no answer for trial \(trial) after step \(last); its curve is too short, or has diverged")
    }
    return PredictionReport(
      trial: trial, metric: source.metric, goal: goal, predictor: predictor, seen: last, target: target, steps: steps,
      prediction: prediction)
  }

  private func answer(_ request: CurveRequest) throws -> CurvePrediction? {
    do {
      var predictor = try CurvePredictorCatalog.make(AlgorithmChoice(self.predictor))
      return predictor.predict(request)
    } catch {
      throw Failure(.badInput, "\(error)")
    }
  }

  /// The steps to come at the curve's usual distance, and the last one asked.
  private func steps(after curve: LearningCurve, to end: Int, trial: String) throws -> [Int] {
    let last = curve.steps[curve.steps.count - 1]
    let distances = zip(curve.steps.dropFirst(), curve.steps).map { $0 - $1 }.sorted()
    let stride = max(1, distances.isEmpty ? last : distances[distances.count / 2])
    guard end > last else {
      throw Failure(.badInput, "trial \(trial) is seen up to step \(last), and nothing is left up to step \(end); --upto allows more")
    }
    guard (end - last) / stride < Self.stepLimit else {
      throw Failure(.badInput, "--upto \(end) refused; allowed: \(Self.stepLimit) steps from \(last) on, which are \(stride) apart")
    }
    let steps = Array(Swift.stride(from: last + stride, through: end, by: stride))
    return steps.last == end ? steps : steps + [end]
  }
}
