import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneProposers

@Suite struct CovarianceAdaptationTests {
  private static let name = "cmaes"

  @Test(arguments: [1, 2, 3] as [UInt64]) func findsTheBottomOfABowl(seed: UInt64) throws {
    let found = try search(in: cube(4), seed: seed, trials: 120) { x in x.reduce(0) { $0 + ($1 - 0.7) * ($1 - 0.7) } }
    #expect((found.best?.value ?? 1) < 1e-3, "seed \(seed): \(found.best?.value ?? 1); random search has 0.02")
  }

  @Test func beginsAtTheBestThatIsKnown() throws {
    let prior = [0.9, 0.2].enumerated().map {
      ended(Configuration(["x0": .float($1), "x1": .float($1)]), at: $0 + 1, by: "ada", value: $1)
    }
    let history = History(space: try cube(2), objectives: [Objective(metric: "loss", goal: .minimize)], prior: prior)
    let first = try search(from: history, seed: 1, trials: 12) { _ in 1 }
    let near = first.trials.prefix(6).count { abs(($0.configuration["x0"]?.number ?? 0) - 0.2) < 0.36 }
    #expect(near >= 5)
  }

  /// Trials end in any order, and a proposer that remembers nothing draws the same as one that does.
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func theOrderOfEndingsDoesNotMatter(seed: UInt64) throws {
    var history = History(space: try ProposerContract.exampleSpace(), objective: Objective(metric: "loss", goal: .minimize))
    var kept = CovarianceAdaptation()
    var random = RandomStream(seed: seed, purpose: "endings", index: 0)
    var running: [TrialID] = []
    for number in 1...60 {
      var (first, second) = (
        RandomStream(seed: seed, purpose: "propose", index: number), RandomStream(seed: seed, purpose: "propose", index: number)
      )
      var fresh = CovarianceAdaptation()
      let proposal = try #require(try kept.propose(TrialID(number), after: history, using: &first))
      #expect(try fresh.propose(TrialID(number), after: history, using: &second) == proposal, "seed \(seed), trial \(number)")
      var trial = Trial(id: TrialID(number), configuration: proposal.configuration, proposer: number % 9 == 4 ? "ada" : Self.name)
      trial.state = .running
      history.append(trial)
      running.append(trial.id)
      while running.count > Int.random(in: 0...6, using: &random) {
        let id = running.remove(at: Int.random(in: running.indices, using: &random))
        history[id].state = Int.random(in: 0...9, using: &random) == 0 ? .failed : .completed
        history[id].reports = [Report(step: 1, metrics: ["loss": history[id].configuration["learning_rate"]?.number ?? 1], elapsed: 1)]
      }
    }
  }

  @Test func aCornerThatFailsIsLeft() throws {
    let found = try search(in: cube(2), seed: 1, trials: 60) { x in x[0] > 0.45 ? nil : 0.45 - x[0] }
    let late = found.trials.suffix(20).count { $0.state == .failed }
    #expect(late < 12 && (found.best?.value ?? 1) < 0.02, "\(late) of the last 20 failed")
  }

  @Test func findsValuesWithoutOrderAndWhole() throws {
    let space = try SearchSpace([
      Parameter("kind", .choice(["a", "b", "c", "d"])), Parameter("flag", .bool), Parameter("depth", .int(lower: 1, upper: 9)),
      Parameter("rate", .float(lower: 1e-4, upper: 1, scale: .log)),
    ])
    let history = try search(from: History(space: space, objective: Objective(metric: "loss", goal: .minimize)), seed: 3, trials: 150) {
      trial in
      let kind = trial["kind"] == "c" ? 0 : 0.3
      let rate = space.point(of: trial)[3] - 0.6
      return kind + (trial["flag"] == true ? 0 : 0.2) + abs((trial["depth"]?.number ?? 0) - 7) * 0.05 + rate * rate
    }
    #expect((history.best?.value ?? 1) < 0.01, "\(String(describing: history.best))")
  }

  @Test func aFiniteSpaceIsTriedWithoutRepeating() throws {
    let space = try SearchSpace([Parameter("a", .int(lower: 1, upper: 5)), Parameter("b", .choice(["x", "y", "z"]))])
    let history = try search(from: History(space: space, objective: Objective(metric: "loss", goal: .minimize)), seed: 1, trials: 17) {
      $0["a"]?.number ?? 0
    }
    #expect(Set(history.trials.prefix(15).map(\.configuration)).count == 15)
    #expect(history.trials.prefix(15).allSatisfy { $0.note == nil })
    #expect(history.trials[16].note == "every configuration of the space has been tried; this one is repeated")
  }

  @Test(
    arguments: [(1.0, "all results of the last generation are equal"), (nil, "every trial of the last generation failed")]
      as [(Double?, String)])
  func saysWhenAGenerationTeachesNothing(value: Double?, reason: String) throws {
    let history = try search(in: cube(3), seed: 1, trials: 8) { _ in value }
    #expect(history.trials[0].note == nil)
    #expect(history.trials[7].note == "\(reason); this one is spread over the space")
  }

  /// People pull the trials of the left half to the right value; only the others say where the good values are.
  @Test func touchedTrialsTeachNothing() throws {
    var history = History(space: try cube(2), objective: Objective(metric: "loss", goal: .minimize))
    for number in 1...120 {
      var proposer = CovarianceAdaptation()
      var random = RandomStream(seed: 5, purpose: "propose", index: number)
      let proposal = try #require(try proposer.propose(TrialID(number), after: history, using: &random))
      let x = proposal.configuration["x0"]?.number ?? 0
      var trial = ended(proposal.configuration, at: number, by: Self.name, value: x < 0.5 ? 0 : 1 - x)
      if x < 0.5 { trial.changes = [Change(number: 1, step: 1, values: ["x0": 0.9], by: "ada")] }
      history.append(trial)
    }
    let right = history.trials.suffix(30).count { ($0.configuration["x0"]?.number ?? 0) > 0.85 }
    #expect(right > 25, "\(right) of the last 30 are where the untouched ones were best")
  }

  private func cube(_ dimensions: Int) throws -> SearchSpace {
    try SearchSpace((0..<dimensions).map { Parameter("x\($0)", .float(lower: 0, upper: 1)) })
  }

  private func search(in space: SearchSpace, seed: UInt64, trials: Int, _ value: ([Double]) -> Double?) throws -> History {
    try search(from: History(space: space, objective: Objective(metric: "loss", goal: .minimize)), seed: seed, trials: trials) {
      value(space.point(of: $0))
    }
  }

  private func search(
    from start: History, seed: UInt64, trials: Int, _ value: (Configuration) -> Double?
  ) throws -> History {
    var history = start
    var proposer = CovarianceAdaptation()
    for number in 1...trials {
      var random = RandomStream(seed: seed, purpose: "propose", index: number)
      let proposal = try #require(try proposer.propose(TrialID(number), after: history, using: &random))
      history.append(ended(proposal.configuration, at: number, by: Self.name, value: value(proposal.configuration), note: proposal.note))
    }
    return history
  }

  private func ended(_ configuration: Configuration, at number: Int, by: String, value: Double?, note: String? = nil) -> Trial {
    var trial = Trial(id: TrialID(number), configuration: configuration, proposer: by, note: note)
    trial.state = value == nil ? .failed : .completed
    trial.reports = value.map { [Report(step: 1, metrics: ["loss": $0], elapsed: 1)] } ?? []
    return trial
  }
}
