import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Foundation
import Testing

@testable import AttuneStore

/// The short cut reads what the decoder reads.
@Suite struct EventReaderTests {
  /// A decoder that can decode nothing: what is read with it was read by the short cut.
  private final class NoDecoder: JSONDecoder, @unchecked Sendable {
    struct Asked: Error {}
    override func decode<T: Decodable>(_ type: T.Type, from data: Data) throws -> T { throw Asked() }
  }

  private func text(_ event: Event) throws -> String { String(decoding: try EventCoding.encoder.encode(event), as: UTF8.self) }

  @Test(arguments: 1...200) func readsWhatWasWritten(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed), purpose: "events", index: 0)
    let event = try Self.event(&random)
    let written = try text(event)
    let decoded = try EventCoding.decoder.decode(Event.self, from: Data(written.utf8))
    // As texts, for nan is not even itself.
    #expect(try text(EventReader.read(written, else: EventCoding.decoder)) == text(decoded), "seed \(seed): \(written)")
  }

  /// To the letter what the encoder writes.
  @Test(arguments: 1...200) func writesWhatTheEncoderWrites(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed), purpose: "events", index: 1)
    let event = try Self.event(&random)
    #expect(try EventWriter.text(of: event, else: EventCoding.encoder) == text(event), "seed \(seed)")
  }

  /// The events of a journal of plain trials all take the short cut.
  @Test func theFrequentOnesAreShort() throws {
    let attempt = AttemptID(trial: TrialID(12), number: 1)
    let kinds: [Event.Kind] = [
      .opened, .slotOffered(.outside(3)), .slotLost(Slot(agent: "local", index: 0)),
      .proposed(configuration: Configuration(["x": 0.25, "n": 3, "s": "adam", "b": true]), by: "tpe"), .attemptStarted(attempt),
      .reported(attempt, Report(step: 2, metrics: ["loss": 0.125, "accuracy": 1e-7], elapsed: 12.5)),
      .attemptEnded(attempt, Ending(cause: .exited(status: 0), seconds: 3.25, tail: "")),
    ]
    for kind in kinds {
      let event = Event(time: Timestamp(seconds: 1_795_251_190.25), kind)
      #expect(try EventReader.read(text(event), else: NoDecoder()) == event)
    }
  }

  @Test(arguments: [
    "", "{}", "{\"kind\":{\"opened\":{}},\"time\":1", "{\"kind\":{\"reported\":{\"_0\":\"0.1\",\"_1\":{}}},\"time\":1}",
    "{\"kind\":{\"proposed\":{\"by\":\"a\",\"configuration\":{\"x\":[1]}}},\"time\":1}", "{\"kind\":{\"opened\":{}},\"time\":1}}",
    "{\"kind\":{\"reported\":{\"_0\":\"1.1\",\"_1\":{\"elapsed\":1,\"metrics\":{},\"step\":",
  ]) func whatIsBrokenIsTheDecodersBusiness(text: String) {
    #expect(throws: NoDecoder.Asked.self) { try EventReader.read(text, else: NoDecoder()) }
  }

  private static func event(_ random: inout RandomStream) throws -> Event {
    func number(_ random: inout RandomStream) -> Double {
      let choices = [
        random.nextUnit(), -random.nextUnit() * 1e-9, random.nextUnit() * 1e300, 0, -3, 1e18, 1.2345678901234567e19, .nan, .infinity,
      ]
      return choices.randomElement(using: &random) ?? 0
    }
    let words = ["a", "learning_rate", "ü ß", "with \"quotes\"", "tab\t\\", ""]
    let word = words.randomElement(using: &random) ?? ""
    let attempt = AttemptID(trial: TrialID(Int.random(in: 1...5000, using: &random)), number: 2)
    let slot = Slot(agent: word, index: 7)
    let configuration = Configuration([
      word: .string(word), "x10": .int(3), "x9": .float(1e16), "B": .float(-0.0), "x": .float(random.nextUnit()),
      "i": .int(Int.random(in: .min ... .max, using: &random)), "b": .bool(true),
    ])
    let kinds: [Event.Kind] = [
      .opened, .slotOffered(slot), .slotLost(slot), .attemptStarted(attempt), .tick, .proposalFailed(message: word),
      .proposed(configuration: configuration, by: word), .proposed(configuration: nil, by: word, note: "n"),
      .proposed(configuration: configuration, by: word, parent: TrialID(3), note: word),
      .reported(attempt, Report(step: 3, metrics: [word: number(&random), "m": number(&random)], elapsed: abs(random.nextUnit()))),
      .reported(attempt, Report(step: 3, metrics: [:], elapsed: 0, warmup: 1, hasCheckpoint: true)),
      .attemptEnded(attempt, Ending(cause: .exited(status: -1), seconds: 1.5, tail: word)),
      .attemptEnded(attempt, Ending(cause: .outside(message: word), seconds: 1e-9, tail: word, hasCheckpoint: true)),
      .commanded(.stop, by: word),
    ]
    let times = [1_795_251_190.123456, 0, 1e-5, -2]
    return Event(time: Timestamp(seconds: times.randomElement(using: &random) ?? 0), kinds.randomElement(using: &random) ?? .tick)
  }
}
