import AttuneCore
import AttuneValues

/// Why an answer cannot be taken; the same question comes again.
public struct InterviewProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line: what arrived, what is allowed.
  public let description: String

  init(_ description: String) { self.description = description }
}

/// The questions of `attune init`, in order, and the experiment file their answers make.
///
/// Pure: whoever talks to the person calls `next()`, shows the question, and gives the line to `answer(_:)`, until there is no next
/// question; then `text(path:)` is the file.
public struct Interview: Sendable {
  /// Something to ask.
  public struct Question: Hashable, Sendable {
    /// What is asked, without a question mark or a colon.
    public let text: String
    /// What an empty answer means; `nil` when an answer is needed or an empty one means "no more".
    public let standard: String?
  }

  private enum Topic: Hashable {
    case name, command, metric, goal
    case suggestion(Int)
    case parameter, trials, slots
  }

  private let scripts: [String]
  private let readScript: @Sendable (String) -> String?
  private let cores: Int
  private var topic: Topic? = .name
  private var scan = ScriptScan("")
  private var flags: [(flag: String, name: String)] = []
  private var space: SearchSpace?
  private var name: String
  private var command: [String] = []
  private var metric = ""
  private var goal = Objective.Goal.maximize
  private var trials = 100
  private var slots = 1

  /// - Parameters:
  ///   - name: suggested for the experiment, e.g. the directory's.
  ///   - scripts: files that may be the program, the likeliest first.
  ///   - cores: of this machine.
  ///   - readScript: the text of a script named in the command; `nil` when there is none.
  public init(
    name: String, scripts: [String] = [], cores: Int = ExperimentFile.machineCores,
    readScript: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.name = name
    self.scripts = scripts
    self.cores = cores
    self.readScript = readScript
  }

  /// The question whose answer comes next; `nil` when all have been answered.
  public func next() -> Question? {
    switch topic {
    case nil: nil
    case .name?: Question(text: "Name of the experiment", standard: name)
    case .command?: Question(text: "Command that trains once (no shell reads it)", standard: scripts.first.map { Self.command(for: $0) })
    case .metric?: Question(text: "Metric that the script reports", standard: scan.metrics.first ?? "accuracy")
    case .goal?: Question(text: "Goal, minimize or maximize", standard: Self.likelyGoal(metric).rawValue)
    case .suggestion(let index)?: question(about: scan.suggestions[index])
    case .parameter?:
      Question(
        text: space == nil ? "A parameter, such as \(ParameterNotation.example)" : "Another parameter; nothing when done", standard: nil)
    case .trials?: Question(text: "Trials", standard: String(trials))
    case .slots?: Question(text: "Trials at a time on this machine", standard: String(cores))
    }
  }

  /// Takes the answer to the question that `next()` gives.
  /// - Throws: `InterviewProblem`; the question then stays.
  public mutating func answer(_ line: String) throws(InterviewProblem) {
    guard let topic, let question = next() else { preconditionFailure("there is no question left to answer") }
    let line = PythonCalls.trimmed(line)
    let text = line.isEmpty ? question.standard ?? "" : line
    switch topic {
    case .name: try takeName(text)
    case .command: try takeCommand(text)
    case .metric: try takeMetric(text)
    case .goal:
      guard let word = Objective.Goal.allCases.first(where: { $0.rawValue.hasPrefix(text.lowercased()) && text.count >= 3 }) else {
        throw InterviewProblem("'\(text)' is no goal; allowed: minimize, maximize")
      }
      goal = word
      self.topic = scan.suggestions.isEmpty ? .parameter : .suggestion(0)
    case .suggestion(let index): try takeSuggestion(text, index)
    case .parameter: try takeParameter(text)
    case .trials:
      trials = try Self.count(text)
      self.topic = .slots
    case .slots:
      slots = try Self.count(text)
      self.topic = nil
    }
  }

  /// What the answers make; `nil` while a question is open.
  /// - Parameter path: where the file will be; the command runs in its directory.
  public func definition(path: String) -> ExperimentDefinition? {
    guard topic == nil, let space else { return nil }
    return ExperimentDefinition(
      name: name, job: Job(command: command + passedOn, directory: FilePath.directory(of: path), threads: max(1, cores / slots)),
      objective: Objective(metric: metric, goal: goal), space: space, proposer: AlgorithmChoice("auto"),
      scheduler: AlgorithmChoice("fifo"),
      resources: Resources(localSlots: slots), limits: Limits(trials: trials), seed: 0)
  }

  /// The file; `nil` while a question is open.
  /// - Parameter path: where it will be.
  public func text(path: String) -> String? { definition(path: path).map { ExperimentFile.yaml($0, path: path) } }
}

extension Interview {
  /// How the script gets its values, when the command does not say so itself: by the flags found, or by the configuration file.
  private var passedOn: [String] {
    guard !command.contains(where: { $0.contains("{") }) else { return [] }
    let words = flags.flatMap { [$0.flag, "{\($0.name)}"] }
    return words.isEmpty && !scan.readsConfiguration ? ["{config}"] : words
  }

  private func question(about suggestion: ScriptScan.Suggestion) -> Question {
    let source = suggestion.flag.map { "\($0), " } ?? ""
    return Question(
      text: "Parameter \(suggestion.parameter.name) (\(source)now \(suggestion.standard)); - leaves it as it is",
      standard: ParameterNotation.text(suggestion.parameter.domain))
  }

  private mutating func takeName(_ text: String) throws(InterviewProblem) {
    guard !text.isEmpty, text.count <= 100, !text.contains("/") else {
      throw InterviewProblem("a name has at most 100 characters and no '/'")
    }
    name = text
    topic = .command
  }

  private mutating func takeCommand(_ text: String) throws(InterviewProblem) {
    let words = CommandWords.split(text)
    guard let first = words.first, !first.isEmpty else { throw InterviewProblem("a command is needed, e.g. python3 train.py") }
    command = words
    scan = words.first { $0.hasSuffix(".py") }.flatMap { readScript($0) }.map { ScriptScan($0) } ?? ScriptScan("")
    topic = .metric
  }

  private mutating func takeMetric(_ text: String) throws(InterviewProblem) {
    guard !text.isEmpty, !text.contains(where: \.isWhitespace) else {
      throw InterviewProblem("a metric is one word, e.g. accuracy or val_loss")
    }
    metric = text
    topic = .goal
  }

  private mutating func takeSuggestion(_ text: String, _ index: Int) throws(InterviewProblem) {
    let suggestion = scan.suggestions[index]
    if text != "-" {
      let domain = try ParameterNotation.domain(CommandWords.split(text), of: suggestion.parameter.name)
      try add(Parameter(suggestion.parameter.name, domain, isLive: suggestion.parameter.isLive))
      if let flag = suggestion.flag { flags.append((flag, suggestion.parameter.name)) }
    }
    topic = index + 1 < scan.suggestions.count ? .suggestion(index + 1) : .parameter
  }

  private mutating func takeParameter(_ text: String) throws(InterviewProblem) {
    var words = CommandWords.split(text)
    guard !words.isEmpty else {
      guard space != nil else { throw InterviewProblem("a search needs at least one parameter, such as \(ParameterNotation.example)") }
      return topic = .trials
    }
    let name = words.removeFirst()
    try add(Parameter(name, try ParameterNotation.domain(words, of: name)))
  }

  private mutating func add(_ parameter: Parameter) throws(InterviewProblem) {
    do { space = try SearchSpace((space?.parameters ?? []) + [parameter]) } catch { throw InterviewProblem(error.description) }
  }

  private static func count(_ text: String) throws(InterviewProblem) -> Int {
    guard let number = Int(text), number >= 1 else { throw InterviewProblem("'\(text)' is refused; allowed is a whole number from 1") }
    return number
  }

  private static func command(for script: String) -> String {
    if script.hasSuffix(".py") { return "python3 \(script)" }
    return script.contains("/") ? script : "./\(script)"
  }

  private static func likelyGoal(_ metric: String) -> Objective.Goal {
    let name = metric.lowercased()
    return ["loss", "err", "mse", "mae", "time", "perplexity", "cost", "nll", "latency"].contains { name.contains($0) }
      ? .minimize : .maximize
  }
}
