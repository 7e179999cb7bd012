import AttuneCore
import AttuneValues

/// Why a command makes no sense now. Nothing was changed.
public enum CommandError: Error, Hashable, Sendable, CustomStringConvertible {
  case experimentOver(outcome: String)
  case unknownTrial(TrialID, count: Int)
  case notRunning(TrialID, state: Trial.State)
  case cannotSuspend(TrialID)
  case notSuspendable(TrialID, state: Trial.State)
  case suspendedAlready(TrialID, by: String)
  case notSuspended(TrialID, state: Trial.State, scheduler: String?)
  case suspendingStill(TrialID)
  case space(SpaceError)
  case edit(SpaceEditError)
  case noRoom(limit: Int)
  case searchOver
  case unknownChange(Int, of: TrialID, known: [Int])
  case checkpointTooLate(Int?, change: Int, step: Int)
  case controllerGone
  case notAsked(TrialID, Trial.State)
  case runsHere(TrialID, Slot)
  case nothingTold(TrialID)
  case objectiveMissing(TrialID, metric: String, told: [String])
  case allAsked(limit: Int)
  case exhausted(proposer: String)

  /// One line: the thing, what arrived, what is allowed.
  public var description: String {
    switch self {
    case .experimentOver(let outcome): "the experiment is over (\(outcome)); nothing was changed"
    case .unknownTrial(let id, let count): "there is no trial \(id); the experiment has trials 1...\(count). Nothing was changed"
    case .notRunning(let id, let state):
      "trial \(id) is \(state.rawValue), and only a running trial can be changed or stopped. Nothing was changed"
    case .cannotSuspend(let id):
      "trial \(id) cannot be suspended: the experiment file says `suspend: none`; allowed: checkpoint, signal. It runs on"
    case .notSuspendable(let id, let state):
      "trial \(id) is \(state.rawValue), and only a running or suspended trial of this machine can be suspended. Nothing was changed"
    case .suspendedAlready(let id, let who): "trial \(id) was suspended by \(who) already. Nothing was changed"
    case .notSuspended(let id, _, let scheduler?):
      "trial \(id) was suspended by the scheduler '\(scheduler)', which lets it go on when its turn comes. Nothing was changed"
    case .notSuspended(let id, let state, nil):
      "trial \(id) is \(state.rawValue), and only a trial that a person has suspended can be resumed. Nothing was changed"
    case .suspendingStill(let id): "trial \(id) has not given up its slot yet; resume it when it is suspended. It is suspended soon"
    case .space(let error): "\(error). Nothing was changed"
    case .edit(let error): "\(error). The space stays as it was"
    case .controllerGone:
      "the controller is ending and takes no more commands; `attune resume` goes on with the experiment. Nothing was changed"
    case .unknownChange(let number, let id, let known):
      "trial \(id) has no change \(number) of values that took effect"
        + (known.isEmpty ? "; it has none" : "; it has \(known.map(String.init).joined(separator: ", "))") + ". Nothing was forked"
    case .checkpointTooLate(let step, let number, let changeStep):
      "change \(number) took effect after step \(changeStep), and the newest checkpoint is \(step.map { "of step \($0)" } ?? "of no known step"): "
        + "a twin from there has the change in it; --from-start runs one from the beginning. Nothing was forked"
    case .searchOver: "the search is over and the best configuration is tested with other seeds; nothing was changed"
    case .notAsked(let id, let state):
      "trial \(id) is \(state.rawValue), and only one that was asked for and has not been told can be told. Nothing was recorded"
    case .runsHere(let id, let slot): "trial \(id) runs in slot \(slot) and reports by itself. Nothing was recorded"
    case .nothingTold(let id): "trial \(id): a step is told as a number from 1 with at least one metric. Nothing was recorded"
    case .objectiveMissing(let id, let metric, let told):
      "trial \(id) cannot be done without '\(metric)', the objective; "
        + (told.isEmpty
          ? "nothing was told"
          : "told: \(told.joined(separator: ", "))\(Nearest.match(metric, among: told) == nil ? "" : " (another spelling?)")")
        + ". Nothing was recorded"
    case .allAsked(let limit): "limits.trials allows \(limit) trials and all were asked for; there is nothing more to try"
    case .exhausted(let proposer): "'\(proposer)' has proposed all it can; there is nothing more to try"
    case .noRoom(let limit): "limits.trials allows \(limit) trials and all are proposed; nothing was added"
    }
  }
}

extension ExperimentMachine {
  /// Says whether a command makes sense now; a driver asks before it journals one.
  public func check(_ command: Command) throws(CommandError) {
    if let outcome = outcome ?? closing { throw .experimentOver(outcome: "\(outcome)") }
    switch command {
    case .edit(let edit):
      if testing != nil { throw .searchOver }
      try checkEdit(edit)
    case .stop, .interrupt: break
    case .change(let id, _, _, _): try checkRunning(id)
    case .stopTrial(let id): if !isSuspended(id) { try checkRunning(id) }
    case .suspendTrial(let id): try checkSuspend(id)
    case .resumeTrial(let id): try checkResume(id)
    case .add(let configuration):
      if testing != nil { throw .searchOver }
      if let limit = definition.limits.trials, proposalCount + additions.count >= limit { throw .noRoom(limit: limit) }
      do { _ = try history.space.validate(configuration) } catch { throw .space(error) }
    case .fork(let id, let start, let number): try checkFork(of: id, from: start, before: number)
    }
  }

  /// What a command that was just obeyed is answered with: the twin's number after `fork`, else the number of the last change.
  public func answer(to command: Command) -> Int {
    if case .fork = command { history.trials.count } else { changeCount }
  }

  private func isSuspended(_ id: TrialID) -> Bool { held.contains(id) || parked[id] != nil }

  private func checkRunning(_ id: TrialID) throws(CommandError) {
    guard let trial = history.trial(id) else { throw .unknownTrial(id, count: history.trials.count) }
    guard trial.state == .running else { throw .notRunning(id, state: trial.state) }
  }

  mutating func obey(_ command: Command, by who: String) -> [Action] {
    guard (try? check(command)) != nil || command == .stop else { return [] }
    switch command {
    case .stop: return close(.stopped(by: who))
    case .interrupt: return close(.interrupted)
    case .stopTrial(let id): return giveUp(id, .person(who))
    case .suspendTrial(let id): return park(id, by: who)
    case .resumeTrial(let id): return unpark(id)
    case .change(let id, let wish, let atStep, let reason):
      guard let attempt = history[id].attempts.last?.id else { return [] }
      changeCount += 1
      let request = ChangeRequest(number: changeCount, trial: id, wish: wish, atStep: atStep, by: who, reason: reason)
      pendingChanges[changeCount] = (attempt, request)
      return [.change(attempt, request)]
    case .add(let configuration):
      if let valid = try? history.space.validate(configuration) { additions.append(Addition(configuration: valid, by: who)) }
      return []
    case .edit(let edit): return self.edit(edit)
    case .fork(let id, let start, let number): return fork(id, from: start, before: number, by: who)
    }
  }
}
