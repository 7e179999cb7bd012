import AttuneCore
import AttuneMath
import AttuneValues

/// Draws definitions of every shape the file knows.
struct RandomDefinition {
  var random: RandomStream

  init(index: Int) { random = RandomStream(seed: 20, purpose: "definition", index: index) }

  mutating func definition() throws -> ExperimentDefinition {
    let space = try space()
    var definition = ExperimentDefinition(
      name: text(notEmpty: true).replacing("/", with: "-").replacing("\n", with: " ").replacing("\u{2028}", with: ""),
      job: Job(
        command: [text(notEmpty: true)] + (0..<Int.random(in: 0...3, using: &random)).map { _ in text() }, directory: "/" + word(),
        environment: chance() ? [word(): text()] : [:], pattern: chance() ? #"acc=(?<acc>[\d.]+) "\t" 'x'"# : nil,
        threads: chance() ? Int.random(in: 1...64, using: &random) : nil, isAuptimizer: chance()),
      objective: Objective(
        metric: text(notEmpty: true), goal: chance() ? .minimize : .maximize, target: chance() ? number() : nil,
        summary: chance() ? .best : .last),
      space: space, proposer: algorithm(), scheduler: algorithm(),
      resources: Resources(
        localSlots: Int.random(in: 9...99, using: &random), agents: Int.random(in: 1...9, using: &random)),
      limits: Limits(
        trials: chance() ? Int.random(in: 1...999, using: &random) : nil, steps: chance() ? 7 : nil, time: chance() ? duration() : nil,
        trialTime: chance() ? duration() : nil, retries: Int.random(in: 0...3, using: &random), grace: chance() ? 10 : duration()),
      seed: random.next(), suspend: SuspendMode.allCases.randomElement(using: &random) ?? .none)
    if chance() { definition.duplicates = .allow }
    if chance() { definition.startWith = [try space.sample(using: &random), Configuration(["first": "b c"])] }
    if chance() {
      let metrics = ["a\(text())", "b", "c d"]
      definition.objectives = metrics.map {
        Objective(metric: $0, goal: chance() ? .minimize : .maximize, target: chance() ? number() : nil, summary: .last)
      }
    }
    if chance() {
      definition.outcomeConstraints = ["memory", "a <= b", "größe"].map {
        OutcomeConstraint(metric: $0, chance() ? .atMost : .atLeast, number())
      }
    }
    if chance() { definition.stopWhen = [OutcomeConstraint(metric: "accuracy", chance() ? .atMost : .atLeast, number())] }
    if chance() { definition.seeds = seeds() }
    return definition
  }

  private mutating func seeds() -> Seeds {
    let summary = Seeds.Summary.allCases.randomElement(using: &random) ?? .mean
    let counts = (Int.random(in: 1...9, using: &random), Int.random(in: 0...9, using: &random))
    return Seeds(tune: counts.0, test: counts.1, summary: summary, quantile: summary == .quantile ? 0.125 : Seeds().quantile)
  }

  private mutating func space() throws -> SearchSpace {
    var parameters: [Parameter] = [Parameter("first", .choice(["a", "b c", "it's"]))]
    for index in 0..<Int.random(in: 0...5, using: &random) {
      let conditions = ["first == 'a'", "first in ['b c', \"it's\"]", "not (first == 'a')"]
      let condition = chance() ? try Expression(conditions[Int.random(in: 0...2, using: &random)]) : nil
      let domain = domain()
      parameters.append(
        Parameter(
          "\(word())_\(index)", domain, when: condition, isLive: chance(), standard: chance() ? domain.value(atUnit: 0.5) : nil))
    }
    return try SearchSpace(parameters, constraints: chance() ? [Expression("first != 'x' or 1 > 2")] : [])
  }

  private mutating func domain() -> Domain {
    let lower = Int.random(in: 1...50, using: &random), width = Int.random(in: 3...99, using: &random)
    switch Int.random(in: 0...5, using: &random) {
    case 0: return .bool
    case 1: return .float(lower: Double(lower) / 7, upper: Double(lower + width) / 7, scale: chance() ? .log : .linear)
    case 2: return .float(lower: -Double(lower) * 1e-9, upper: Double(width) * 1e15, step: chance() ? 0.1 : nil)
    case 3: return .int(lower: lower, upper: lower + width, scale: chance() ? .log : .linear, step: chance() ? 3 : nil)
    case 4: return .ordinal([1, 2.5, .float(1e-7), .int(lower)].filter { $0 != 1 || lower > 1 })
    default:
      return .choice([.string(text() + "1"), true, .string("true"), "", "no", .float(Double(lower) + 0.5), .int(-lower), "~", ".5", "0x1f"])
    }
  }

  private mutating func algorithm() -> AlgorithmChoice {
    AlgorithmChoice(
      word(), options: chance() ? ["a": .float(number()), word() + "_b": .string(text()), "c": .bool(chance()), "d": .int(4)] : [:])
  }

  private mutating func chance() -> Bool { Bool.random(using: &random) }
  private mutating func number() -> Double { Double.random(in: -1e6...1e6, using: &random) }
  private mutating func duration() -> Double {
    [1, 90, 5400, 0.5, 0.001, 1.0 / 3, 86_400 * 3 + 5, 1234.5678][Int.random(in: 0...7, using: &random)]
  }
  private mutating func word() -> String {
    ["lr", "net.depth", "true", "no", "x-y", "Größe", "_a"][Int.random(in: 0...6, using: &random)]
  }
  private mutating func text(notEmpty: Bool = false) -> String {
    let pieces = [
      "a", " ", "\"", "'", "\\", ": ", "#", "{config}", "- ", "é", "😀", "\t", "\n", "*", "&x", "%", "1", "\u{2028}", "@", "`", ",", "]",
    ]
    let count = Int.random(in: 0...6, using: &random)
    let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
    return notEmpty ? "x" + text : text
  }
}
