import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@testable import AttuneProposers

@Suite struct GaussianProcessSearchTests {
  @Test(
    arguments: [GaussianProcessSearch() as any Proposer, AutomaticSearch()],
    [(1.0, "all values are equal: spread evenly"), (nil, "no trial has a value yet: spread evenly")] as [(Double?, String)])
  func saysWhyItDoesNotLearn(proposer: any Proposer, case: (value: Double?, note: String)) throws {
    var search = RehearsedSearch(proposer, try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))]), seed: 7)
    let tried = try search.run(8) { _ in `case`.value }
    #expect(tried.suffix(4).allSatisfy { $0.note?.hasSuffix(`case`.note) == true }, "\(tried.map(\.note))")
  }

  @Test func findsTheBestOfAMixedSpaceExactly() throws {
    let space = try SearchSpace([
      Parameter("rate", .float(lower: 1e-4, upper: 1, scale: .log)), Parameter("layers", .int(lower: 1, upper: 8)),
      Parameter("solver", .choice(["a", "b", "c"])),
    ])
    let history = try searched(space, trials: 30) { configuration in
      let rate = log(configuration["rate"]?.number ?? 1) / log(10.0)
      let layers = configuration["layers"]?.number ?? 0
      return (rate + 2) * (rate + 2) + 0.1 * (layers - 5) * (layers - 5) + (configuration["solver"] == "b" ? 0 : 0.3)
    }
    let best = try #require(history.best)
    #expect(best.trial.configuration["layers"] == 5 && best.trial.configuration["solver"] == "b", "\(best.trial.configuration)")
    #expect(best.value < 1e-3)
  }

  @Test func learnsThroughConditions() throws {
    let space = try SearchSpace([
      Parameter("kind", .choice(["plain", "tuned"])),
      Parameter("depth", .float(lower: 0, upper: 1), when: Expression("kind", isOneOf: ["tuned"])),
    ])
    let history = try searched(space, trials: 16) { configuration in
      configuration["depth"]?.number.map { ($0 - 0.8) * ($0 - 0.8) } ?? 0.2
    }
    #expect(try #require(history.best).value < 1e-3)
  }

  @Test func staysOutOfWhatCrashesAndBreaksBounds() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1)), Parameter("y", .float(lower: 0, upper: 1))])
    var history = History(
      space: space, objectives: [Objective(metric: "loss", goal: .minimize)],
      outcomeConstraints: [OutcomeConstraint(metric: "memory", .atMost, 0.5)])
    var proposer = GaussianProcessSearch()
    for number in 1...24 {
      var random = RandomStream(seed: 5, purpose: "propose", index: number)
      let proposal = try #require(try proposer.propose(TrialID(number), after: history, using: &random))
      let point = space.point(of: proposal.configuration)
      var trial = Trial(id: TrialID(number), configuration: proposal.configuration, proposer: "gp")
      trial.state = point[1] > 0.8 ? .failed : .completed
      // The best value is where memory is just enough.
      trial.reports = [Report(step: 1, metrics: ["loss": -point[0], "memory": point[0]], elapsed: 1)]
      history.append(trial)
    }
    let late = history.trials.suffix(10).map { space.point(of: $0.configuration) }
    #expect(late.count { $0[1] > 0.8 } <= 3, "failing corner: \(late)")
    let feasible = history.trials.filter { $0.state == .completed }.map { space.point(of: $0.configuration)[0] }.filter { $0 <= 0.5 }
    #expect(try #require(feasible.max()) > 0.48)
  }

  @Test func triesEveryPointOfAFiniteSpaceBeforeItRepeatsOne() throws {
    let space = try SearchSpace([Parameter("a", .int(lower: 1, upper: 4)), Parameter("b", .choice(["x", "y", "z"]))])
    let history = try searched(space, trials: 13) { ($0["a"]?.number ?? 0) + ($0["b"] == "y" ? 0 : 1) }
    #expect(Set(history.trials.prefix(12).map(\.configuration)).count == 12)
    #expect(history.trials[12].note?.contains("repeated") == true)
  }

  @Test func spreadsTrialsThatAreUnderWay() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1)), Parameter("y", .float(lower: 0, upper: 1))])
    var history = try searched(space, trials: 12) { configuration in
      let x = configuration["x"]?.number ?? 0, y = configuration["y"]?.number ?? 0
      return (x - 0.4) * (x - 0.4) + (y - 0.6) * (y - 0.6)
    }
    var proposer = GaussianProcessSearch()
    for number in 13...20 {
      var random = RandomStream(seed: 1, purpose: "propose", index: number)
      let proposal = try #require(try proposer.propose(TrialID(number), after: history, using: &random))
      var trial = Trial(id: TrialID(number), configuration: proposal.configuration, proposer: "gp")
      trial.state = .running
      history.append(trial)
    }
    #expect(Set(history.trials.map(\.configuration)).count == 20)
  }

  @Test func ofMoreTrialsThanItLooksAtItSaysSoAndGoesOn() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1)), Parameter("y", .float(lower: 0, upper: 1))])
    var search = RehearsedSearch(GaussianProcessSearch(startup: 4, most: 16), space, seed: 2)
    let tried = try search.run(40) { (configuration: Configuration) -> Double? in
      let x = configuration["x"]?.number ?? 0, y = configuration["y"]?.number ?? 0
      return (x - 0.3) * (x - 0.3) + 4 * (y - 0.7) * (y - 0.7)
    }
    #expect(tried[15].note == nil && tried[39].note == "the model looks at 16 of 39 trials", "\(tried.map(\.note))")
    #expect(try #require(search.history.best).value < 1e-4)
  }

  private func searched(_ space: SearchSpace, trials: Int, _ loss: (Configuration) -> Double) throws -> History {
    var history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    var proposer = GaussianProcessSearch()
    for number in 1...trials {
      var random = RandomStream(seed: 1, purpose: "propose", index: number)
      let proposal = try #require(try proposer.propose(TrialID(number), after: history, using: &random))
      history.append(ProposerContract.ended(number, proposal, loss: loss(proposal.configuration)))
    }
    return history
  }
}

extension ProposerContract {
  fileprivate static func ended(_ number: Int, _ proposal: Proposal, loss: Double) -> Trial {
    var trial = Trial(id: TrialID(number), configuration: proposal.configuration, proposer: "gp", note: proposal.note)
    trial.state = .completed
    trial.reports = [Report(step: 1, metrics: ["loss": loss], elapsed: 1)]
    return trial
  }
}
