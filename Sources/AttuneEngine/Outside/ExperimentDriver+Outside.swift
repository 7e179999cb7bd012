import AttuneCore

/// Trials for programs outside: they ask for one and tell what became of it.
///
/// To the machine an asking program is a slot that is offered, filled and taken back, so proposers, limits, schedulers and the journal
/// know no difference. Nobody watches the program: a trial that was asked for runs until it is told, and outlives every controller.
extension ExperimentDriver {
  /// What a program outside wants.
  enum OutsideWish: Sendable {
    case ask
    case askAgain(TrialID)
    case tell(TrialID, Telling)
  }

  /// What it is answered.
  enum OutsideAnswer: Sendable {
    case asked(Asked)
    case told(Told)
  }

  /// Gives the next trial to a program outside; returns when that is in the journal.
  /// - Throws: `CommandError` when there is none.
  public nonisolated func ask() async throws(CommandError) -> Asked { try await asked(.ask) }

  /// Gives a trial that was asked for and not told to another program, which begins it anew.
  /// - Throws: `CommandError` when it was not asked for, or was told.
  public nonisolated func ask(again trial: TrialID) async throws(CommandError) -> Asked { try await asked(.askAgain(trial)) }

  /// Takes what a program outside tells; returns when it is in the journal.
  /// - Throws: `CommandError` when the trial was not asked for, or was told; or when it cannot be done without its objective.
  public nonisolated func tell(_ trial: TrialID, _ telling: Telling) async throws(CommandError) -> Told {
    guard case .told(let told) = try await outside(.tell(trial, telling)) else { throw .controllerGone }
    return told
  }

  /// Trials that were asked for and not told, with what their programs were given.
  public var asked: [Asked] { machine.occupants.filter(\.key.isOutside).values.sorted().map(asked) }

  private nonisolated func asked(_ wish: OutsideWish) async throws(CommandError) -> Asked {
    guard case .asked(let asked) = try await outside(wish) else { throw .controllerGone }
    return asked
  }

  private nonisolated func outside(_ wish: OutsideWish) async throws(CommandError) -> OutsideAnswer {
    let result = await withCheckedContinuation { answer in
      if !inbox.put(.outside(wish, answer: answer)) { answer.resume(returning: .failure(.controllerGone)) }
    }
    return try result.get()
  }

  /// Carries out a wish. Who asks may have to wait until a trial is ready.
  func serve(_ wish: OutsideWish, _ answer: OutsideContinuation) async throws {
    switch wish {
    case .ask:
      let index = (machine.occupants.keys.filter(\.isOutside).map(\.index) + askers.keys.map(\.index)).max().map { $0 + 1 } ?? 0
      askers[.outside(index)] = answer
      try await take([(Event(time: parts.clock.now, .slotOffered(.outside(index))), nil)])
    case .askAgain(let trial):
      do throws(CommandError) {
        answer.resume(returning: .success(.asked(asked(try machine.openAttempt(of: trial)))))
      } catch { answer.resume(returning: .failure(error)) }
    case .tell(let trial, let telling):
      do throws(CommandError) {
        let attempt = try machine.openAttempt(of: trial)
        let elapsed = max(0, parts.clock.now - (outsideStarts[attempt] ?? parts.clock.now))
        let kinds = try machine.events(of: telling, attempt, elapsed: elapsed)
        unanswered.append((trial, answer, kinds))
      } catch { answer.resume(returning: .failure(error)) }
      try await takeTold()
    }
  }

  /// Journals what was told, and only then answers.
  private func takeTold() async throws {
    while !unanswered.isEmpty {
      let (trial, answer, kinds) = unanswered.removeFirst()
      do { try await take(kinds.map { (Event(time: parts.clock.now, $0), nil) }) } catch {
        answer.resume(returning: .failure(.controllerGone))
        throw error
      }
      let now = machine.history[trial]
      answer.resume(
        returning: .success(.told(Told(trial: trial, state: now.state, value: machine.history.value(of: now), reason: now.reason))))
    }
  }

  /// The events that answer an action which concerns a program outside; `nil` for actions that do not.
  func answersOutside(_ action: Action) -> [Event.Kind]? {
    switch action {
    case .start(let attempt, let slot) where slot.isOutside: return [.attemptStarted(attempt), .slotLost(slot)]
    case .stop(let id):
      // Nobody can stop the program; to the experiment the trial has ended, and the program learns it when it tells.
      guard let attempt = machine.attempt(id), attempt.slot.isOutside else { return nil }
      guard attempt.ending == nil else { return [] }
      return [
        .attemptEnded(id, Ending(cause: .exited(status: 0), seconds: max(0, parts.clock.now - (outsideStarts[id] ?? parts.clock.now))))
      ]
    case .change(let id, let request):
      guard let attempt = machine.attempt(id), attempt.slot.isOutside else { return nil }
      return [.refused(id, number: request.number, message: "trial \(id.trial) was asked for by a program outside, which nobody can reach")]
    default: return nil
    }
  }

  /// Remembers when programs outside began, and answers who waits for what is in the journal now.
  func settleOutside(after events: [Event]) {
    for event in events {
      guard case .attemptStarted(let id) = event.kind, let slot = machine.attempt(id)?.slot, slot.isOutside else { continue }
      outsideStarts[id] = event.time
      askers.removeValue(forKey: slot)?.resume(returning: .success(.asked(asked(id))))
    }
  }

  /// Sends those away who wait for a trial that will not come.
  func refuseInVain() async throws {
    guard let problem = machine.whyNothingComes else { return }
    let waiting = askers
    askers = [:]
    try await take(waiting.keys.sorted().map { (Event(time: parts.clock.now, .slotLost($0)), nil) })
    for answer in waiting.values { answer.resume(returning: .failure(problem)) }
  }

  private func asked(_ id: AttemptID) -> Asked {
    let trial = machine.history[id.trial]
    let order = startOrder(id, trial.attempts[id.number - 1].slot)
    return Asked(trial: id.trial, configuration: order.configuration, seed: order.seed, note: trial.note)
  }
}
