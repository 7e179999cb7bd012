import AttuneTesting
import AttuneValues
import Foundation
import Testing

@testable import AttuneProposers

/// What the search benchmark does, in small: `mixed6` of Benchmarks/search/functions.py, evaluations ending seven later than they began.
@Suite struct AskTellTests {
  /// But for those that propose nothing by themselves.
  @Test(arguments: ProposerCatalog.names.filter { !["passive", "sequence"].contains($0) })
  func everyProposerSearchesAMixedSpace(name: String) throws {
    var session = try self.session(name)
    var values: [Double] = []
    for number in 1...30 {
      if number > 8 { #expect(try session.answer(["tell": .int(number - 8), "value": .float(values[number - 9])]) == nil) }
      let answer = try #require(try session.answer(["ask": true]))
      guard answer["trial"]?.int != nil else { break }
      values.append(try value(of: try #require(answer["configuration"])))
    }
    #expect(!values.isEmpty && values.allSatisfy(\.isFinite))
  }

  @Test func addedTrialsAreOfTheHistory() throws {
    var session = try self.session("random")
    let configuration: JSON = ["lr": 0.001, "layers": 4, "units": 512, "dropout": 0.25, "opt": "adam", "batch": 64]
    #expect(try session.answer(["add": [["configuration": configuration, "value": 0], ["configuration": configuration]]]) == nil)
    #expect(try session.answer(["ask": true])?["trial"] == 3)
    #expect(throws: (any Error).self) { try session.answer(["add": [["configuration": ["lr": 0.001], "value": 0]]]) }
  }

  private func session(_ name: String) throws -> AskTellSession {
    try AskTellSession(
      [
        "proposer": ["name": .string(name)], "seed": 1,
        "parameters": [
          ["name": "lr", "type": "float", "lower": 1e-5, "upper": 1, "log": true],
          ["name": "layers", "type": "int", "lower": 1, "upper": 8],
          ["name": "units", "type": "int", "lower": 8, "upper": 1024, "log": true],
          ["name": "dropout", "type": "float", "lower": 0, "upper": 0.7],
          ["name": "opt", "type": "choice", "values": ["sgd", "adam", "rmsprop", "adagrad"]],
          ["name": "batch", "type": "choice", "values": [16, 32, 64, 128, 256]],
        ],
      ], make: { try ProposerCatalog.make($0) })
  }

  private func value(of configuration: JSON) throws -> Double {
    let number = { (name: String) in try #require(configuration[name]?.double) }
    let solvers: [String: (rate: Double, loss: Double)] = [
      "sgd": (-1, 0.1), "adam": (-3, 0), "rmsprop": (-3.2, 0.05), "adagrad": (-1.7, 0.3),
    ]
    let solver = try #require(solvers[configuration["opt"]?.string ?? ""])
    let batch = try #require([16: 0.2, 32: 0.05, 64: 0, 128: 0.05, 256: 0.2][try number("batch")])
    let (rate, depth, width) = (try number("lr"), try number("layers") - 4, try number("units"))
    let size = depth * depth / 18 + pow(log2(width) - 9 + depth / 2, 2) / 8
    return try pow(log10(rate) - solver.rate, 2) + size + 4 * pow(number("dropout") - 0.25, 2) + solver.loss + batch
  }
}
