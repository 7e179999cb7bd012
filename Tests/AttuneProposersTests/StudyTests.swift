import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Foundation
import Testing

@testable import AttuneProposers

@Suite struct StudyTests {
  private let objective = Objective(metric: "loss", goal: .minimize)

  @Test func asksAndTells() throws {
    var study = try Study(space: ProposerContract.exampleSpace(), objective: objective, seed: 1)
    for value in [3.0, 1.0, 2.0] {
      let trial = try #require(try study.ask())
      #expect(study.openTrials.map(\.id) == [trial.id])
      study.tell(trial.id, value)
    }
    #expect(study.best?.trial.id == TrialID(2) && study.best?.value == 1)
    let failed = try #require(try study.ask())
    study.fail(failed.id, reason: "no memory")
    let diverged = try #require(try study.ask())
    study.report(diverged.id, step: 1, ["loss": .infinity])
    study.tell(diverged.id, .nan)
    #expect(study.history.trials.map(\.state) == [.completed, .completed, .completed, .failed, .failed])
    #expect(study.openTrials.isEmpty && study.best?.value == 1)
  }

  @Test func ownConfigurationsAreChecked() throws {
    var study = try Study(
      space: SearchSpace([Parameter("x", .float(lower: 0, upper: 1))]), objective: objective, proposer: AlgorithmChoice("grid"))
    let own = try study.add(Configuration(["x": 1]))
    #expect(own.configuration == Configuration(["x": 1.0]))
    study.tell(own.id, 0.5)
    #expect(throws: SpaceError.self) { try study.add(Configuration(["x": 2])) }
    var count = 0
    while let trial = try study.ask() {
      study.tell(trial.id, 1)
      count += 1
    }
    #expect(count == 5 && study.best?.trial.id == own.id)
    let error = #expect(throws: AlgorithmError.self) {
      try Study(space: study.history.space, objective: objective, proposer: AlgorithmChoice("tpw"))
    }
    #expect(error?.description.hasPrefix("proposer 'tpw' is not known") == true)
  }

  /// Saved and read back after every move, it proposes what it would have proposed, and several trials are open at a time.
  @Test(arguments: ProposerCatalog.names.filter { $0 != "sequence" && $0 != "passive" }) func goesOnFromWhatWasSaved(proposer: String)
    throws
  {
    var straight = try Study(
      space: ProposerContract.exampleSpace(), objective: objective, proposer: AlgorithmChoice(proposer), seed: 5)
    var saved = straight
    let encoder = JSONEncoder()
    let decoder = JSONDecoder()
    for number in 1...24 {
      saved = try decoder.decode(Study.self, from: encoder.encode(saved))
      let trial = try #require(try straight.ask())
      #expect(try saved.ask() == trial)
      guard number > 2 else { continue }
      let told = TrialID(number - 2)
      let value = Double(told.rawValue * 7 % 11)
      straight.tell(told, value)
      saved.tell(told, value)
    }
    #expect(saved.history == straight.history)
  }

  /// The same as an experiment's: a study is a rehearsal of one.
  @Test func proposesWhatAnExperimentWould() throws {
    var study = try Study(
      space: ProposerContract.exampleSpace(), objective: objective, proposer: AlgorithmChoice("random"), seed: 9)
    let trial = try #require(try study.ask())
    var random = RandomStream(seed: 9, purpose: "propose", index: 1)
    #expect(trial.configuration == (try ProposerContract.exampleSpace().sample(using: &random)))
  }

  /// The example of Docs/AskTell.md, word by word.
  @Test func theGuidesExampleWorks() throws {
    let space = try SearchSpace([
      Parameter("rate", .float(lower: 1e-5, upper: 1, scale: .log)), Parameter("layers", .int(lower: 1, upper: 8)),
    ])
    var study = try Study(space: space, objective: Objective(metric: "loss", goal: .minimize), seed: 1)
    for _ in 0..<20 {
      guard let trial = try study.ask() else { break }
      let rate = trial.configuration["rate"]?.number ?? 0
      study.tell(trial.id, abs(rate - 0.01))  // your training
    }
    #expect(study.history.trials.count == 20 && (study.best?.value ?? 1) < 0.1)
    let guide = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Docs/AskTell.md"), encoding: .utf8)
    let example = try #require(guide.components(separatedBy: "```swift\n").dropFirst().first?.components(separatedBy: "```").first)
    let source = try String(contentsOfFile: #filePath, encoding: .utf8)
    func bare(_ line: Substring) -> String { line.filter { $0 != " " } }
    let lines = Set(source.split(separator: "\n").map(bare))
    for line in example.split(separator: "\n") where !line.hasPrefix("print(") && !line.hasPrefix("import ") {
      #expect(lines.contains(bare(line)), "Docs/AskTell.md has '\(line)', which this test does not")
    }
  }
}
