import AttuneMath
import AttuneValues
import AttuneWire
import AttuneWireTesting
import Foundation
import Testing

@testable import Attune

/// Four real processes at uneven paces: the proof of Docs/Ranks.md in small. Benchmarks/ranks.py is the long form.
@Suite struct GroupProcessTests {
  static let world = 4

  private func start(_ directory: TemporaryDirectory, seed: Int, patience: Int = 5000) throws -> [RankProcess] {
    let ranks = try (0..<Self.world).map { try RankProcess($0, of: Self.world, in: directory, seed: seed, patience: patience) }
    for rank in ranks { #expect(rank.joined() == "joined 0.5 0\n") }
    return ranks
  }

  private func set(_ client: WireClient, _ values: [String: Value]) throws {
    _ = try client.request(LiveMethod.setVariables, SetRequest(values: values).json, within: .seconds(20))
  }

  private func fire(_ client: WireClient, _ trigger: String) throws {
    _ = try client.request(LiveMethod.fireTrigger, FireRequest(trigger: trigger).json, within: .seconds(20))
  }

  @Test func allRanksMakeEachChangeAtTheSameStepAndAVetoChangesNobody() throws {
    let directory = try TemporaryDirectory()
    let ranks = try start(directory, seed: 1)
    let client = try ranks[0].client(directory)
    var random = RandomStream(seed: 1, purpose: "changes", index: 0)
    var vetoes = 0
    for number in 1...100 {
      if Int.random(in: 0..<10, using: &random) == 0 {
        vetoes += 1
        let failure = WireFailure(
          .refused, "rank 2: 'rate' = 0.05 refused: rank 2 does not go below 0.1. The program keeps 0.5. No rank has changed anything.")
        #expect(throws: WireError.answered(failure)) { try set(client, ["rate": 0.05, "level": .int(number)]) }
      } else if Int.random(in: 0..<10, using: &random) == 0 {
        try fire(client, "save")
      } else {
        try set(client, ["level": .int(number)])
      }
    }
    try fire(client, "stop")
    let ends = ranks.map { $0.end() }
    #expect(vetoes > 3)
    #expect(ends[0].lines.count > 20)
    #expect(ends[0].lines.contains { $0.hasSuffix("save") })
    #expect(!ends[0].lines.contains { $0.contains(" 0.05 ") })
    for end in ends {
      #expect(end.lines == ends[0].lines)
      #expect(end.problems.isEmpty)
    }
  }

  @Test func stoppedRankKeepsTheOthersFromChangingAndFromWaiting() throws {
    let directory = try TemporaryDirectory()
    let ranks = try start(directory, seed: 2, patience: 300)
    let client = try ranks[0].client(directory)
    try set(client, ["level": 1])
    let pid = ranks[3].process.processIdentifier
    kill(pid, SIGSTOP)
    var status: Int32 = 0
    waitpid(pid, &status, WUNTRACED)  // until all of its threads stand still
    let failure = WireFailure(
      .refused, "rank 3 (process \(pid)) did not answer in time: it is stopped or very busy. No rank has changed anything.")
    #expect(throws: WireError.answered(failure)) { try set(client, ["level": 2]) }
    kill(pid, SIGCONT)
    try set(client, ["level": 3])
    try fire(client, "stop")
    let ends = ranks.map { $0.end() }
    #expect(ends.allSatisfy { $0.lines == ends[0].lines })
    #expect(ends[0].lines.filter { !$0.hasPrefix("end") }.map { $0.suffix(1) } == ["1", "3"])
  }

  @Test func rankThatTakesADeadOnesPlaceIsGivenWhatTheGroupHasChanged() throws {
    let directory = try TemporaryDirectory()
    var ranks = try start(directory, seed: 3, patience: 300)
    let client = try ranks[0].client(directory)
    try set(client, ["rate": 0.25, "level": 7])
    let pid = ranks[1].process.processIdentifier
    kill(pid, SIGKILL)
    ranks[1].process.waitUntilExit()
    let failure = WireFailure(
      .refused, "rank 1 (process \(pid)) has lost its connection: 3 of 4 ranks are there. No rank has changed anything.")
    #expect(throws: WireError.answered(failure)) { try set(client, ["level": 8]) }

    ranks[1] = try RankProcess(1, of: Self.world, in: directory, seed: 4, from: 100_000, patience: 300)
    #expect(ranks[1].joined() == "joined 0.25 7\n")
  }
}
