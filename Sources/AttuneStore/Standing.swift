import AttuneCore
import GRDB

/// What an experiment has come to, as the views have it: its configurations, the best of them, and how they did in the test.
public struct Standing: Sendable {
  /// What is needed of a trial.
  struct Entry: Sendable {
    let number: Int
    let state: Trial.State
    let isTwin: Bool
    let replica: Trial.Replica?
    /// What came of it by itself.
    let result: TrialResult

    init(_ row: Row) throws {
      number = row["number"]
      state = Trial.State(rawValue: row["state"]) ?? .failed
      isTwin = row["isTwin"]
      replica = try TrialRow.decode(row["replica"])
      result = try TrialRow.result(row)
    }
  }

  /// What counts as better.
  public let criteria: Criteria
  /// One for each configuration, by number.
  public let results: [TrialResult]
  /// How many configurations stand where.
  public let counts: [Trial.State: Int]

  /// How many trials are twins.
  public let twinCount: Int
  private let entries: [Entry]

  /// - Parameters:
  ///   - entries: every trial, by number.
  ///   - withTwins: whether twins count as configurations.
  init(_ entries: [Entry], _ criteria: Criteria, withTwins: Bool) {
    self.entries = entries
    self.criteria = criteria
    twinCount = entries.count(where: \.isTwin)
    var replicas: [TrialID: [Entry]] = [:]
    for entry in entries {
      if let replica = entry.replica, replica.phase == .tune { replicas[replica.trial, default: []].append(entry) }
    }
    var results: [TrialResult] = []
    var counts: [Trial.State: Int] = [:]
    for entry in entries where entry.replica == nil && (withTwins || !entry.isTwin) {
      let all = [entry] + (replicas[entry.result.trial] ?? [])
      var state = Trial.State.together(all.map(\.state))
      var result = criteria.summary(of: all.map(\.result))
      if criteria.seeds != nil {
        // There is no value before the last seed has ended.
        if !state.isFinal { result = TrialResult(trial: result.trial, values: nil) } else if result.values == nil { state = .failed }
      }
      results.append(result)
      if !entry.isTwin { counts[state, default: 0] += 1 }
    }
    self.results = results
    self.counts = counts
  }

  /// The best configuration; `nil` when none has a value.
  public var best: TrialResult? { criteria.best(of: results) }

  /// The best configurations, with several objectives those that none beats in all.
  public var front: [TrialResult] { criteria.front(of: results) }

  /// What a configuration's tuning seeds came to, each by itself, in the order of the seeds.
  public func tuned(_ id: TrialID) -> [TrialResult] {
    entries.filter { $0.result.trial == id || $0.replica?.trial == id && $0.replica?.phase == .tune }.map(\.result)
  }

  /// What those of its test seeds came to that have ended, each by itself.
  public func tested(_ id: TrialID) -> [TrialResult] {
    entries.filter { $0.replica?.trial == id && $0.replica?.phase == .test && $0.state.isFinal }.map(\.result)
  }
}

extension Store {
  /// What an experiment has come to.
  /// - Parameter withTwins: whether twins count as configurations.
  public func standing(of record: ExperimentRecord, withTwins: Bool = false) throws(StoreError) -> Standing {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT number, state, value, objectives, bounded, origin IS NOT NULL AS isTwin, replica FROM trial
          WHERE experiment = ? ORDER BY number
          """, arguments: [record.id])
      return Standing(try rows.map(Standing.Entry.init), record.definition.criteria, withTwins: withTwins)
    }
  }

  /// One trial; `nil` when the experiment has no such trial.
  public func row(_ id: TrialID, of record: ExperimentRecord) throws(StoreError) -> TrialRow? {
    try read {
      try Row.fetchOne($0, sql: "SELECT * FROM trial WHERE experiment = ? AND number = ?", arguments: [record.id, id.rawValue])
        .map(TrialRow.init)
    }
  }
}
