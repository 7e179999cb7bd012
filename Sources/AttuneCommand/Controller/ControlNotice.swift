import AttuneCore
import AttuneValues
import AttuneWire

/// An event as a notification to those who watch.
struct ControlNotice {
  let method: String
  let trial: TrialID
  let parameters: JSON

  var isReport: Bool { method == LiveMethod.reported }

  /// `nil` for events that nobody watches.
  init?(_ event: Event) {
    switch event.kind {
    case .reported(let attempt, let report):
      method = LiveMethod.reported
      trial = attempt.trial
      parameters = [
        "trial": .int(attempt.trial.rawValue), "step": .int(report.step), "metrics": .object(report.metrics.mapValues(JSON.number)),
        "elapsed": .number(report.elapsed),
      ]
    case .changed(let attempt, let change):
      method = LiveMethod.changed
      trial = attempt.trial
      let notice = ChangeNotice(
        n: 0, number: change.number, step: change.step, values: change.values, trigger: change.trigger, by: change.by,
        reason: change.reason, time: event.time.seconds)
      var members = notice.json.object ?? [:]
      members["trial"] = .int(attempt.trial.rawValue)
      if let payload = change.payload { members["payload"] = try? JSON(parsing: payload) }
      if change.isImmediate { members["immediate"] = true }
      parameters = .object(members)
    case .refused(let attempt, let number, let message):
      method = ControlMethod.refused
      trial = attempt.trial
      parameters = ["trial": .int(attempt.trial.rawValue), "number": .int(number), "message": .string(message)]
    case .checkpointCopied(let twin, let problem, nil):
      method = ControlMethod.forked
      trial = twin
      parameters = ["trial": .int(twin.rawValue), "problem": problem.map(JSON.string) ?? .null]
    case .suspended(let attempt, let suspension):
      method = ControlMethod.suspended
      trial = attempt.trial
      parameters = Self.parameters(of: suspension, trial: attempt.trial)
    case .attemptEnded(let attempt, let ending):
      guard let suspension = ending.suspension else { return nil }
      method = ControlMethod.suspended
      trial = attempt.trial
      parameters = Self.parameters(of: suspension, trial: attempt.trial)
    case .suspendFailed(let attempt, let message):
      method = ControlMethod.stayed
      trial = attempt.trial
      parameters = ["trial": .int(attempt.trial.rawValue), "message": .string(message)]
    default: return nil
    }
  }

  private static func parameters(of suspension: Suspension, trial: TrialID) -> JSON {
    [
      "trial": .int(trial.rawValue), "mode": .string(suspension.mode.rawValue), "seconds": .float(suspension.seconds),
      "bytes": .int(suspension.bytes),
    ]
  }
}
