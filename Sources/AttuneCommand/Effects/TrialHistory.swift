import AttuneCore
import AttuneEffects
import AttuneStore
import AttuneValues

/// What is known of a program's way: its curve and its changes, whoever kept them.
struct TrialHistory {
  /// Another run with the same past, without some of the changes.
  struct Twin {
    let trial: Int
    /// The step after which it goes its own way.
    let start: Int
    let curve: Curve
    /// The steps of its own changes.
    let changes: [Int]
  }

  /// For a person: `trial 3 of experiment 'digits'`.
  let name: String
  let curve: Curve
  /// Steps ascending.
  let changes: [Change]
  /// The values before the first change, as far as they are known.
  let start: [String: Value]
  let twins: [Twin]

  /// A trial of an experiment.
  init(_ number: Int, of experiment: ExperimentRecord, in store: Store) throws {
    let line = try TrialLine(number, of: experiment, in: store)
    name = "trial \(number) of experiment '\(experiment.name)'"
    curve = line.curve
    let own = line.schedule.leftOut.map(\.change).filter { $0.trigger == nil }
    changes = (line.schedule.changes + own).sorted { $0.step < $1.step }
    start = line.record.trial.configuration.values
    twins = try store.trials(of: experiment).compactMap { row in
      guard let origin = row.origin, origin.trial.rawValue == number, let record = try store.trial(row.number, of: experiment) else {
        return nil
      }
      let changes = record.changes.map(\.change).filter { $0.trigger == nil }.map(\.step)
      return Twin(trial: row.number, start: origin.step, curve: Curve(record.reports), changes: changes)
    }
  }

  /// A program that runs by itself.
  init(name: String, curve: Curve, changes: [Change]) {
    self.name = name
    self.curve = curve
    self.changes = changes.enumerated().sorted { ($0.element.step, $0.offset) < ($1.element.step, $1.offset) }.map(\.element)
    start = [:]
    twins = []
  }

  /// Changes of values that took effect after the same step cannot be told apart: they are looked at together.
  var moments: [Moment] {
    var values = start
    var moments: [Moment] = []
    for change in changes where change.trigger == nil {
      let words = change.values.sorted { $0.key < $1.key }.map { tag, value in
        let old = values.updateValue(value, forKey: tag)
        return "\(tag) \(old.map { "\(Self.short($0)) → " } ?? "= ")\(Self.short(value))"
      }
      let text = words.joined(separator: ", ") + ", by \(change.by)" + (change.reason.map { " (\($0))" } ?? "")
      if moments.last?.step == change.step {
        moments[moments.count - 1].numbers.append(change.number)
        moments[moments.count - 1].texts.append(text)
      } else {
        moments.append(Moment(step: change.step, numbers: [change.number], texts: [text]))
      }
    }
    return moments
  }

  /// Changes that took effect after one step.
  struct Moment {
    let step: Int
    /// Of the requests; 0 for what the program changed by itself.
    var numbers: [Int]
    /// What changed, by whom, why.
    var texts: [String]
  }

  private static func short(_ value: Value) -> String {
    if case .float(let number) = value { Numbers.short(number) } else { value.description }
  }
}
