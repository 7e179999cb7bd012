import AttuneCore

/// Identical failures at the start, before any trial has shown that the script works at all.
struct EarlyFailures: Hashable, Sendable {
  /// As many in a row end the experiment.
  static let limit = 3
  private(set) var isProven = false
  private var signatures: [String] = []

  /// The script works: failures from now on are a trial's own.
  mutating func clear() {
    isProven = true
    signatures = []
  }

  /// - Returns: whether the limit of identical failures is reached.
  mutating func add(_ signature: String) -> Bool {
    guard !isProven else { return false }
    if signatures.last != signature { signatures = [] }
    signatures.append(signature)
    return signatures.count >= Self.limit
  }
}

/// How an experiment comes to its end.
extension ExperimentMachine {
  /// Begins to end: nothing new is started, what runs is asked to stop.
  mutating func close(_ outcome: Outcome) -> [Action] {
    guard closing == nil || (closing == .interrupted && outcome != .interrupted) else { return [] }
    closing = outcome
    let reason: StopReason = outcome == .interrupted ? .interruption : .experimentOver
    // Who leaves does not end what programs outside do: they tell whoever comes next.
    return occupants.sorted { $0.value < $1.value }.filter { outcome != .interrupted || !$0.key.isOutside }.flatMap {
      stop($0.value, reason)
    } + stopFrozen(reason)
  }

  /// Ends when nothing runs and nothing can come any more.
  mutating func finishIfDone() -> [Action] {
    if closing == .interrupted, occupants.keys.allSatisfy(\.isOutside), frozen.isEmpty { return finish(.interrupted) }
    guard occupants.isEmpty else { return [] }
    if let closing {
      guard frozen.isEmpty else { return [] }
      if case .targetReached = closing, let tests = beginTests(then: closing) { return tests + startWaiting() }
      return finish(closing)
    }
    guard queue.isEmpty, forks.isEmpty, heirs.isEmpty, awaited == nil, predictions.isEmpty, parked.isEmpty,
      isSated || !canAdmit || (isExhausted && additions.isEmpty), held.isEmpty || !freeSlots.isEmpty
    else { return [] }
    guard frozen.isEmpty else { return stopFrozen(.experimentOver) }
    if let testing { return finish(testing) }
    if let failureOfAll { return finish(failureOfAll) }
    let end = exhaustion.map { Outcome.exhausted(note: $0) } ?? .trialsDone
    return beginTests(then: end).map { $0 + startWaiting() } ?? finish(end)
  }

  private mutating func finish(_ result: Outcome) -> [Action] {
    outcome = result
    closing = nil
    if result != .interrupted {
      forks = [:]
      endWhatWaits()
    }
    return [.finish(result)]
  }

  /// What has not ended will not go on.
  mutating func endWhatWaits() {
    for trial in history.trials where !trial.state.isFinal && forks[trial.id] == nil {
      history[trial.id].state = .stopped
      history[trial.id].reason = "the experiment ended"
      touched.insert(trial.id)
    }
    queue = []
    heirs = [:]
    held = []
    parked = [:]
    predictions = [:]
    exploits = [:]
    forks = forks.filter { $0.value.adoption == nil }
  }

  private var failureOfAll: Outcome? {
    guard let last = history.trials.last(where: { $0.origin == nil }) else {
      return .failed(message: "the search space holds no configuration that keeps the constraints")
    }
    guard history.trials.allSatisfy({ $0.state == .failed || $0.origin != nil }) else { return nil }
    return .failed(message: failureMessage("every trial failed; the last: \(last.reason ?? "")", last.attempts.last?.ending?.tail))
  }

  /// Three identical failures before anything worked: the script or the command is wrong, and more trials will not mend it.
  mutating func judgeEarly(_ id: TrialID, _ ending: Ending, _ verdict: Verdict) -> [Action] {
    guard isSearched(history[id]) else { return [] }
    guard verdict.isScriptFailure else {
      if verdict.state != .waiting { earlyFailures.clear() }
      return []
    }
    // One bad configuration fails with all its seeds: that says nothing of the script.
    guard history[id].replica == nil else { return [] }
    guard earlyFailures.add("\(ending.cause): \(verdict.reason ?? "")"), closing == nil else { return [] }
    return close(
      .failed(message: failureMessage("\(EarlyFailures.limit) identical failures at the start: \(verdict.reason ?? "")", ending.tail)))
  }

  private func failureMessage(_ what: String, _ tail: String?) -> String {
    guard let tail, !tail.isEmpty else { return what }
    return "\(what)\nthe script's last lines:\n\(tail.split(separator: "\n").map { "  | \($0)" }.joined(separator: "\n"))"
  }
}
