import AttuneCore
import AttuneStore
import AttuneValues

/// What has happened to an experiment, as the page reads it.
struct NewsDocument {
  private let news: StoreNews
  private let state: String

  init(_ news: StoreNews, state: String) {
    self.news = news
    self.state = state
  }

  var json: JSON {
    [
      "cursor": .int(news.cursor), "state": .string(state),
      "reports": .array(news.reports.map { [.int($0.trial), .int($0.step), .number($0.elapsed), $0.metrics] }),
      "trials": .array(
        news.trials.map { [.int($0.number), .string($0.state.letter), $0.value.map(JSON.number) ?? .null, .int($0.steps)] }),
      "changes": .array(news.changes.map { ChangeDocument($0.change, time: $0.time).json(trial: $0.trial) }),
    ]
  }
}

/// A change of live values, as the page reads it.
struct ChangeDocument {
  private let change: Change
  private let time: Double?

  init(_ change: Change, time: Double? = nil) {
    self.change = change
    self.time = time
  }

  func json(trial: Int) -> JSON {
    [
      "trial": .int(trial), "number": .int(change.number), "step": .int(change.step), "values": .object(change.values.mapValues(\.json)),
      "trigger": change.trigger.map(JSON.string) ?? .null, "by": .string(change.by), "reason": change.reason.map(JSON.string) ?? .null,
      "time": time.map(JSON.float) ?? .null,
    ]
  }
}

extension Trial.State {
  /// In lists of thousands.
  var letter: String {
    switch self {
    case .waiting: "w"
    case .running: "r"
    case .suspended: "u"
    case .completed: "c"
    case .stopped: "s"
    case .failed: "f"
    }
  }
}
