import AttuneCore
@testable import AttuneFleet
import Foundation
import Testing

/// Attempts that leave into a snapshot and come back from it, with a stand-in for CRIU. The real one: `SnapshotTests` of the command.
@Suite(.timeLimit(.minutes(2))) struct SnapshotTests {
  private struct Scene {
    let fixture: Fixture
    let fleet: LocalFleet
    let listener: Listener

    var root: String { fixture.root }

    func file(_ name: String, _ text: String = "") throws { try fixture.write(text, to: "\(root)/\(name)") }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(root)/\(name)") }

    func waitForFailure() async throws -> String? {
      try await listener.wait { $0.contains { $0.suspendFailure != nil } }
      return await listener.kinds.compactMap(\.suspendFailure).first
    }
  }

  /// Files in its folder tell it what to do: `hold` keeps a snapshot from being completed, `refuse` holds what it complains about, `taken` is a
  /// process id that is free again afterwards. What it brings back is `resumed.sh`.
  private static let standIn = """
    #!/bin/sh
    cd "$(dirname "$0")"; verb=$1
    while test $# -gt 0; do case $1 in
      --tree) tree=$2;; --images-dir) images=$2;; --work-dir) work=$2;; --pidfile) pidfile=$2;;
    esac; shift; done
    if test -e refuse; then echo "(00.1) Error (criu/x.c:1): $(cat refuse)" > "$work/criu.log"; exit 1; fi
    case $verb in
    dump) kill -STOP "$tree"; while test -e hold; do sleep 0.01; done; printf %1000s > "$images/pages.img";;
    restore)
      if test -e taken; then rm taken; echo "Error (criu/x.c:1): Can't fork for 77: File exists" > "$work/criu.log"; exit 1; fi
      echo "$images" > source; sh resumed.sh & echo $! > "$work/$pidfile";;
    esac
    """

  private func scene(
    _ script: String = "echo 'attune: {\"accuracy\": 0.1}'; exec sleep 600", _ vary: (inout ExperimentDefinition) -> Void = { _ in }
  ) async throws -> Scene {
    let fixture = try Fixture()
    let criu = try fixture.script(Self.standIn, name: "criu")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: criu)
    let definition = try fixture.definition(["/bin/sh", try fixture.script(script)]) {
      $0.suspend = .criu
      vary(&$0)
    }
    let fleet = try LocalFleet(definition, options: fixture.options { $0.criu = criu })
    let scene = Scene(fixture: fixture, fleet: fleet, listener: Listener(try await fleet.open(acknowledged: [:], running: [:])))
    try scene.file("resumed.sh", "echo 'attune: {\"accuracy\": 0.2}'; exit 3")
    await fleet.perform(.starting("1.1"))
    try await scene.listener.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } }
    return scene
  }

  private func suspended(_ scene: Scene) async throws -> Ending {
    await scene.fleet.perform(.suspend("1.1"))
    return try await scene.listener.ending(of: "1.1")
  }

  @Test func whatWasInASnapshotGoesOnAsTheNextAttempt() async throws {
    let scene = try await scene()
    let ending = try await suspended(scene)
    #expect(ending.cause == .exited(status: 75))
    let suspension = try #require(ending.suspension)
    #expect(suspension.mode == .criu && suspension.bytes > 1000 && suspension.seconds > 0 && suspension.seconds < 60)
    #expect(processes(mentioning: "ATTUNE_CHECKPOINT=\(scene.root)").isEmpty)
    await scene.fleet.perform(.starting("1.2"))
    #expect(try await scene.listener.ending(of: "1.2").cause == .exited(status: 3))
    #expect(scene.fixture.text("source") == "\(scene.root)/trials/1/snapshots/1\n")
    // It prints no step, and counts on.
    #expect(await scene.listener.reports(of: "1.2").map(\.step) == [2])
    await scene.fleet.close()
    #expect(processes(mentioning: scene.root).isEmpty)
  }

  @Test func aTrialThatIsDoneKeepsNoSnapshot() async throws {
    let scene = try await scene()
    _ = try await suspended(scene)
    try scene.file("resumed.sh", "echo 'attune: {\"accuracy\": 0.2}'; exit 0")
    await scene.fleet.perform(.starting("1.2"))
    #expect(try await scene.listener.ending(of: "1.2").cause == .exited(status: 0))
    #expect(!Files.exists("\(scene.root)/trials/1/snapshots"))
    await scene.fleet.close()
  }

  @Test func whatCannotBeSavedRunsOn() async throws {
    let scene = try await scene("echo 'attune: {\"accuracy\": 0.1}'; until test -e go; do sleep 0.01; done; exit 3")
    try scene.file("refuse", "memory is shared with others")
    await scene.fleet.perform(.suspend("1.1"))
    let failure = try await scene.waitForFailure()
    #expect(failure == "no snapshot of attempt 1.1 could be taken: memory is shared with others")
    #expect(Files.names(in: "\(scene.root)/trials/1/snapshots").isEmpty)
    try scene.file("go")
    #expect(try await scene.listener.ending(of: "1.1").cause == .exited(status: 3))
    await scene.fleet.close()
  }

  @Test func aProcessThatHasLostItsParentIsNoPartOfASnapshot() async throws {
    let scene = try await scene("(sleep 600 & echo 'attune: {\"accuracy\": 0.1}') ; exec sleep 600")
    await scene.fleet.perform(.suspend("1.1"))
    let failure = try #require(try await scene.waitForFailure())
    #expect(failure.contains("has lost its parent, and a snapshot takes only what is below the command"), "\(failure)")
    await scene.fleet.close()
    #expect(processes(mentioning: scene.root).isEmpty)
  }

  @Test func aProcessIdThatIsTakenIsWaitedFor() async throws {
    let scene = try await scene()
    _ = try await suspended(scene)
    try scene.file("taken")
    await scene.fleet.perform(.starting("1.2"))
    #expect(try await scene.listener.ending(of: "1.2").cause == .exited(status: 3))
    await scene.fleet.close()
  }

  @Test func aSnapshotThatDoesNotComeBackIsKept() async throws {
    let scene = try await scene()
    _ = try await suspended(scene)
    try scene.file("refuse", "File data has bad size")
    await scene.fleet.perform(.starting("1.2"))
    let cause = try await scene.listener.ending(of: "1.2").cause
    #expect(cause == .notStarted(message: "the snapshot cannot be brought back: File data has bad size"))
    try scene.remove("refuse")
    await scene.fleet.perform(.starting("1.3"))
    #expect(try await scene.listener.ending(of: "1.3").cause == .exited(status: 3))
    await scene.fleet.close()
  }

  @Test func aStopWaitsForTheSnapshot() async throws {
    let scene = try await scene()
    try scene.file("hold")
    await scene.fleet.perform(.suspend("1.1"))
    await scene.fleet.perform(.stop("1.1"))
    try scene.remove("hold")
    let ending = try await scene.listener.ending(of: "1.1")
    #expect(ending.cause == .exited(status: 75) && ending.suspension?.mode == .criu)
    await scene.fleet.close()
  }

  @Test func theGracePeriodWaitsForNoSnapshot() async throws {
    let scene = try await scene { $0.limits.grace = 0.2 }
    try scene.file("hold")
    await scene.fleet.perform(.suspend("1.1"))
    await scene.fleet.perform(.stop("1.1"))
    let ending = try await scene.listener.ending(of: "1.1")
    #expect(ending.cause == .signalled(signal: 9) && ending.suspension == nil)
    // Another attempt begins anew, as nothing was completed.
    await scene.fleet.perform(.starting("1.2"))
    try await scene.listener.wait { $0.contains { $0.isReport(of: "1.2", step: 1) } }
    await scene.fleet.close()
    #expect(processes(mentioning: scene.root).isEmpty)
  }

  @Test func aSnapshotOutlivesTheAgent() async throws {
    let scene = try await scene()
    try scene.file("hold")
    await scene.fleet.perform(.suspend("1.1"))
    scene.fixture.killAgent()
    try scene.remove("hold")
    #expect(try await scene.listener.ending(of: "1.1").suspension?.mode == .criu)
    await scene.fleet.perform(.starting("1.2"))
    scene.fixture.killAgent()
    #expect(try await scene.listener.ending(of: "1.2").cause == .exited(status: 3))
    #expect(await scene.listener.reports(of: "1.2").map(\.step) == [2])
    await scene.fleet.close()
  }

  @Test func programsAreNotConnected() async throws {
    let scene = try await scene(
      "echo \"socket: ${ATTUNE_SOCKET-none} ${ATTUNE_TOKEN-none}\" > seen; echo 'attune: {\"accuracy\": 0}'; sleep 600")
    #expect(scene.fixture.text("seen") == "socket: none none\n")
    await scene.fleet.perform(
      .change("1.1", ChangeRequest(number: 1, trial: TrialID(1), wish: .set(["lr": 0.1]), by: "ann", reason: nil)))
    try await scene.listener.wait { $0.contains { if case .refused = $0 { true } else { false } } }
    let refusals = await scene.listener.kinds.compactMap { if case .refused(_, _, let message) = $0 { message } else { nil } }
    #expect(
      refusals == ["its programs are not connected, as a connection cannot be put into a snapshot (`suspend: criu`); nothing was changed"])
    await scene.fleet.close()
  }
}

extension Event.Kind {
  fileprivate var suspendFailure: String? { if case .suspendFailed(_, let message) = self { message } else { nil } }
}
