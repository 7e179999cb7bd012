import AttuneCore
import AttuneValues
import Foundation

/// Writes the events of which a journal has thousands to the letter as `EventCoding` does, without its encoder: that one takes a
/// millisecond to get going, which a process that lives for ten has not got.
enum EventWriter {
  /// - Throws: what the encoder throws.
  static func text(of event: Event, else encoder: JSONEncoder) throws -> String {
    if let kind = quick(event.kind), let time = number(event.time.seconds) { return "{\"kind\":{\(kind)},\"time\":\(time)}" }
    return String(decoding: try encoder.encode(event), as: UTF8.self)
  }

  /// As the encoder writes them.
  static func text(of configuration: Configuration) -> String? { object(configuration.values, value) }

  /// As the encoder writes them.
  static func text(of metrics: [String: Double]) -> String? { object(metrics, number) }

  /// `nil` for kinds and contents that are left to the encoder.
  private static func quick(_ kind: Event.Kind) -> String? {
    switch kind {
    case .opened: return "\"opened\":{}"
    case .attemptStarted(let id): return "\"attemptStarted\":{\"_0\":\"\(id)\"}"
    case .slotOffered(let slot): return self.slot(slot).map { "\"slotOffered\":{\"_0\":\($0)}" }
    case .slotLost(let slot): return self.slot(slot).map { "\"slotLost\":{\"_0\":\($0)}" }
    case .reported(let id, let report):
      guard report.warmup == nil, !report.hasCheckpoint, let elapsed = number(report.elapsed), let metrics = text(of: report.metrics)
      else { return nil }
      return "\"reported\":{\"_0\":\"\(id)\",\"_1\":{\"elapsed\":\(elapsed),\"metrics\":\(metrics),\"step\":\(report.step)}}"
    case .attemptEnded(let id, let ending):
      guard case .exited(let status) = ending.cause, ending.cost == nil, ending.suspension == nil, !ending.hasCheckpoint,
        let seconds = number(ending.seconds),
        let tail = string(ending.tail)
      else { return nil }
      let cause = "{\"exited\":{\"status\":\(status)}}"
      return "\"attemptEnded\":{\"_0\":\"\(id)\",\"_1\":{\"cause\":\(cause),\"seconds\":\(seconds),\"tail\":\(tail)}}"
    case .proposed(let configuration?, let by, nil, nil):
      guard let by = string(by), let values = text(of: configuration) else { return nil }
      return "\"proposed\":{\"by\":\(by),\"configuration\":\(values)}"
    default: return nil
    }
  }

  private static func object<Member>(_ members: [String: Member], _ text: (Member) -> String?) -> String? {
    var parts: [String] = []
    for (name, member) in members.sorted(by: { $0.key < $1.key }) {
      guard let name = string(name), let member = text(member) else { return nil }
      parts.append("\(name):\(member)")
    }
    return "{\(parts.joined(separator: ","))}"
  }

  private static func slot(_ slot: Slot) -> String? { string(slot.agent).map { "{\"agent\":\($0),\"index\":\(slot.index)}" } }

  private static func value(_ value: Value) -> String? {
    switch value {
    case .bool(let flag): flag ? "true" : "false"
    case .int(let integer): String(integer)
    case .float(let float): number(float)
    case .string(let text): string(text)
    }
  }

  private static func number(_ number: Double) -> String? {
    guard number.isFinite else { return nil }
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// In quotes; `nil` where something would have to be escaped.
  private static func string(_ text: String) -> String? {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 < 0x7F } ? "\"\(text)\"" : nil
  }
}
