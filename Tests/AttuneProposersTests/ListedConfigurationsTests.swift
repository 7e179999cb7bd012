import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Foundation
import Testing

@testable import AttuneProposers

@Suite struct ListedConfigurationsTests {
  static let table = """
    learning_rate,solver,momentum,nesterov,hidden,layers,dropout
    0.01,sgd,0.9,true,32,2,0.25

    1e-3, adam ,,,64,4,0
    0.01,sgd,0.9,true,32,2,0.25
    """
  static let lines = """
    {"learning_rate": 0.01, "solver": "sgd", "momentum": 0.9, "nesterov": true, "hidden": 32, "layers": 2, "dropout": 0.25}
    {"learning_rate": 0.001, "solver": "adam", "momentum": null, "hidden": 64, "layers": 4, "dropout": 0}
    {"learning_rate": 0.01, "solver": "sgd", "momentum": 0.9, "nesterov": true, "hidden": 32, "layers": 2, "dropout": 0.25}
    """

  @Test(arguments: [("points.csv", table), ("points.jsonl", lines)])
  func keepsTheContract(name: String, text: String) throws {
    let list = try ConfigurationList(text, name: name)
    try ProposerContract.check(name: "sequence") { ListedConfigurations(list) }
  }

  @Test(arguments: [("points.csv", table), ("points.jsonl", lines)])
  func goesThroughTheListAndEnds(name: String, text: String) throws {
    let proposed = try proposals(of: ConfigurationList(text, name: name), in: ProposerContract.exampleSpace(), addingAfter: 1)
    #expect(
      proposed.map(\.description) == [
        "dropout=0.25 hidden=32 layers=2 learning_rate=0.01 momentum=0.9 nesterov=true solver=sgd",
        "dropout=0.0 hidden=64 layers=4 learning_rate=0.001 solver=adam",
        "dropout=0.25 hidden=32 layers=2 learning_rate=0.01 momentum=0.9 nesterov=true solver=sgd",
      ])
  }

  @Test func textsThatLookLikeNumbersStayTexts() throws {
    let space = try SearchSpace([Parameter("size", .choice(["1", "2"])), Parameter("x", .float(lower: 0, upper: 1))])
    #expect(
      try proposals(of: ConfigurationList("x,size\n1,2", name: "a.csv"), in: space).map(\.values) == [
        ["size": .string("2"), "x": .float(1)]
      ])
  }

  @Test(arguments: [
    ("points.jsonl", "{\"x\": 0.1}\n\n{\"x\": 3}", "points.jsonl:3: parameter 'x'"),
    ("points.jsonl", "{\"x\": 0.1}\n{\"x\": }", "points.jsonl:2: not JSON at byte"),
    ("points.jsonl", "[0.1]", "points.jsonl:1: an object such as {\"lr\": 0.1} was expected; got [0.1]"),
    ("points.jsonl", "{\"x\": [1]}", "points.jsonl:1: 'x' must be a single value; got [1]"),
    ("points.csv", "x\n0.5\nhigh", "points.csv:3: parameter 'x'"), ("points.csv", "x\n0.5,1", "points.csv:2: 2 cells under 1 names"),
    ("points.csv", "x,x\n0.5,1", "points.csv:1: two columns are called 'x'"),
    ("points.csv", "x\n\"0.5", "points.csv:2: a quote is not closed"),
    ("points.csv", "y\n0.5", "points.csv:2: parameter 'x'"),
  ])
  func mistakesHaveALine(name: String, text: String, message: String) throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))])
    do {
      _ = try proposals(of: ConfigurationList(text, name: name), in: space)
      Issue.record("accepted")
    } catch {
      #expect("\(error)".hasPrefix(message), "\(error)")
    }
  }

  @Test func theFileIsFoundBesideTheExperiment() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "list-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("{\"x\": 0.5}\n".utf8).write(to: folder.appending(path: "points.jsonl"))
    let choice = AlgorithmChoice("sequence", options: ["file": "points.jsonl"])
    var proposer = try ProposerCatalog.make(choice, directory: folder.path)
    var random = RandomStream(seed: 1, purpose: "propose", index: 1)
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))])
    let history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    #expect(try proposer.propose(TrialID(1), after: history, using: &random)?.configuration == Configuration(["x": 0.5]))
    #expect(throws: AlgorithmError.missingOption(algorithm: "sequence", option: "file", allowed: "the path of a file")) {
      try ProposerCatalog.make(AlgorithmChoice("sequence"))
    }
    #expect(throws: AlgorithmError.self) { try ProposerCatalog.make(choice, directory: "/nonexistent") }
  }

  private func proposals(of list: ConfigurationList, in space: SearchSpace, addingAfter added: Int? = nil) throws -> [Configuration] {
    var history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    var proposer = ListedConfigurations(list)
    var found: [Configuration] = []
    var random = RandomStream(seed: 1, purpose: "propose", index: 0)
    while let next = try proposer.propose(TrialID(history.trials.count + 1), after: history, using: &random) {
      history.append(Trial(id: TrialID(history.trials.count + 1), configuration: next.configuration, proposer: "sequence"))
      found.append(next.configuration)
      if found.count == added {
        history.append(Trial(id: TrialID(history.trials.count + 1), configuration: next.configuration, proposer: "ada"))
      }
    }
    return found
  }
}
