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

  /// What a trial lived through that has adopted what others had come to: one schedule, from the first step of its oldest ancestor. Values that
  /// an adoption changed take effect at the step of the checkpoint.
  /// - Parameter isLive: whether a running program can be given a parameter.
  init(_ line: [Stretch], by scheduler: String, isLive: (String) -> Bool) {
    changes = []
    for (index, stretch) in line.enumerated() {
      if index > 0 {
        let (before, others) = (line[index - 1].lastConfiguration, line[index - 1].lastOthers)
        var different = stretch.configuration.values.filter { before[$0.key] != $0.value }
        different.merge(stretch.others.filter { others[$0.key] != $0.value }) { own, _ in own }
        let reason = "trial \(stretch.trial) went on with what trial \(line[index - 1].trial) had come to"
        let change = Change(number: 0, step: stretch.start, values: different, by: scheduler, reason: reason)
        let (live, fixed) = (
          different.filter { isLive($0.key) || stretch.configuration[$0.key] == nil }, different.filter { !isLive($0.key) }
        )
        if !live.isEmpty { changes.append(change.keeping(live)) }
        let restarted = fixed.filter { live[$0.key] == nil }
        if !restarted.isEmpty { leftOut.append((change.keeping(restarted), "no live variable: another attempt began with it")) }
      }
      for change in stretch.changes {
        if let reason = Self.reasonToLeaveOut(change) { leftOut.append((change, reason)) } else { changes.append(change) }
      }
    }
  }

  /// Parameters that a replay would have to change and cannot.
  var restarted: [String] {
    Set(leftOut.filter { $0.change.trigger == nil && $0.change.by != "program" }.flatMap(\.change.values.keys)).sorted()
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
    case .load??: "the values that came with it have a line of their own"
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
