import AttuneValues
import Testing

@testable import AttuneCore

@Suite struct HistoryTests {
  @Test func proposersSeeParentsWithTheirChildren() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))])
    var history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    for number in 1...5 {
      let parent = [3: 1, 5: 4][number].map { TrialID($0) }
      var trial = Trial(id: TrialID(number), configuration: Configuration(["x": 0.5]), proposer: "evolution", parent: parent)
      trial.hasInherited = parent != nil
      if number == 2 { trial.origin = Trial.Origin(trial: TrialID(1), step: 3) }
      history.append(trial)
    }
    let seen = history.forProposers
    #expect(seen.trials.map { $0.parent?.rawValue } == [nil, 1, nil, 3])
    #expect(seen.trials.map(\.hasInherited) == [false, true, false, true])
    #expect(seen.trials.map { history.number(ofProposal: $0.id).rawValue } == [1, 3, 4, 5])
  }
}
