import AttuneCore
import AttuneMath
import AttuneValues
import Foundation
import Testing

@testable import AttuneStore

/// The short cut reads what the decoder reads.
@Suite struct DefinitionReaderTests {
  /// A decoder that can decode nothing: what is read with it was read by the short cut.
  private final class NoDecoder: JSONDecoder, @unchecked Sendable {
    struct Asked: Error {}
    override func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T { throw Asked() }
  }

  private func text(_ definition: ExperimentDefinition) throws -> String {
    String(decoding: try EventCoding.encoder.encode(definition), as: UTF8.self)
  }

  @Test(arguments: 1...100) func readsWhatWasWritten(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed), purpose: "definitions", index: 0)
    let plain = try Self.plain(&random)
    #expect(try DefinitionReader.read(text(plain), else: NoDecoder()) == plain, "seed \(seed)")
    let other = try Self.peculiar(plain, &random)
    #expect(try DefinitionReader.read(text(other)) == other, "seed \(seed)")
  }

  @Test func whatIsBrokenIsTheDecodersBusiness() throws {
    var random = RandomStream(seed: 1, purpose: "definitions", index: 1)
    let whole = try text(Self.plain(&random))
    for count in [0, 1, whole.count / 3, whole.count / 2, whole.count - 1] {
      #expect(throws: NoDecoder.Asked.self) { try DefinitionReader.read(String(whole.prefix(count)), else: NoDecoder()) }
    }
    #expect(throws: NoDecoder.Asked.self) { try DefinitionReader.read(whole + "}", else: NoDecoder()) }
    let backwards = whole.replacing("\"grace\":", with: "\"grace\":\"long\",\"x\":")
    #expect(throws: NoDecoder.Asked.self) { try DefinitionReader.read(backwards, else: NoDecoder()) }
  }

  private static func some<Value>(_ random: inout RandomStream, _ value: Value) -> Value? { random.nextUnit() < 0.5 ? value : nil }

  private static func domain(_ random: inout RandomStream) -> Domain {
    switch Int(random.nextUnit() * 5) {
    case 0: .float(lower: -random.nextUnit(), upper: 1e21, step: some(&random, 0.25))
    case 1: .float(lower: 1e-9, upper: 2, scale: .log)
    case 2: .int(lower: -3, upper: 12, step: some(&random, 3))
    case 3: .choice(["adam", 1, 2.5, true])
    default: random.nextUnit() < 0.5 ? .ordinal([1, 4, 16]) : .bool
    }
  }

  private static func plain(_ random: inout RandomStream) throws -> ExperimentDefinition {
    var parameters: [Parameter] = []
    for index in 0..<Int(1 + random.nextUnit() * 6) {
      parameters.append(Parameter("p\(index)", domain(&random), isLive: random.nextUnit() < 0.5))
    }
    return ExperimentDefinition(
      name: "largé",
      job: Job(
        command: random.nextUnit() < 0.5 ? [] : ["python3", "train.py"], directory: "/home/ada/a b",
        environment: random.nextUnit() < 0.5 ? [:] : ["A": "b", "C": ""], pattern: some(&random, "loss=(?<loss>.*)"),
        threads: some(&random, 2), isAuptimizer: random.nextUnit() < 0.5),
      objective: Objective(
        metric: "loss", goal: .maximize, target: some(&random, 0.1), summary: random.nextUnit() < 0.5 ? .best : .last),
      space: try SearchSpace(parameters),
      proposer: AlgorithmChoice("tpe", options: random.nextUnit() < 0.5 ? [:] : ["a": 1, "b": 2.5, "c": "x", "d": false]),
      scheduler: AlgorithmChoice("fifo"), resources: Resources(localSlots: 3),
      limits: Limits(
        trials: some(&random, 10), steps: some(&random, 7), time: some(&random, 1.5), trialTime: some(&random, 60), retries: 2, grace: 0.5),
      seed: UInt64(random.nextUnit() * 1e15), suspend: .checkpoint)
  }

  /// With something that few experiments have.
  private static func peculiar(_ plain: ExperimentDefinition, _ random: inout RandomStream) throws -> ExperimentDefinition {
    var other = plain
    switch Int(random.nextUnit() * 7) {
    case 0: other.name = "a \"b\"\\c\n"
    case 1: other.seed = .max
    case 2: other.objectives.append(Objective(metric: "size", goal: .minimize))
    case 3: other.startWith = [Configuration(["p0": 1])]
    case 4: other.space = try SearchSpace([Parameter("x", .bool), Parameter("y", .bool, when: Expression("x == true"))])
    case 5: other.space = try SearchSpace([Parameter("x", .int(lower: 1, upper: 3))], constraints: [Expression("x < 3")])
    default: other.job.environment = ["A": "tab\t"]
    }
    return other
  }
}
