import AttuneCore
import AttuneStore
import AttuneValues
import AttuneWire

/// The changes on the way that led to a trial's curve: what `attune replay` writes and `ATTUNE_REPLAY` reads.
struct Schedule {
  /// Steps ascending; of one step in the order in which they took effect.
  private(set) var changes: [Change]
  /// Changes that are not to be fired or set again, with the reason.
  private(set) var leftOut: [(change: Change, reason: String)] = []

  /// - Parameter inherited: of a twin, what it shares with the trial it was forked from.
  init(_ record: TrialRecord, inherited: [Change] = []) {
    changes = inherited
    for attempt in record.attempts {
      let own = record.changes.filter { $0.attempt == attempt.number }.map(\.change)
      let firstStep = record.reports.first { $0.attempt == attempt.number }?.report.step
      supersede(from: firstStep.map { $0 - 1 }, by: own)
      changes += own
    }
    let reasons = changes.map(Self.reasonToLeaveOut)
    leftOut = zip(changes, reasons).compactMap { change, reason in reason.map { (change, $0) } }
    changes = zip(changes, reasons).filter { $1 == nil }.map(\.0)
    // A stable sort: what took effect first at a step stays first.
    changes = changes.enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }.map(\.element)
  }

  /// Those that took effect between two steps: replayed at the start of their step, and so not to the last bit.
  var inexact: [Change] { changes.filter { $0.isImmediate && $0.trigger == nil } }

  /// An attempt goes on from `start`. Triggers after it are lost with the steps they belonged to; values are set again by the program
  /// at their steps, until the attempt's own change of the same variable takes their place.
  private mutating func supersede(from start: Int?, by own: [Change]) {
    if let start { changes.removeAll { $0.trigger != nil && $0.step > start } }
    var firstOwn: [String: Int] = [:]
    for change in own { for tag in change.values.keys { firstOwn[tag] = min(firstOwn[tag] ?? .max, change.step) } }
    changes = changes.compactMap { change in
      guard change.trigger == nil else { return change }
      let kept = change.values.filter { tag, _ in change.step <= firstOwn[tag] ?? .max }
      return kept.isEmpty ? nil : change.keeping(kept)
    }
  }

  private static func reasonToLeaveOut(_ change: Change) -> String? {
    switch change.trigger.map(ReservedTag.init(rawValue:)) {
    case .pause??, .resume??: "a pause changes nothing that a program computes"
    case .suspend??: "a replay runs through"
    case nil where change.number == 0 && change.by == "program": "the program made it by itself, and will again"
    default: nil
    }
  }
}

extension Change {
  /// The same change of fewer values.
  func keeping(_ values: [String: Value]) -> Change {
    Change(
      number: number, step: step, values: values, trigger: trigger, by: by, payload: payload, reason: reason, isImmediate: isImmediate)
  }
}
