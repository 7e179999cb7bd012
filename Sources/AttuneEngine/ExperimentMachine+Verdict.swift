import AttuneCore

/// What an attempt's end means for its trial.
struct Verdict: Hashable, Sendable {
  let state: Trial.State
  let reason: String?
  /// The script is to blame: the trial failed or will be tried again because of it.
  var isScriptFailure = false

  /// Why a trial ended that its scheduler has given up.
  static func stopped(by scheduler: AlgorithmChoice) -> String { "stopped early by \(scheduler.name)" }
}

extension Attempt {
  /// Whether it ended badly by its own fault.
  fileprivate var isFailure: Bool {
    guard let ending, stopRequest == nil else { return false }
    return ending.cause != .lost
      && !(ending.cause == .exited(status: 75) && (hasReported || ending.suspension != nil || ending.hasCheckpoint))
  }
}

extension ExperimentMachine {
  /// How often a trial may lose its agent before it is given up: losing it is not the script's fault, but must end some time.
  static let lossLimit = 10

  /// - Parameter wasAsked: whether somebody wanted its slot.
  func verdict(on attempt: Attempt, _ ending: Ending, wasAsked: Bool) -> Verdict {
    switch (attempt.stopRequest, ending.cause) {
    case (nil, .lost), (.interruption?, .lost): return afterLoss(attempt.id.trial)
    case (nil, .exited(status: 0)), (.interruption?, .exited(status: 0)): return afterCompletion(attempt)
    case (nil, .exited(status: 75)) where wasAsked: return Verdict(state: .suspended, reason: nil)
    case (nil, .exited(status: 75)): return afterSuspension(attempt, ending)
    case (nil, .notStarted(let message)) where bringsBack(attempt): return afterLoss(attempt.id.trial, message)
    case (nil, _): return afterFailure(attempt.id.trial, "\(ending.cause)")
    case (.interruption?, .exited(status: 75)): return Verdict(state: .suspended, reason: nil)
    // Whatever it did last, it begins again with what another has come to.
    case (.adoption?, _): return Verdict(state: .suspended, reason: nil)
    case (let reason?, _): return verdict(on: reason)
    }
  }

  /// What becomes of a trial that is stopped for that reason, however its process ends.
  func verdict(on reason: StopReason) -> Verdict {
    switch reason {
    case .interruption, .adoption: Verdict(state: .waiting, reason: nil)
    case .stepLimit: Verdict(state: .completed, reason: nil)
    case .target: Verdict(state: .completed, reason: "reached the target")
    case .scheduler: Verdict(state: .stopped, reason: Verdict.stopped(by: definition.scheduler))
    case .person(let who): Verdict(state: .stopped, reason: "stopped by \(who)")
    case .experimentOver: Verdict(state: .stopped, reason: "the experiment ended")
    }
  }

  private func afterCompletion(_ attempt: Attempt) -> Verdict {
    let reports = history[attempt.id.trial].reports
    if criteria.values(of: reports) != nil { return Verdict(state: .completed, reason: nil) }
    return Verdict(state: .failed, reason: complaint(about: reports), isScriptFailure: true)
  }

  /// Why reports make no result.
  private func complaint(about reports: [Report]) -> String {
    let metrics = definition.objectives.map(\.metric)
    let whole = reports.last { report in metrics.allSatisfy { report.metrics[$0] != nil } }
    for metric in metrics {
      if let value = whole?.metrics[metric], !value.isFinite { return "its last '\(metric)' is \(value), and no result" }
      guard !reports.contains(where: { $0.metrics[metric] != nil }) else { continue }
      let seen = Set(reports.flatMap(\.metrics.keys)).sorted().map { "'\($0)'" }.joined(separator: ", ")
      return seen.isEmpty
        ? "the script ended without reporting '\(metric)'"
        : "the script reported \(seen) but not '\(metric)', \(metrics.count == 1 ? "the objective" : "one of the objectives")"
    }
    return "no report has all of \(metrics.map { "'\($0)'" }.joined(separator: ", ")) at one step"
  }

  /// A script that only ever suspends itself would run for ever: without a step done, it is a failure.
  private func afterSuspension(_ attempt: Attempt, _ ending: Ending) -> Verdict {
    attempt.hasReported || ending.suspension != nil
      ? Verdict(state: .suspended, reason: nil)
      : afterFailure(attempt.id.trial, "suspended itself (exit status 75) without having reported a step")
  }

  private func afterFailure(_ id: TrialID, _ complaint: String) -> Verdict {
    let failures = history[id].attempts.count { $0.isFailure && !isUnrestored($0) }
    return Verdict(state: failures <= definition.limits.retries ? .waiting : .failed, reason: complaint, isScriptFailure: true)
  }

  /// - Parameter problem: what happened to it, where it was not lost.
  private func afterLoss(_ id: TrialID, _ problem: String? = nil) -> Verdict {
    let losses = history[id].attempts.count { $0.ending?.cause == .lost || isUnrestored($0) }
    let what = problem ?? "lost with its agent"
    return losses < Self.lossLimit
      ? Verdict(state: .waiting, reason: what) : Verdict(state: .failed, reason: problem ?? "\(what) \(losses) times")
  }

  /// Whether the attempt begins with a snapshot. That it cannot be brought back, as when a process id is taken, is no fault of the script's.
  private func bringsBack(_ attempt: Attempt) -> Bool { definition.suspend == .criu && attempt.id.number > 1 }

  private func isUnrestored(_ attempt: Attempt) -> Bool {
    guard bringsBack(attempt), case .notStarted? = attempt.ending?.cause else { return false }
    return true
  }
}
