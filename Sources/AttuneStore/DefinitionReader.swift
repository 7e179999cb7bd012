import AttuneCore
import AttuneValues
import Foundation

/// Reads the definition of a plain experiment without a decoder for anything, which takes more than a millisecond to look up how each of
/// its types is decoded: a tenth of what a question from a shell may take.
///
/// A short cut and no second format, as `EventReader` is: what is written in any other way, or has anything besides, is left to the decoder.
enum DefinitionReader {
  /// - Throws: what the decoder throws.
  static func read(_ text: String, else decoder: @autoclosure () -> JSONDecoder = EventCoding.decoder) throws -> ExperimentDefinition {
    var text = text
    if let definition = text.withUTF8({ quick($0) }) { return definition }
    return try decoder().decode(ExperimentDefinition.self, from: Data(text.utf8))
  }

  /// `nil` when it is not a plain one. The keys are sorted.
  private static func quick(_ bytes: UnsafeBufferPointer<UInt8>) -> ExperimentDefinition? {
    var text = TextCursor(bytes)
    guard text.skip("{\"job\":"), let job = job(&text), text.skip(",\"limits\":"), let limits = limits(&text),
      text.skip(",\"name\":"), let name = text.string(), text.skip(",\"objective\":"), let objective = objective(&text),
      text.skip(",\"proposer\":"), let proposer = algorithm(&text), text.skip(",\"resources\":{\"localSlots\":"),
      let slots = text.integer(), text.skip("},\"scheduler\":"), let scheduler = algorithm(&text), text.skip(",\"seed\":"),
      let seed = text.wholeInteger().flatMap({ UInt64(exactly: $0) }), text.skip(",\"space\":"), let space = space(&text),
      text.skip(",\"suspend\":"), let suspend = text.string().flatMap(SuspendMode.init(rawValue:)), text.skip("}"), text.isAtEnd
    else { return nil }
    return ExperimentDefinition(
      name: name, job: job, objective: objective, space: space, proposer: proposer, scheduler: scheduler,
      resources: Resources(localSlots: slots), limits: limits, seed: seed, suspend: suspend)
  }

  private static func job(_ text: inout TextCursor) -> Job? {
    guard text.skip("{\"command\":["), let command = list(&text, { $0.string() }), text.skip(",\"directory\":"),
      let directory = text.string(), text.skip(",\"environment\":{"), let environment = members(&text, { $0.string() }),
      text.skip(",\"isAuptimizer\":"), let isAuptimizer = flag(&text)
    else { return nil }
    var job = Job(command: command, directory: directory, environment: environment, isAuptimizer: isAuptimizer)
    // What is not there after all does not go on as expected either.
    if text.skip(",\"pattern\":") { job.pattern = text.string() }
    if text.skip(",\"threads\":") { job.threads = text.integer() }
    return text.skip("}") ? job : nil
  }

  private static func limits(_ text: inout TextCursor) -> Limits? {
    guard text.skip("{\"grace\":"), let grace = text.number(), text.skip(",\"retries\":"), let retries = text.integer() else { return nil }
    var limits = Limits(retries: retries, grace: grace)
    if text.skip(",\"steps\":") { limits.steps = text.integer() }
    if text.skip(",\"time\":") { limits.time = text.number() }
    if text.skip(",\"trialTime\":") { limits.trialTime = text.number() }
    if text.skip(",\"trials\":") { limits.trials = text.integer() }
    return text.skip("}") ? limits : nil
  }

  private static func objective(_ text: inout TextCursor) -> Objective? {
    guard text.skip("{\"goal\":"), let goal = text.string().flatMap(Objective.Goal.init(rawValue:)), text.skip(",\"metric\":"),
      let metric = text.string(), text.skip(",\"summary\":"), let summary = text.string().flatMap(Objective.Summary.init(rawValue:))
    else { return nil }
    let target = text.skip(",\"target\":") ? text.number() : nil
    return text.skip("}") ? Objective(metric: metric, goal: goal, target: target, summary: summary) : nil
  }

  private static func algorithm(_ text: inout TextCursor) -> AlgorithmChoice? {
    guard text.skip("{\"name\":"), let name = text.string(), text.skip(",\"options\":{"), let options = members(&text, EventReader.value),
      text.skip("}")
    else { return nil }
    return AlgorithmChoice(name, options: options)
  }

  private static func space(_ text: inout TextCursor) -> SearchSpace? {
    guard text.skip("{\"constraints\":[],\"parameters\":["), let parameters = list(&text, parameter), text.skip("}") else { return nil }
    return try? SearchSpace(parameters)
  }

  private static func parameter(_ text: inout TextCursor) -> Parameter? {
    guard text.skip("{\"domain\":{"), let domain = domain(&text), text.skip("},\"isLive\":"), let isLive = flag(&text),
      text.skip(",\"name\":"), let name = text.string(), text.skip("}")
    else { return nil }
    return Parameter(name, domain, isLive: isLive)
  }

  private static func domain(_ text: inout TextCursor) -> Domain? {
    if text.skip("\"float\":{\"lower\":") {
      guard let (lower, upper, scale, step) = range(&text, { $0.number() }) else { return nil }
      return .float(lower: lower, upper: upper, scale: scale, step: step)
    }
    if text.skip("\"int\":{\"lower\":") {
      guard let (lower, upper, scale, step) = range(&text, { $0.wholeInteger() }) else { return nil }
      return .int(lower: lower, upper: upper, scale: scale, step: step)
    }
    if text.skip("\"bool\":{}") { return .bool }
    let isOrdered = text.skip("\"ordinal\":{\"_0\":[")
    guard isOrdered || text.skip("\"choice\":{\"_0\":["), let values = list(&text, EventReader.value), text.skip("}") else { return nil }
    return isOrdered ? .ordinal(values) : .choice(values)
  }

  private static func range<Bound>(
    _ text: inout TextCursor, _ bound: (inout TextCursor) -> Bound?
  ) -> (lower: Bound, upper: Bound, scale: Scale, step: Bound?)? {
    guard let lower = bound(&text), text.skip(",\"scale\":"), let scale = text.string().flatMap(Scale.init(rawValue:)) else { return nil }
    let step = text.skip(",\"step\":") ? bound(&text) : nil
    guard text.skip(",\"upper\":"), let upper = bound(&text), text.skip("}") else { return nil }
    return (lower, upper, scale, step)
  }

  private static func flag(_ text: inout TextCursor) -> Bool? { text.skip("true") ? true : text.skip("false") ? false : nil }

  /// What stands after `[`, and the end.
  private static func list<Element>(_ text: inout TextCursor, _ element: (inout TextCursor) -> Element?) -> [Element]? {
    if text.skip("]") { return [] }
    var elements: [Element] = []
    repeat {
      guard let element = element(&text) else { return nil }
      elements.append(element)
    } while text.skip(",")
    return text.skip("]") ? elements : nil
  }

  /// What stands after `{`, and the end.
  private static func members<Member>(_ text: inout TextCursor, _ member: (inout TextCursor) -> Member?) -> [String: Member]? {
    if text.skip("}") { return [:] }
    var members: [String: Member] = [:]
    repeat {
      guard let name = text.string(), text.skip(":"), let member = member(&text) else { return nil }
      members[name] = member
    } while text.skip(",")
    return text.skip("}") ? members : nil
  }
}
