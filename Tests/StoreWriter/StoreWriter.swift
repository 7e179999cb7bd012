import AttuneCore
import AttuneStore
import Foundation

/// Appends reports to a store for ever and prints each one's number once it is acknowledged; `StoreDurabilityTests` kills it.
@main
struct StoreWriter {
  static func main() throws {
    let store = try Store(path: CommandLine.arguments[1])
    let record = try store.experiment(named: nil)
    let journal = try ExperimentJournal(record, in: store)
    let attempt = AttemptID(trial: TrialID(1), number: 1)
    var number = try journal.entries().count
    while true {
      let batch = (1...(number % 7 + 1)).map { offset in
        let report = Report(step: number + offset, metrics: ["loss": Double(number + offset)], elapsed: 0)
        return JournalEntry(
          Event(time: Timestamp(seconds: 0), .reported(attempt, report)),
          origin: JournalEntry.Origin(source: "local", sequence: number + offset))
      }
      try journal.append(batch, updating: [])
      number += batch.count
      FileHandle.standardOutput.write(Data("\(number)\n".utf8))
    }
  }
}
