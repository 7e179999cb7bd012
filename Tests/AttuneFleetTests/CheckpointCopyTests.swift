import AttuneCore
import Foundation
import Testing

@testable import AttuneFleet

/// Copies of checkpoints: whole, or none.
@Suite(.timeLimit(.minutes(2))) struct CheckpointCopyTests {
  @Test func aTreeIsCopiedWithItsLinksAndModes() throws {
    let fixture = try Fixture()
    try fixture.write("weights", to: "\(fixture.root)/trials/1/checkpoint/deep/model")
    try fixture.write("run me", to: "\(fixture.root)/trials/1/checkpoint/hook")
    chmod("\(fixture.root)/trials/1/checkpoint/hook", 0o700)
    symlink("deep/model", "\(fixture.root)/trials/1/checkpoint/latest")
    // What an interrupted copy has left is no checkpoint, and is cleared away.
    try fixture.write("half", to: "\(fixture.root)/trials/2/checkpoint.draft/deep/model")
    let copy = CheckpointCopy(source: "\(fixture.root)/trials/1/checkpoint", target: "\(fixture.root)/trials/2/checkpoint")
    #expect(try copy.make())
    #expect(fixture.text("trials/2/checkpoint/latest") == "weights")
    #expect(access("\(fixture.root)/trials/2/checkpoint/hook", X_OK) == 0)
    #expect(!Files.exists("\(fixture.root)/trials/2/checkpoint.draft"))
    // A second order changes nothing, though the trial has gone on.
    try fixture.write("later", to: "\(fixture.root)/trials/1/checkpoint/deep/model")
    #expect(try copy.make())
    #expect(fixture.text("trials/2/checkpoint/deep/model") == "weights")
  }

  /// Whoever dies between two steps leaves what the next attempt of the same makes whole.
  @Test(arguments: 0...4) func anAdoptedCopyTakesThePlaceOfTheTrialsOwn(steps: Int) throws {
    let fixture = try Fixture()
    let trial = "\(fixture.root)/trials/1"
    try fixture.write("old", to: "\(trial)/checkpoint/model")
    try fixture.write("new", to: "\(trial)/adopted-3/model")
    // As far as it had come when its agent died.
    if steps >= 1 { rename("\(trial)/checkpoint", "\(trial)/replaced-3") }
    if steps >= 2 { rename("\(trial)/adopted-3", "\(trial)/checkpoint") }
    if steps >= 3 { unlink("\(trial)/replaced-3/model") }
    if steps >= 4 { rmdir("\(trial)/replaced-3") }
    let adopted = AdoptedCheckpoint(3, of: TrialID(1), in: "\(fixture.root)/trials")
    for _ in 1...2 {
      try adopted.takePlace()
      #expect(fixture.text("trials/1/checkpoint/model") == "new")
      #expect(Files.names(in: trial) == ["checkpoint"])
    }
  }

  @Test func whatWasLoadedBeforeStaysUntilTheNextButOne() throws {
    let fixture = try Fixture()
    let trial = "\(fixture.root)/trials/1"
    for number in [2, 10, 9, 11] { try fixture.write("weights", to: "\(trial)/adopted-\(number)/model") }
    try AdoptedCheckpoint(11, of: TrialID(1), in: "\(fixture.root)/trials").removeEarlier()
    #expect(Files.names(in: trial) == ["adopted-10", "adopted-11"])
  }

  @Test func aRunningTrialAdoptsACopyAndItsNextAttemptBeginsWithIt() async throws {
    let fixture = try Fixture()
    let script = try fixture.script("echo resume=$ATTUNE_RESUME\ncat \"$ATTUNE_CHECKPOINT\"/model\necho 'attune: {\"accuracy\": 1}'")
    try fixture.write("weights", to: "\(fixture.root)/trials/1/checkpoint/model")
    try fixture.write("own", to: "\(fixture.root)/trials/2/checkpoint/model")
    let fleet = try LocalFleet(try fixture.definition(["/bin/sh", script]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.copyCheckpoint(of: TrialID(1), to: TrialID(2), as: .adopted(5)))
    await fleet.perform(.copyCheckpoint(of: TrialID(9), to: TrialID(3), as: .adopted(6)))
    let problem = "trial 9 has no checkpoint to go on with"
    try await listener.wait {
      $0.contains(.checkpointCopied(twin: TrialID(2), problem: nil, adoption: 5))
        && $0.contains(.checkpointCopied(twin: TrialID(3), problem: problem, adoption: 6))
    }
    #expect(fixture.text("trials/2/checkpoint/model") == "own" && fixture.text("trials/2/adopted-5/model") == "weights")
    let attempt = AttemptID(trial: TrialID(2), number: 2)
    await fleet.perform(
      .start(
        Order.Start(
          attempt: attempt, configuration: Configuration(), slot: Slot(agent: "local", index: 0), isResume: true, seed: 1, adoption: 5)))
    _ = try await listener.ending(of: attempt)
    #expect(fixture.text("trials/2/attempts/2/stdout.log").hasPrefix("resume=1\nweights"))
    await fleet.close()
  }

  @Test func withoutACheckpointThereIsNone() throws {
    let fixture = try Fixture()
    try FileManager.default.createDirectory(atPath: "\(fixture.root)/trials/1/checkpoint", withIntermediateDirectories: true)
    for source in ["1", "7"] {
      let copy = CheckpointCopy(source: "\(fixture.root)/trials/\(source)/checkpoint", target: "\(fixture.root)/trials/2/checkpoint")
      #expect(try !copy.make())
    }
    #expect(!Files.exists("\(fixture.root)/trials/2"))
  }

  @Test func whatIsBeingWrittenIsWaitedFor() async throws {
    let fixture = try Fixture()
    let path = "\(fixture.root)/trials/1/checkpoint/model"
    try fixture.write("0", to: path)
    let writing = Task.detached {
      for number in 1...300 {
        try fixture.write(String(repeating: "\(number % 10)", count: 200_000), to: path)
        await Task.yield()
      }
    }
    let copy = CheckpointCopy(source: "\(fixture.root)/trials/1/checkpoint", target: "\(fixture.root)/trials/2/checkpoint")
    #expect(try copy.make())
    try await writing.value
    let text = fixture.text("trials/2/checkpoint/model")
    #expect(Set(text).count == 1, "a mixture of two states was copied")
  }

  @Test func aTwinIsGivenItsCheckpointAndStartsFromIt() async throws {
    let fixture = try Fixture()
    let script = try fixture.script(
      "ls \"$ATTUNE_CHECKPOINT\"\necho resume=$ATTUNE_RESUME\ncat \"$ATTUNE_CHECKPOINT\"/model\necho 'attune: {\"accuracy\": 1}'")
    try fixture.write("weights", to: "\(fixture.root)/trials/1/checkpoint/model")
    let fleet = try LocalFleet(try fixture.definition(["/bin/sh", script]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.copyCheckpoint(of: TrialID(1), to: TrialID(2), as: .own))
    await fleet.perform(.copyCheckpoint(of: TrialID(9), to: TrialID(3), as: .own))
    let problem = "trial 9 has no checkpoint to fork from"
    try await listener.wait {
      $0.contains(.checkpointCopied(twin: TrialID(2), problem: nil)) && $0.contains(.checkpointCopied(twin: TrialID(3), problem: problem))
    }
    await fleet.perform(.starting("2.1"))
    #expect(try await listener.ending(of: "2.1").cause == .exited(status: 0))
    let output = fixture.text("trials/2/attempts/1/stdout.log")
    #expect(output.hasPrefix("model\nresume=1\nweights"), "\(output)")
    await fleet.close()
  }

  @Test func aChildIsGivenItsParentsBesideItsOwn() async throws {
    let fixture = try Fixture()
    let script = try fixture.script(
      "ls \"$ATTUNE_CHECKPOINT\"\necho resume=$ATTUNE_RESUME parent=${ATTUNE_PARENT_CHECKPOINT:+given}\n"
        + "cat \"$ATTUNE_PARENT_CHECKPOINT\"/model\necho 'attune: {\"accuracy\": 1}'")
    try fixture.write("weights", to: "\(fixture.root)/trials/1/checkpoint/model")
    let fleet = try LocalFleet(try fixture.definition(["/bin/sh", script]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.copyCheckpoint(of: TrialID(1), to: TrialID(2), as: .parents))
    await fleet.perform(.copyCheckpoint(of: TrialID(9), to: TrialID(3), as: .parents))
    let problem = "trial 9 has no checkpoint to begin with"
    try await listener.wait {
      $0.contains(.checkpointCopied(twin: TrialID(2), problem: nil)) && $0.contains(.checkpointCopied(twin: TrialID(3), problem: problem))
    }
    // What the parent does later is not the child's, nor its twin's.
    try fixture.write("later", to: "\(fixture.root)/trials/1/checkpoint/model")
    await fleet.perform(.copyCheckpoint(of: TrialID(2), to: TrialID(4), as: .inherited))
    try await listener.wait { $0.contains(.checkpointCopied(twin: TrialID(4), problem: nil)) }
    for attempt: AttemptID in ["2.1", "3.1", "4.1"] {
      await fleet.perform(.starting(attempt))
      _ = try await listener.ending(of: attempt)
    }
    for heir in ["2", "4"] { #expect(fixture.text("trials/\(heir)/attempts/1/stdout.log").hasPrefix("resume= parent=given\nweights")) }
    #expect(fixture.text("trials/3/attempts/1/stdout.log").hasPrefix("resume= parent=\n"))
    await fleet.close()
  }

  @Test func whatProcessesMeasuredIsRead() {
    let ledger = """
      {"pid":1,"warmup":2.5,"joules":10,"source":"rapl"}
      {"pid":1,"warmup":2.5,"elapsed":9,"joules":40,"source":"rapl"}
      {"pid":2,"warmup":4,"elapsed":9,"joules":30,"source":"nvml"}
      {"pid":3,"warmup":"nan"}
      {"pid":2,"warm
      """
    #expect(AttemptCost(ledger: Array(ledger.utf8)) == AttemptCost(warmup: 4, joules: 40, energySource: "rapl"))
    #expect(AttemptCost(ledger: []) == nil && AttemptCost(ledger: Array("{\"pid\":1}".utf8)) == nil)
  }

  @Test func aCheckpointIsSeenWithTheNextReport() async throws {
    let fixture = try Fixture()
    let report = "echo 'attune: {\"accuracy\": 1}'"
    let waiting = "while [ ! -e \"go\" ]; do sleep 0.01; done"
    let script = try fixture.script("\(report)\n\(waiting)\necho 1 > \"$ATTUNE_CHECKPOINT\"/model\n\(report)\nsleep 600")
    let fleet = try LocalFleet(try fixture.definition(["/bin/sh", script]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    try await listener.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } }
    try fixture.write("", to: "\(fixture.root)/go")
    try await listener.wait { $0.contains { $0.isReport(of: "1.1", step: 2) } }
    #expect(await listener.reports(of: "1.1").map(\.hasCheckpoint) == [false, true])
    await fleet.close()
  }
}
