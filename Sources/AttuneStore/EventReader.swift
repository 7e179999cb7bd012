import AttuneCore
import AttuneValues
import Foundation

/// Reads the events of which a journal has thousands ten times as fast as a decoder for anything: folding a journal is mostly this.
///
/// Their text is known to the letter, because `EventCoding` writes it with sorted keys. What stands there in any other way is left to the
/// decoder, so this is a short cut and no second format.
enum EventReader {
  /// - Throws: what the decoder throws.
  static func read(_ text: String, else decoder: JSONDecoder) throws -> Event {
    var text = text
    if let event = text.withUTF8({ quick($0) }) { return event }
    return try decoder.decode(Event.self, from: Data(text.utf8))
  }

  /// `nil` when the text is not one of those that are known.
  private static func quick(_ bytes: UnsafeBufferPointer<UInt8>) -> Event? {
    var text = TextCursor(bytes)
    guard text.skip("{\"kind\":{\""), let kind = kind(&text), text.skip("},\"time\":"), let time = text.number(), text.skip("}"),
      text.isAtEnd
    else { return nil }
    return Event(time: Timestamp(seconds: time), kind)
  }

  private static func kind(_ text: inout TextCursor) -> Event.Kind? {
    if text.skip("reported\":{\"_0\":\"") { return reported(&text) }
    if text.skip("attemptStarted\":{\"_0\":\"") {
      guard let attempt = attempt(&text), text.skip("\"}") else { return nil }
      return .attemptStarted(attempt)
    }
    if text.skip("slotOffered\":{\"_0\":{\"agent\":") { return slot(&text).map { .slotOffered($0) } }
    if text.skip("slotLost\":{\"_0\":{\"agent\":") { return slot(&text).map { .slotLost($0) } }
    if text.skip("attemptEnded\":{\"_0\":\"") { return ended(&text) }
    if text.skip("proposed\":{\"by\":") { return proposed(&text) }
    return text.skip("opened\":{}") ? .opened : nil
  }

  private static func reported(_ text: inout TextCursor) -> Event.Kind? {
    guard let attempt = attempt(&text), text.skip("\",\"_1\":{\"elapsed\":"), let elapsed = text.number(), text.skip(",\"metrics\":{")
    else {
      return nil
    }
    var metrics: [String: Double] = [:]
    while let name = text.string() {
      guard text.skip(":"), let value = text.number() else { return nil }
      metrics[name] = value
      _ = text.skip(",")
    }
    guard text.skip("},\"step\":"), let step = text.integer(), step >= 1, text.skip("}}") else { return nil }
    return .reported(attempt, Report(step: step, metrics: metrics, elapsed: elapsed))
  }

  private static func ended(_ text: inout TextCursor) -> Event.Kind? {
    guard let attempt = attempt(&text), text.skip("\",\"_1\":{\"cause\":{\"exited\":{\"status\":"), let status = text.integer(),
      text.skip("}},\"seconds\":"), let seconds = text.number(), text.skip(",\"tail\":"), let tail = text.string(), text.skip("}}")
    else { return nil }
    return .attemptEnded(attempt, Ending(cause: .exited(status: status), seconds: seconds, tail: tail))
  }

  private static func proposed(_ text: inout TextCursor) -> Event.Kind? {
    guard let by = text.string(), text.skip(",\"configuration\":{") else { return nil }
    var configuration = Configuration()
    while let name = text.string() {
      guard text.skip(":"), let value = value(&text) else { return nil }
      configuration[name] = value
      _ = text.skip(",")
    }
    return text.skip("}}") ? .proposed(configuration: configuration, by: by) : nil
  }

  /// A value in its own type, as the decoder reads it.
  static func value(_ text: inout TextCursor) -> Value? {
    if let string = text.string() { return .string(string) }
    if text.skip("true") { return .bool(true) }
    if text.skip("false") { return .bool(false) }
    if let integer = text.wholeInteger() { return .int(integer) }
    // The decoder takes 1e+16 for an integer.
    return text.number().map { number in Int(exactly: number).map { .int($0) } ?? .float(number) }
  }

  private static func slot(_ text: inout TextCursor) -> Slot? {
    guard let agent = text.string(), text.skip(",\"index\":"), let index = text.integer(), text.skip("}}") else { return nil }
    return Slot(agent: agent, index: index)
  }

  private static func attempt(_ text: inout TextCursor) -> AttemptID? {
    guard let trial = text.integer(), text.skip("."), let number = text.integer(), trial > 0, number > 0 else { return nil }
    return AttemptID(trial: TrialID(trial), number: number)
  }
}
