import AttuneCore
import AttuneMath
import AttuneValues
import Foundation
import Testing

@testable import AttuneProposers

@Suite struct ReinforceTests {
  /// A word of six letters; each is right when it follows, in the alphabet's circle, the one before.
  private func words() throws -> SearchSpace {
    try SearchSpace((0..<6).map { Parameter("letter\($0)", .choice(["a", "b", "c", "d"])) })
  }

  private func mistakes(_ word: Configuration) -> Double {
    let letters = (0..<6).map { ["a", "b", "c", "d"].firstIndex(of: word["letter\($0)"]?.description ?? "") ?? 0 }
    return zip(letters, letters.dropFirst()).reduce(letters[0] == 2 ? 0 : 1) { $0 + ($1.1 == ($1.0 + 1) % 4 ? 0 : 1) }
  }

  @Test func learnsWhichLetterFollowsWhich() throws {
    var (means, best): ([Double], [Double]) = ([], [])
    for seed in 1...UInt64(3) {
      var search = try SeededSearch("reinforce", in: words())
      let history = try search.run(300, seed: seed, parallel: 4) { word, _ in ["loss": mistakes(word)] }
      let losses = history.trials.map { mistakes($0.configuration) }
      means.append(losses.suffix(60).reduce(0, +) / 60)
      best.append(losses.min() ?? 6)
    }
    // By chance 4.5 of 6 are wrong, and one search in fourteen finds the only word without a mistake.
    #expect(means.middle < 3.8 && best.middle == 0, "\(means), \(best)")
  }

  @Test func theGradientIsThatOfTheObjective() {
    var random = RandomStream(seed: 7, purpose: "test", index: 0)
    for hidden in [0, 5] {
      var controller = Controller(ControllerShape(counts: [2, 4, 3], hidden: hidden), random: &random)
      for index in controller.weights.indices { controller.weights[index] = Float(random.nextUnit() * 2 - 1) }
      let steps = [(0, 1, 0...1), (1, 2, 1...3), (2, 0, 0...2)].map { Episode.Step(decision: $0, option: $1, open: $2) }
      let lesson = [(episode: Episode(steps: steps), advantage: Float(0.7))]
      let gradient = controller.gradient(of: lesson, entropy: 0.3)
      for index in controller.weights.indices {
        let place = controller.weights[index]
        let losses = [Float(0.01), -0.01].map { shift in
          controller.weights[index] = place + shift
          return loss(controller, steps, advantage: 0.7, entropy: 0.3)
        }
        controller.weights[index] = place
        #expect(abs((losses[0] - losses[1]) / 0.02 - gradient[index]) < 2e-3, "weight \(index) of \(hidden) units")
      }
    }
  }

  private func loss(_ controller: Controller, _ steps: [Episode.Step], advantage: Float, entropy: Float) -> Float {
    var memory = controller.start
    var last: Episode.Step?
    var sum: Float = 0
    for step in steps {
      memory = controller.next(memory, after: last)
      let odds = controller.odds(of: step.decision, open: step.open, memory)
      sum -= advantage * log(odds[step.option])
      sum += entropy * odds.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 }
      last = step
    }
    return sum
  }

  @Test func beforeItHasLearntAllOptionsAreAsLikely() throws {
    var random = RandomStream(seed: 7, purpose: "test", index: 0)
    let controller = Controller(ControllerShape(counts: [4, 3], hidden: 6), random: &random)
    let memory = controller.next(controller.start, after: nil)
    #expect(controller.odds(of: 0, open: 0...3, memory) == [0.25, 0.25, 0.25, 0.25])
    #expect(controller.odds(of: 1, open: 1...2, memory) == [0, 0.5, 0.5])
  }

  @Test func whatIsGrownKeepsItsParentsPlaces() throws {
    let space = try SearchSpace([
      Parameter("layers", .int(lower: 1, upper: 3)), Parameter("first", .int(lower: 4, upper: 128, scale: .log)),
      Parameter("second", .ordinal([4, 8, 16]), when: Expression("layers >= 2")),
      Parameter("kind", .choice(["relu", "tanh"])), Parameter("rate", .float(lower: 1e-4, upper: 1, scale: .log)),
    ])
    var search = try SeededSearch("reinforce", ["grow": true], in: space)
    let history = try search.run(120, seed: 4, parallel: 3) { configuration, trial in
      ["loss": -(configuration["first"]?.number ?? 0) - (trial.parent == nil ? 0 : 100)]
    }
    let children = history.trials.filter { $0.parent != nil }
    #expect(children.count > 40 && history.trials.prefix(8).allSatisfy { $0.parent == nil || $0.parent != $0.id })
    for child in children {
      let parent = history[try #require(child.parent)]
      #expect(parent.id < child.id && parent.configuration["kind"] == child.configuration["kind"])
      for size in ["layers", "first", "second"] {
        guard let before = parent.configuration[size]?.number else { continue }
        #expect((child.configuration[size]?.number ?? 0) >= before, "\(size) of trial \(child.id)")
      }
    }
    // To grow was rewarded.
    #expect(history.trials.suffix(30).count { $0.parent != nil } > 20)
    var plain = try SeededSearch("reinforce", in: space)
    let orphans = try plain.run(30, seed: 4) { _, _ in ["loss": 1] }
    #expect(orphans.trials.allSatisfy { $0.parent == nil })
  }

  @Test func optionsAndCoordinatesBelongTogether() throws {
    var random = RandomStream(seed: 9, purpose: "test", index: 0)
    let domains: [(Domain, Int)] = [
      (.choice((0..<1000).map { .int($0) }), 64), (.choice(["x", "y", "z"]), 3), (.ordinal([1, 2, 4]), 3), (.bool, 2),
      (.int(lower: 1, upper: 4, scale: .log), 4), (.int(lower: 1, upper: 1_000_000), 8), (.float(lower: 0, upper: 1), 8),
      (.int(lower: 3, upper: 3), 1),
    ]
    for (domain, count) in domains {
      let decision = Decision(Parameter("p", domain), at: 0, levels: 8)
      #expect(decision.count == count, "\(domain)")
      for option in 0..<count {
        let unit = decision.coordinate(of: option, atLeast: nil, using: &random)
        #expect(domain.snapped(unit) == unit && decision.option(at: unit) == option, "\(domain), option \(option)")
      }
    }
    let narrowed = Decision(Parameter("p", .choice([3, 700]), frame: domains[0].0), at: 0, levels: 8)
    #expect(narrowed.count == 2 && narrowed.coordinate(of: 1, atLeast: nil, using: &random) == 0.7005)
  }

  @Test func aTrialThatNeverEndsHoldsUpNoLearning() throws {
    var search = try SeededSearch("reinforce", ["batch": 4], in: words())
    var history = try search.run(60, seed: 2) { word, _ in ["loss": mistakes(word)] }
    var proposer = try ProposerCatalog.make(AlgorithmChoice("reinforce", options: ["batch": 4]))
    func answer() throws -> Proposal? {
      var random = RandomStream(seed: 2, purpose: "propose", index: 61)
      return try proposer.propose(TrialID(61), after: history, using: &random)
    }
    history[TrialID(2)].state = .running
    let without = try answer()
    history[TrialID(2)].state = .completed
    let with = try answer()
    proposer = try ProposerCatalog.make(AlgorithmChoice("reinforce", options: ["batch": 4]))
    let anew = try answer()
    #expect(with == anew, "an early trial that ends late changes what was learnt")
    #expect(without != nil && with != nil)
  }
}
