import AttuneCore
import AttuneMath
import AttuneTesting
import Testing

@testable import AttuneProposers

@Suite struct BudgetedParzenSearchTests {
  private let space: SearchSpace

  init() throws { space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1)), Parameter("y", .float(lower: 0, upper: 1))]) }

  /// Trials that reached 9, 3, 3, 1, 1, 1 steps: the budget is the highest that enough have reached, and values are those of that step.
  @Test(arguments: [(1, 9, 1), (2, 3, 3), (3, 3, 3), (4, 1, 6), (6, 1, 6)])
  func takesTheHighestStepThatEnoughTrialsReached(needed: Int, step: Int, count: Int) throws {
    let rung = try #require(budget(of: try reached([9, 3, 3, 1, 1, 1]), needed: needed))
    #expect(rung.step == step && rung.count == count)
  }

  @Test func isSilentWhileNoStepHasEnough() throws {
    #expect(try budget(of: reached([9, 3, 3, 1]), needed: 5) == nil)
    #expect(try budget(of: reached([]), needed: 1) == nil)
  }

  /// The trial that is worst at step 3 would be the best at step 9.
  @Test func comparesValuesOfTheSameStep() throws {
    var search = try reached([3, 3, 9])
    search.report(3, step: 10, ["loss": -100])
    let rung = try #require(budget(of: search, needed: 3))
    let (good, others) = rung.split(share: 0.34, atLeast: 1)
    #expect(rung.step == 3 && good.map(\.trial) == [TrialID(1)] && others.map(\.trial) == [TrialID(2), TrialID(3)])
  }

  @Test func runningTrialsCountAndStoppedOnesBelowTheStepDoNot() throws {
    var search = try reached([3, 3, 3, 1, 1, 0])
    search.end(4, as: .stopped)
    search.end(6, as: .failed)
    let rung = try #require(budget(of: search, needed: 3))
    let (good, others) = rung.split(share: 0.34, atLeast: 1)
    // 1 to 3 at their step, 5 under way, 6 failed; 4 was stopped at step 1 and says nothing of step 3.
    #expect(good.map(\.trial) == [TrialID(1)] && others.compactMap { $0.trial?.rawValue } == [2, 3, 5, 6])
  }

  @Test func notANumberIsNotReached() throws {
    var search = try reached([2, 2, 2])
    search.report(1, step: 3, ["loss": .nan])
    search.report(2, step: 3, ["loss": 1])
    #expect(try #require(budget(of: search, needed: 2)).step == 2)
  }

  /// Low budgets mislead here: there small x is good, at the full budget large x.
  @Test(arguments: [1, 2] as [UInt64]) func followsTheHighBudget(seed: UInt64) throws {
    var search = RehearsedSearch(BudgetedParzenSearch(randomShare: 0), space, seed: seed)
    var late: [Double] = []
    for number in 1...60 {
      let proposal = try search.ask()
      search.start(proposal, by: "bohb")
      let x = proposal.configuration["x"]?.number ?? 0
      search.report(number, step: 1, ["loss": x])
      // Every third goes on to the end, whatever it was worth.
      if number % 3 == 0 { search.report(number, step: 27, ["loss": -x]) }
      search.end(number, as: number % 3 == 0 ? .completed : .stopped)
      if number > 45 { late.append(x) }
    }
    #expect(late.reduce(0, +) / Double(late.count) > 0.75, "seed \(seed): \(late)")
  }

  @Test func aShareOfItsProposalsIsUniform() throws {
    var search = RehearsedSearch(BudgetedParzenSearch(), space, seed: 3)
    let tried = try search.run(100) { $0["x"]?.number }
    let uniform = tried.count { $0.note == "one of the uniform draws among the proposals of bohb" }
    #expect((20...45).contains(uniform), "\(uniform) of 95")
  }

  /// Running trials that have reported steps 1 up to that, trial n the value n.
  private func reached(_ steps: [Int]) throws -> RehearsedSearch {
    var search = RehearsedSearch(RandomSearch(), space, seed: 1)
    for (index, last) in steps.enumerated() {
      search.start(try search.ask())
      for step in stride(from: 1, through: last, by: 1) { search.report(index + 1, step: step, ["loss": Double(index + 1)]) }
    }
    return search
  }

  private func budget(of search: RehearsedSearch, needed: Int) -> BudgetRung? {
    var observations = Observations()
    observations.update(from: search.history)
    return BudgetRung(observations.all, in: search.history, needed: needed)
  }
}
