import AttuneCore
import AttuneStore
import AttuneValues
import Foundation

/// Everything of one trial but its reports, as the page reads it.
struct TrialDocument {
  private let record: TrialRecord
  private let folder: URL
  private let storePath: String
  private let experiment: String

  init(_ record: TrialRecord, folder: URL, storePath: String, experiment: String) {
    self.record = record
    self.folder = folder
    self.storePath = storePath
    self.experiment = experiment
  }

  var json: JSON {
    let trial = record.trial
    let attempts = record.attempts.map { attempt -> JSON in
      [
        "number": .int(attempt.number), "ending": attempt.ending.map(JSON.string) ?? .null,
        "seconds": attempt.seconds.map(JSON.number) ?? .null,
      ]
    }
    return [
      "trial": .int(trial.number), "state": .string(trial.state), "value": trial.value.map(JSON.number) ?? .null,
      "steps": .int(trial.steps),
      "reason": (trial.reason ?? trial.note).map(JSON.string) ?? .null, "proposer": .string(trial.proposer),
      "configuration": trial.startConfiguration.json, "attempts": .array(attempts),
      "changes": .array(record.changes.map { ChangeDocument($0.change).json(trial: trial.number) }),
      "command": .string("attune replay \(experiment) --trial \(trial.number) --run"),
      "folder": .string(folder.appending(path: "trials/\(trial.number)").path),
      "twinOf": trial.origin.map { .int($0.trial.rawValue) } ?? .null,
      "adoptions": .array(
        trial.adoptions.map { ["from": .int($0.donor.rawValue), "step": .int($0.step), "way": .string($0.way.rawValue)] }),
    ]
  }
}
