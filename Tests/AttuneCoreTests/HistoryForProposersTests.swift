import AttuneCore
import Testing

/// Twins left out, replicas put together.
@Suite struct HistoryForProposersTests {
  private func trial(_ number: Int, _ loss: Double?, parent: Int? = nil, _ replica: Trial.Replica? = nil) -> Trial {
    var trial = Trial(
      id: TrialID(number), configuration: Configuration(["x": .float(Double(number))]), proposer: "random",
      parent: parent.map { TrialID($0) })
    trial.replica = replica
    if let loss {
      trial.state = .completed
      trial.reports = [Report(step: number, metrics: ["loss": loss, "memory": loss * 2], elapsed: 1)]
    }
    return trial
  }

  private func history(_ trials: [Trial], seeds: Seeds?) throws -> History {
    History(
      space: try SearchSpace([Parameter("x", .float(lower: 0, upper: 9))]), objectives: [Objective(metric: "loss", goal: .minimize)],
      outcomeConstraints: [OutcomeConstraint(metric: "memory", .atMost, 5)], seeds: seeds, trials: trials)
  }

  @Test func `without twins and seeds it is the history itself`() throws {
    let history = try history([trial(1, 1), trial(2, nil)], seeds: nil)
    #expect(history.forProposers == history)
  }

  @Test func `twins are passed over, and numbers lead back`() throws {
    var twin = trial(2, 9)
    twin.origin = Trial.Origin(trial: TrialID(1), step: 0)
    let history = try history([trial(1, 1), twin, trial(3, 2, parent: 1), trial(4, 3, parent: 3)], seeds: nil)
    let seen = history.forProposers
    #expect(seen.trials.map(\.configuration) == [0, 2, 3].map { history.trials[$0].configuration })
    #expect(seen.trials.map(\.parent?.rawValue) == [nil, 1, 2])
    #expect((1...3).map { history.number(ofProposal: TrialID($0)).rawValue } == [1, 3, 4])
  }

  @Test func `replicas are one trial, pending until the last has ended`() throws {
    let replica = { Trial.Replica(of: TrialID($0), .tune, seed: 2) }
    let trials = [
      trial(1, 1), trial(2, 3, replica(1)), trial(3, 1), trial(4, nil, replica(3)), trial(5, 2, parent: 3), trial(6, 8, replica(5)),
      trial(7, 0, Trial.Replica(of: TrialID(1), .test, seed: 1)),
    ]
    let history = try history(trials, seeds: Seeds(tune: 2, test: 1))
    let seen = history.forProposers
    #expect(seen.trials.map(\.state) == [.completed, .waiting, .completed] && seen.seeds == nil)
    #expect(seen.trials[2].parent == TrialID(2))
    var observations = Observations()
    observations.update(from: seen)
    #expect(observations.all.map(\.outcome) == [.values([2]), .pending, .values([5])])
    #expect(observations.all.map(\.violations) == [[0], [], [5]], "bounds are on what the seeds came to together")
    #expect(history.results.map(\.values) == [[2], nil, [5]])
    #expect(history.best?.trial.id == TrialID(1) && history.best?.value == 2)
  }

  @Test func `a failed replica fails its configuration's mean`() throws {
    var failed = trial(2, 3, Trial.Replica(of: TrialID(1), .tune, seed: 2))
    failed.state = .failed
    failed.reason = "exit status 1"
    let seen = try history([trial(1, 1), failed], seeds: Seeds(tune: 2)).forProposers
    #expect(seen.trials[0].state == .failed && seen.trials[0].reason == "exit status 1")
  }
}
