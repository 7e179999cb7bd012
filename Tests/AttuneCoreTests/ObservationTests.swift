import AttuneCore
import AttuneMath
import AttuneValues
import Testing

@Suite struct ObservationTests {
  private let space: SearchSpace
  private let objective = Objective(metric: "loss", goal: .maximize)

  init() throws {
    space = try SearchSpace([
      Parameter("x", .float(lower: 0, upper: 2)), Parameter("s", .choice(["a", "b"])),
      Parameter("m", .int(lower: 1, upper: 4), when: Expression("s", isOneOf: ["b"])),
    ])
  }

  @Test func aTrialInTheEyesOfAModel() {
    var history = History(space: space, objective: objective)
    history.append(trial(1, ["x": 0.5, "s": "a"], 3))
    history.append(trial(2, ["x": 2.0, "s": "b", "m": 2], .nan))
    history.append(trial(3, ["x": 3.0, "s": "a"], 1))
    history.append(trial(4, ["x": 1.0, "s": "b"], 1))
    history.append(trial(5, ["x": 1.0, "s": "a"], nil))
    history[TrialID(1)].changes = [Change(number: 1, step: 1, values: ["x": 1.0], by: "ada")]
    var observations = Observations()
    observations.update(from: history)
    let all = observations.all
    #expect(all.map(\.point) == [[0.25, 0.25, 0.5], [1, 0.75, 0.375], [0.5, 0.25, 0.5], [0.5, 0.75, 0.5], [0.5, 0.25, 0.5]])
    #expect(all.map(\.outcome) == [.values([-3]), .failed, .values([-1]), .values([-1]), .pending])
    #expect(all.map(\.isOutside) == [false, false, true, true, false])
    #expect(all.map(\.isTouched) == [true, false, false, false, false])
    #expect(all.map(\.isEvidence) == [false, true, false, false, false])
    #expect(all[1].isActive == [true, true, true] && all[0].isActive == [true, true, false])
  }

  @Test func constraintsAreKeptOnlyWhereShown() {
    let memory = OutcomeConstraint(metric: "memory", .atMost, 8)
    let history = History(
      space: space, objectives: [objective], outcomeConstraints: [memory],
      trials: [
        trial(1, ["x": 0.5, "s": "a"], 1, ["memory": 9.5]), trial(2, ["x": 0.5, "s": "a"], 1, ["memory": 8]),
        trial(3, ["x": 0.5, "s": "a"], 1),
      ])
    var observations = Observations()
    observations.update(from: history)
    #expect(observations.all.map(\.violations) == [[1.5], [0], [.infinity]])
    #expect(observations.all.map(\.isFeasible) == [false, true, false])
  }

  /// The same observations, whether the history is read in pieces or at once.
  @Test(arguments: 1...20) func updatesAreAsIfReadAnew(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed), purpose: "test", index: 0)
    var history = History(space: space, objective: objective)
    var kept = Observations()
    for number in 1...60 {
      history.append(trial(number, try space.sample(using: &random).values, nil))
      let other = TrialID(Int.random(in: 1...number, using: &random))
      if !history[other].state.isFinal {
        history[other] = trial(other.rawValue, history[other].configuration.values, Bool.random(using: &random) ? 1.5 : .nan)
      }
      let before = kept.all
      let update = kept.update(from: history)
      var anew = Observations()
      anew.update(from: history)
      #expect(kept.all == anew.all, "seed \(seed), trial \(number)")
      let differing = kept.all.indices.filter { !before.indices.contains($0) || before[$0] != kept.all[$0] }
      #expect(update.changed == differing && update.isRebuilt == (number == 1), "seed \(seed), trial \(number)")
    }
  }

  @Test func anotherHistoryIsNoticed() throws {
    var kept = Observations()
    kept.update(from: History(space: space, objective: objective, trials: [trial(1, ["x": 0.5, "s": "a"], 1)]))
    let other = History(space: space, objective: objective, trials: [trial(1, ["x": 1.5, "s": "a"], 1)])
    #expect(kept.update(from: other).isRebuilt && kept.all.map(\.point) == [[0.75, 0.25, 0.5]])
    let wider = try SearchSpace([Parameter("x", .float(lower: 0, upper: 3)), Parameter("s", .choice(["a", "b"]))])
    #expect(kept.update(from: History(space: wider, objective: objective, trials: other.trials)).isRebuilt)
    #expect(kept.all.map(\.point) == [[0.5, 0.25]])
    let learned = History(space: wider, objectives: [objective], prior: [trial(9, ["x": 3.0, "s": "b"], 7)], trials: other.trials)
    #expect(kept.update(from: learned).isRebuilt && kept.all.map(\.trial) == [nil, TrialID(1)])
  }

  @Test(arguments: [
    Domain.float(lower: 0, upper: 1), .float(lower: 1e-3, upper: 1, scale: .log, step: 0.1), .int(lower: 1, upper: 1000, scale: .log),
    .int(lower: -3, upper: 9, step: 3), .choice(["a", "b", "c"]), .ordinal([1, 2]), .bool, .float(lower: 0, upper: 1, step: 0.3),
  ])
  func snappedIsTheMiddleOfTheValue(domain: Domain) {
    var random = RandomStream(seed: 1, purpose: "test", index: 0)
    for unit in [-1, 0, 1, 2] + (0..<200).map({ _ in random.nextUnit() }) {
      #expect(domain.units.map { $0.contains(domain.snapped(unit)) } ?? true, "\(domain) at \(unit)")
      #expect(domain.unit(of: domain.value(atUnit: unit)).map { abs($0 - domain.snapped(unit)) < 1e-12 } == true, "\(domain) at \(unit)")
    }
  }

  private func trial(_ number: Int, _ values: [String: Value], _ value: Double?, _ metrics: [String: Double] = [:]) -> Trial {
    var trial = Trial(id: TrialID(number), configuration: Configuration(values), proposer: "test")
    trial.state = value == nil ? .running : .completed
    if let value { trial.reports = [Report(step: 1, metrics: metrics.merging(["loss": value]) { $1 }, elapsed: 1)] }
    return trial
  }
}
