import AttuneCore
import AttuneEngine
import AttuneSchedulers
import AttuneSimulator
import AttuneStore
import AttuneTraces

/// An experiment of the store as a trace.
struct RecordedExperiment {
  let record: ExperimentRecord
  let trace: Trace
  /// Trials whose curves end before their end, as the trace calls them: stopped early, or still under way.
  let cut: Set<String>

  /// Folds the journal.
  /// - Throws: `Failure`: unknown when there is no such experiment, failed when nothing was reported yet.
  init(_ name: String?, in place: StoreOption) throws {
    let (store, record) = try place.open(name)
    var recorder = TraceRecorder()
    let history: History
    do {
      var machine = ExperimentMachine(record.definition, scheduler: try SchedulerCatalog.make(record.definition.scheduler))
      let events = try ExperimentJournal(record, in: store).entries().map(\.event)
      machine.fold(events)
      for event in events { recorder.add(event.kind) }
      history = machine.history
    } catch let error as StoreError {
      throw Failure(error.status, error.description)
    }
    self.record = record
    trace = recorder.trace(of: history)
    cut = Set(history.trials.filter { ![.completed, .failed].contains($0.state) }.map { "\($0.id)" }).intersection(trace.trials.map(\.name))
    guard !trace.trials.isEmpty else { throw Failure(.failed, "experiment '\(record.name)' has no report yet; there is nothing to record") }
  }
}

extension PlayedTrace {
  /// What an experiment would have been with other schedulers or slots.
  /// - Parameter predictor: what continues curves that were cut short; `nil` to leave them at their end.
  init(
    of experiment: String, metric: String?, goal: Objective.Goal?, target: Double?, continuedBy predictor: String?, in place: StoreOption
  ) throws {
    let recorded = try RecordedExperiment(experiment, in: place)
    let definition = recorded.record.definition
    let own = metric.map { metric in definition.objectives.first { $0.metric == metric } } ?? definition.objective
    guard let metric = metric ?? own?.metric, let goal = goal ?? own?.goal else {
      throw Failure(.badInput, "--goal is missing: '\(metric ?? "")' is no objective of '\(experiment)'; allowed: maximize, minimize")
    }
    let objective = Objective(metric: metric, goal: goal, target: target ?? own?.target, summary: own?.summary ?? .best)
    let steps = definition.limits.steps ?? recorded.trace.trials.compactMap(\.steps.last).max() ?? 1
    var trace = recorded.trace
    var remarks: [String] = []
    if !recorded.cut.isEmpty {
      let short = "\(recorded.cut.count) of \(trace.trials.count) trials were stopped early or are under way"
      if let predictor {
        var maker = try CurvePredictorCatalog.make(AlgorithmChoice(predictor))
        let (continued, count) = trace.continued(recorded.cut, to: steps, objective: objective, by: &maker)
        trace = continued
        remarks.append("\(short): what \(count) of them would have done further on is predicted by '\(predictor)', and nobody has seen it")
      } else {
        remarks.append(
          "\(short): their curves end there, so schedulers that run them longer look faster than they are; --continue last predicts on"
        )
      }
    }
    self.init(
      name: recorded.record.name, trace: trace, objective: objective, experiment: recorded.record.name,
      slots: definition.resources.localSlots, steps: steps, scheduler: definition.scheduler, remarks: remarks)
  }
}
