import AttuneCore
import AttuneValues

/// What every journal promises.
public enum JournalContract {
  /// Runs the whole contract.
  /// - Parameter make: opens the same empty journal anew each time it is called.
  /// - Throws: `ContractViolation`, or what the journal throws.
  public static func check(_ make: () throws -> any Journal) throws {
    let journal = try make()
    try ContractViolation.require(try journal.entries().isEmpty, "a new journal is not empty")
    var expected: [JournalEntry] = []
    for batch in batches() {
      try journal.append(batch, updating: [])
      expected += batch
      try ContractViolation.require(try journal.entries() == expected, "entries do not come back as they were appended")
    }
    try ContractViolation.require(try make().entries() == expected, "a journal opened again does not hold what was appended")
  }

  /// One of every kind of event, with the values that are hardest to keep.
  public static func batches() -> [[JournalEntry]] {
    let attempt = AttemptID(trial: TrialID(1), number: 2)
    let slot = Slot(agent: "local", index: 3)
    let configuration = Configuration(["x": 0.1, "n": 3, "flag": true, "word": "it's \"quoted\"\n"])
    let kinds: [Event.Kind] = [
      .opened, .slotOffered(slot), .slotLost(slot), .proposed(configuration: configuration, by: "random"),
      .proposed(configuration: nil, by: "grid"), .proposalFailed(message: "é"), .attemptStarted(attempt),
      .reported(attempt, Report(step: 1, metrics: ["loss": .infinity, "accuracy": 0.1 + 0.2], elapsed: 1e-9)),
      .attemptEnded(attempt, Ending(cause: .exited(status: 75), seconds: 2, tail: "bye")),
      .attemptEnded(attempt, Ending(cause: .notStarted(message: "no such file"))), .attemptEnded(attempt, Ending(cause: .lost)),
      .changed(attempt, Change(number: 4, step: 17, values: ["x": 1e-300], by: "ada")),
      .refused(attempt, number: 5, message: "no"), .commanded(.stopTrial(TrialID(1)), by: "ada"),
      .commanded(.add(configuration), by: "ada"),
      .commanded(.change(trial: TrialID(1), wish: .fire(trigger: "save"), atStep: 3, reason: nil), by: "ada"), .tick,
      .commanded(.change(trial: TrialID(1), wish: .fire(trigger: "save", payload: "{\"a\":[1]}"), atStep: nil, reason: "x"), by: "ada"),
      .commanded(.fork(TrialID(1), from: .freshCheckpoint, before: 4), by: "ada"), .checkpointCopied(twin: TrialID(2), problem: nil),
      .checkpointCopied(twin: TrialID(3), problem: "no room"),
      .changed(
        attempt, Change(number: 6, step: 17, values: [:], trigger: "save", by: "ada", payload: "[1]", reason: "é", isImmediate: true)),
      .reported(attempt, Report(step: 2, metrics: ["loss": 1], elapsed: 2, warmup: 1.5, hasCheckpoint: true)),
      .attemptEnded(
        attempt,
        Ending(cause: .lost, cost: AttemptCost(warmup: 1.5, joules: 2, energySource: "rapl"), hasCheckpoint: true)),
    ]
    let entries = kinds.enumerated().map { index, kind in
      JournalEntry(
        Event(time: Timestamp(seconds: 1.7e9 + Double(index) / 7), kind),
        origin: index.isMultiple(of: 2) ? JournalEntry.Origin(source: "local", sequence: index + 1) : nil)
    }
    return [[entries[0]], Array(entries[1..<8]), Array(entries[8...])]
  }
}
