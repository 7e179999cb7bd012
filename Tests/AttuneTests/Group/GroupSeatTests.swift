import AttuneWire
import AttuneWireTesting
import Testing

@testable import Attune

/// How a process learns which rank it is.
@Suite struct GroupSeatTests {
  static let seats: [([String: String], String?)] = [
    ([:], nil),
    (["RANK": "0", "WORLD_SIZE": "1"], nil),
    (["RANK": "3", "WORLD_SIZE": "4", "ATTUNE_GROUP": "/g"], "3/4 at /g"),
    (["RANK": "3", "WORLD_SIZE": "4", "ATTUNE_RANK": "0", "ATTUNE_WORLD": "2", "ATTUNE_GROUP": "/g"], "0/2 at /g"),
    (
      ["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "ATTUNE_GROUP": "10.0.0.1:1", "ATTUNE_GROUP_TOKEN": "t"],
      "1/2 at 10.0.0.1:1"
    ),
    (
      ["RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "localhost", "MASTER_PORT": "29500", "LOCAL_WORLD_SIZE": "2"],
      "1/2 at DIRECTORY/attune/ranks-d4fb9ce5b8311614.group"
    ),
  ]

  @Test(arguments: seats)
  func launchersAreUnderstood(environment: [String: String], expected: String?) throws {
    let directory = try TemporaryDirectory()
    let seat = try GroupSeat.found(rank: nil, world: nil, address: nil) { $0 == "XDG_RUNTIME_DIR" ? directory.path : environment[$0] }
    #expect(seat.map { "\($0.rank)/\($0.world) at \($0.address)" } == expected?.replacing("DIRECTORY", with: directory.path))
  }

  static let mistakes: [([String: String], String)] = [
    (["RANK": "1", "WORLD_SIZE": "1"], "rank 1 of 1 refused: allowed 0..<1. The program is in no group."),
    (
      ["RANK": "1", "WORLD_SIZE": "2"],
      "nothing says where the leader of the group is: set ATTUNE_GROUP to a path or HOST:PORT, the same for every rank. The program is in no group."
    ),
    (
      ["RANK": "1", "WORLD_SIZE": "2", "MASTER_PORT": "1", "LOCAL_WORLD_SIZE": "1"],
      "the ranks are on several machines: set ATTUNE_GROUP to a path or HOST:PORT, the same for every rank. The program is in no group."
    ),
    (
      ["SLURM_PROCID": "1", "SLURM_NTASKS": "2", "ATTUNE_GROUP": "127.0.0.1:1"],
      "a group at 127.0.0.1:1 needs ATTUNE_GROUP_TOKEN, the same for every rank. The program is in no group."
    ),
  ]

  @Test(arguments: mistakes)
  func mistakesOfLaunchersAreTold(environment: [String: String], message: String) {
    #expect(throws: LiveError(message: message)) { try GroupSeat.found(rank: nil, world: nil, address: nil) { environment[$0] } }
  }

  @Test func anotherRankThanTheFirstKeepsToItselfUnderAnExperiment() {
    func environment(_ variables: [String: String]) -> ProgramEnvironment { ProgramEnvironment(path: "train") { variables[$0] } }
    let experiment = ["ATTUNE_SOCKET": "/s", "ATTUNE_RECORD": "/r", "WORLD_SIZE": "2"]
    let first = environment(experiment.merging(["RANK": "0"]) { $1 })
    #expect(first.socket != nil && first.recordPath != nil && !first.isSilent)
    let second = environment(experiment.merging(["RANK": "1"]) { $1 })
    #expect(second.socket == nil && second.recordPath == nil && second.isSilent)
    #expect(!environment(["RANK": "1", "WORLD_SIZE": "2"]).isSilent)
  }
}
