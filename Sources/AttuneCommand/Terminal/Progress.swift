import AttuneCore
import AttuneEngine
import AttuneValues

/// What a person wants to see of a running experiment: folded from updates, drawn as text. Pure; `ProgressDisplay` puts it on a
/// terminal.
struct Progress {
  private let name: String
  private let definition: ExperimentDefinition
  private let started: Timestamp
  private var states: [TrialID: Trial.State] = [:]
  private var running: [TrialID: Trial] = [:]
  private var origins: [TrialID: Trial.Origin] = [:]
  /// Seeds of a configuration by the trial that was proposed, where it runs with several.
  private var replicas: [TrialID: [TrialID: Trial]] = [:]
  private var tests: [TrialID: Trial] = [:]
  /// What configurations have come to; running ones count, where they have one seed.
  private var results: [TrialID: TrialResult] = [:]
  private var best: (trial: Trial, result: TrialResult, value: Double)?
  /// The best value after every trial that ended.
  private var bestCurve: [Double] = []
  private var lastFailure: String?

  init(name: String, definition: ExperimentDefinition, history: History, at time: Timestamp) {
    self.name = name
    self.definition = definition
    started = time
    for trial in history.trials { take(trial) }
  }

  /// Takes in a transaction.
  /// - Returns: a line for each thing worth one where lines cannot be drawn over.
  mutating func take(_ update: ExperimentUpdate) -> [String] {
    var lines: [String] = []
    let bestBefore = best?.value
    for trial in update.touched {
      let before = states[trial.id]
      take(trial)
      guard before != trial.state else { continue }
      if trial.state.isFinal { lines.append(ending(of: trial)) }
    }
    for case .changed(let attempt, let change) in update.events.map(\.kind) {
      let what = change.trigger.map { "\($0) fired" } ?? Configuration(change.values).description
      lines.append("trial \(attempt.trial): \(what) took effect after step \(change.step), by \(change.by)")
    }
    for case .refused(let attempt, _, let message) in update.events.map(\.kind) {
      lines.append("trial \(attempt.trial): change refused: \(message)")
    }
    if let best, best.value != bestBefore, best.trial.state.isFinal {
      lines.append("best so far: \(Numbers.short(best.value)) by trial \(best.result.trial)")
    }
    return lines
  }

  /// The picture, a few lines of at most `width` characters.
  func picture(width: Int, at time: Timestamp) -> [String] {
    var lines = [header(at: time), bestLine]
    lines += running.values.sorted { $0.id < $1.id }.prefix(8).map(line(of:))
    if running.count > 8 { lines.append("  … and \(running.count - 8) more") }
    if let lastFailure { lines.append("  last failure: \(lastFailure)") }
    return lines.map { $0.count > width ? String($0.prefix(max(0, width - 1))) + "…" : $0 }
  }

  private mutating func take(_ trial: Trial) {
    let before = states[trial.id]
    states[trial.id] = trial.state
    if let origin = trial.origin { origins[trial.id] = origin }
    running[trial.id] = trial.state == .running ? trial : nil
    if trial.state == .failed, before != .failed { lastFailure = "trial \(trial.id): \(trial.reason ?? "")" }
    if trial.origin != nil { return }
    if trial.replica?.phase == .test { return tests[trial.id] = trial }
    let isEnded = trial.state.isFinal && before?.isFinal != true
    guard let result = result(after: trial) else { return }
    results[result.trial] = result
    if let value = result.values?.first {
      let isBetter = best.map { $0.trial.id == result.trial || criteria.best(of: [$0.result, result]) == result } ?? true
      if isBetter { best = (trial, result, value) }
    }
    if isEnded, let best { bestCurve.append(best.value) }
  }

  /// With several seeds there is none before the last of them has ended.
  private mutating func result(after trial: Trial) -> TrialResult? {
    guard let seeds = definition.seeds else { return criteria.result(of: trial) }
    let proposed = trial.replica?.trial ?? trial.id
    replicas[proposed, default: [:]][trial.id] = trial
    let all = (replicas[proposed] ?? [:]).values.sorted { $0.id < $1.id }
    return all.count == seeds.tune && all.allSatisfy(\.state.isFinal) ? criteria.summary(of: all.map(criteria.result(of:))) : nil
  }

  private var criteria: Criteria { definition.criteria }

  private func count(_ state: Trial.State) -> Int { states.values.count { $0 == state } }

  private func header(at time: Timestamp) -> String {
    let done =
      definition.seeds == nil ? states.count { $0.value.isFinal && origins[$0.key] == nil } : results.count
    let total = definition.limits.trials.map { "/\($0)" } ?? ""
    let seeds = definition.seeds.map { $0.tune > 1 ? " with \($0.tune) seeds" : "" } ?? ""
    var parts = ["\(name)   trials \(done)\(total) done\(seeds)", "\(running.count) running"]
    for state in [Trial.State.suspended, .waiting, .stopped, .failed] where count(state) > 0 {
      parts.append("\(count(state)) \(state.rawValue)")
    }
    if !origins.isEmpty { parts.append("\(origins.count) twin\(origins.count == 1 ? "" : "s")") }
    if !tests.isEmpty { parts.append("\(tests.values.count(where: \.state.isFinal)) of \(tests.count) test seeds done") }
    return parts.joined(separator: " · ") + "   elapsed \(Numbers.clock(time - started))"
  }

  private var bestLine: String {
    guard let best else { return "best     – (no \(definition.objective.metric) reported yet)" }
    if definition.objectives.count > 1, criteria.isFeasible(best.result) {
      let front = criteria.front(of: results.values.sorted { $0.trial < $1.trial })
      return "front    \(front.count) of \(results.count): trials \(front.map(\.trial.description).joined(separator: ", "))"
    }
    let remark = criteria.isFeasible(best.result) ? "" : " (breaks outcome constraints, as all do)"
    let spark = Sparkline.text(bestCurve, width: 24)
    return
      "best     \(definition.objective.metric) \(Numbers.short(best.value)) by trial \(best.result.trial)\(remark)  \(spark)  \(short(best.trial.configuration))"
  }

  private func line(of trial: Trial) -> String {
    let values = trial.reports.compactMap { $0.metrics[definition.objective.metric] }
    let twin =
      trial.origin.map { "twin of \($0.trial)  " } ?? trial.replica.map { "\($0.phase.rawValue) seed \($0.seed) of \($0.trial)  " } ?? ""
    let step = twin + (trial.reports.last.map { "step \($0.step)" } ?? "starting")
    return "  trial \(trial.id)  \(step)  \(values.last.map(Numbers.short) ?? "")  \(Sparkline.text(values, width: 16))"
  }

  private func ending(of trial: Trial) -> String {
    let values = criteria.result(of: trial).values ?? []
    let value = zip(criteria.objectives, values).map { " \($0.metric)=\(Numbers.short($1))" }.joined()
    let seed = trial.replica.map { " (\($0.phase.rawValue) seed \($0.seed) of \($0.trial))" } ?? ""
    let reason = trial.reason.map { " (\($0))" } ?? ""
    return
      "trial \(trial.id)\(seed) \(trial.state.rawValue)\(value) after \(trial.reports.last?.step ?? 0) steps\(reason)  \(short(trial.configuration))"
  }

  private func short(_ configuration: Configuration) -> String {
    Numbers.short(configuration, order: definition.space.parameters.map(\.name))
  }
}
