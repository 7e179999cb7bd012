import AttuneCore
@testable import AttuneFleet
import AttuneValues
import Foundation
import Testing

/// The runner's promises, kept by the local fleet with real processes.
@Suite(.timeLimit(.minutes(2))) struct LocalFleetTests {
  /// Runs one attempt of a shell script to its end.
  private func run(
    _ script: String, _ vary: (inout ExperimentDefinition) -> Void = { _ in }
  ) async throws -> (ending: Ending, events: [Event.Kind], fixture: Fixture) {
    let fixture = try Fixture()
    let command = ["/bin/sh", try fixture.script(script), "{config}", "{lr}", "{momentum}", "{name}", "{other}"]
    let fleet = try LocalFleet(try fixture.definition(command, vary), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1", Configuration(["lr": 0.5, "name": "a b"])))
    let ending = try await listener.ending(of: "1.1")
    await fleet.close()
    return (ending, await listener.kinds, fixture)
  }

  static let ends: [(String, Ending.Cause, String)] = [
    ("exit 0", .exited(status: 0), ""), ("exit 3", .exited(status: 3), ""), ("kill -9 $$", .signalled(signal: 9), ""),
    ("echo out; echo err >&2; exit 75", .exited(status: 75), "err"), ("echo only; exit 1", .exited(status: 1), "only"),
  ]

  @Test(arguments: ends)
  func tellsHowAnAttemptEnded(script: String, cause: Ending.Cause, tail: String) async throws {
    let (ending, events, _) = try await run(script)
    #expect(ending.cause == cause)
    #expect(ending.tail == tail)
    #expect(ending.seconds > 0 && ending.seconds < 30)
    let slots = [0, 1].map { Event.Kind.slotOffered(Slot(agent: "local", index: $0)) }
    #expect(events == slots + [.attemptStarted("1.1"), .attemptEnded("1.1", ending)])
  }

  @Test func saysWhyACommandCannotRun() async throws {
    let (ending, _, _) = try await run("") { $0.job.command = ["/no/such/thing"] }
    #expect(ending.cause == .notStarted(message: "cannot run '/no/such/thing': No such file or directory"))
  }

  @Test func givesTheScriptWhatTheContractPromises() async throws {
    let script = """
      echo "args:$2:$3:$4:$5:" > seen
      cat "$1" >> seen; cat "$ATTUNE_CONFIG" >> seen
      for name in EXPERIMENT TRIAL ATTEMPT ATTEMPT_ID SEED STEPS RESUME; do eval echo "$name=\\$ATTUNE_$name" >> seen; done
      echo "threads=$OMP_NUM_THREADS,$MKL_NUM_THREADS home=$MARK" >> seen
      test -d "$ATTUNE_CHECKPOINT" && test -S "$ATTUNE_SOCKET" && test -n "$ATTUNE_TOKEN" && echo ok >> seen
      stat -c '%a' "$ATTUNE_CHECKPOINT" "$(dirname "$ATTUNE_CONFIG")" "$ATTUNE_CONFIG" >> seen
      """
    let (ending, _, fixture) = try await run(script) {
      $0.limits.steps = 9
      $0.job.threads = 3
      $0.job.environment = ["MKL_NUM_THREADS": "1", "MARK": "x y"]
    }
    #expect(ending.cause == .exited(status: 0))
    #expect(
      fixture.text("seen") == """
        args:0.5::a b:{other}:
        {"lr":0.5,"name":"a b"}
        {"lr":0.5,"name":"a b"}
        EXPERIMENT=test
        TRIAL=1
        ATTEMPT=1
        ATTEMPT_ID=1.1
        SEED=7
        STEPS=9
        RESUME=
        threads=3,1 home=x y
        ok
        700
        700
        600

        """)
  }

  @Test func readsReportsFromTheOutput() async throws {
    let script = """
      printf 'attune: {"step": 1, "accu'; printf 'racy": 0.25, "loss": NaN, "note": "x", "flag": true}\\n'
      echo 'attune: {"accuracy": 0.5}'
      echo 'attune: {"step": 0, "accuracy": 1}'
      echo 'attune: not json' >&2
      echo 'attune: {"step": 3, "accuracy": 0.6}' >&2
      printf '\\377\\376 noise\\n50%%\\rattune: {"step": 7, "accuracy": "inf"}'
      """
    let (_, events, fixture) = try await run(script)
    let reports = events.compactMap { if case .reported(_, let report) = $0 { report } else { nil } }
    #expect(reports.map(\.step).sorted() == [1, 2, 3, 7])
    #expect(reports.first { $0.step == 1 }?.metrics["loss"]?.isNaN == true)
    #expect(reports.first { $0.step == 1 }?.metrics.count == 2)
    #expect(reports.first { $0.step == 7 }?.metrics["accuracy"] == .infinity)
    #expect(fixture.text("agent/agent.log").contains("a report was left out"))
  }

  @Test func readsLogsByPattern() async throws {
    let (_, events, _) = try await run("for i in 1 2 3; do echo \"epoch $i of 3 acc=0.$i\"; done; echo acc=none") {
      $0.job.pattern = #"epoch (?<step>\d+) .* acc=(?<accuracy>[\d.]+)"#
    }
    let reports = events.compactMap { if case .reported(_, let report) = $0 { report } else { nil } }
    #expect(reports.map(\.step) == [1, 2, 3])
    #expect(reports.map { $0.metrics["accuracy"] } == [0.1, 0.2, 0.3])
  }

  @Test func takesAnAuptimizerScriptsLastLineAsItsResult() async throws {
    let (_, events, _) = try await run("echo '#Auptimizer:0.3'; echo '#Auptimizer: 0.9,later'; echo done") { $0.job.isAuptimizer = true }
    let reports = events.compactMap { if case .reported(_, let report) = $0 { report } else { nil } }
    #expect(reports.map(\.step) == [1])
    #expect(reports.map(\.metrics) == [["accuracy": 0.9]])
  }

  @Test func endsAnAttemptAtItsTimeLimit() async throws {
    let (ending, _, _) = try await run("sleep 600") { $0.limits.trialTime = 0.2 }
    #expect(ending.cause == .timeLimit)
    #expect(ending.seconds >= 0.2 && ending.seconds < 20)
  }

  @Test func doesNotStartAnAttemptTwice() async throws {
    let fixture = try Fixture()
    let command = ["/bin/sh", try fixture.script("echo once >> seen; read line < fifo")]
    let fleet = try LocalFleet(try fixture.definition(command), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    for _ in 0..<3 { await fleet.perform(.starting("1.1")) }
    try await listener.wait { $0.contains { $0.isStart(of: "1.1") } }
    await fleet.perform(.starting("1.1"))
    await fleet.perform(.stop("1.1"))
    _ = try await listener.ending(of: "1.1")
    await fleet.perform(.starting("1.1"))
    await fleet.close()
    #expect(await listener.kinds.filter { $0.isStart(of: "1.1") }.count == 1)
    #expect(await listener.kinds.filter { $0.isEnd(of: "1.1") }.count == 1)
  }

  @Test func refusesTheDirectoryOfAnotherRun() async throws {
    let fixture = try Fixture()
    try fixture.write("old", to: "\(fixture.root)/trials/1/attempts/1/stdout.log")
    let fleet = try LocalFleet(try fixture.definition(["/bin/true"]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    let ending = try await listener.ending(of: "1.1")
    guard case .notStarted(let message) = ending.cause else { return #expect(Bool(false), "\(ending)") }
    #expect(message.hasSuffix("trials/1/attempts/1' is already there, from another run; nothing was started"))
    await fleet.close()
  }

  @Test func tellsAnAttemptThatNobodyKnowsAsLost() async throws {
    let fixture = try Fixture()
    let fleet = try LocalFleet(try fixture.definition(["/bin/true"]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: ["local": 40], running: ["4.1": Slot(agent: "local", index: 0)]))
    #expect(try await listener.ending(of: "4.1").cause == .lost)
    #expect(await listener.events.first?.sequence == 41)
    await fleet.close()
  }

  @Test func leavesNoProcessAndNoSocketBehind() async throws {
    let fixture = try Fixture()
    let command = ["/bin/sh", try fixture.script("sleep 600 & setsid sleep 600 & echo attune: '{\"accuracy\": 1}'; wait")]
    let fleet = try LocalFleet(try fixture.definition(command), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    await fleet.perform(.starting("2.1"))
    try await listener.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } && $0.contains { $0.isReport(of: "2.1", step: 1) } }
    await fleet.close()
    #expect(await listener.kinds.filter { $0.isEnd(of: "1.1") || $0.isEnd(of: "2.1") }.count == 2)
    #expect(processes(mentioning: fixture.root).isEmpty)
    #expect(Files.names(in: fixture.root).filter { $0.hasSuffix(".agent") || $0.hasSuffix(".hub") }.isEmpty)
  }

  @Test func saysWhyAnAgentDoesNotCome() async throws {
    let fixture = try Fixture()
    let fleet = try LocalFleet(
      try fixture.definition(["/bin/true"]),
      options: fixture.options {
        $0.executable = "/bin/sh"; $0.arguments = ["-c", "echo bad day; exit 1"]
      })
    await #expect(throws: FleetError.agentEnded(log: "bad day")) { _ = try await fleet.open(acknowledged: [:], running: [:]) }
  }

  @Test func saysWhatItCannotWriteOrUse() async throws {
    let fixture = try Fixture()
    let log = fixture.root + "/agent/agent.log"
    try fixture.write("", to: log + "/file")
    let blocked = try LocalFleet(try fixture.definition(["/bin/true"]), options: fixture.options())
    await #expect(throws: FleetError.system(action: "write", path: log, code: EISDIR)) {
      _ = try await blocked.open(acknowledged: [:], running: [:])
    }
    let deep = fixture.options { $0.runtimeDirectory = "/tmp/" + String(repeating: "x", count: 120) }
    let fleet = try LocalFleet(try fixture.definition(["/bin/true"]), options: deep)
    await #expect(throws: FleetError.pathTooLong(deep.agent.socket, limit: 107)) {
      _ = try await fleet.open(acknowledged: [:], running: [:])
    }
  }

  @Test func refusesABadPatternBeforeAnythingStarts() throws {
    let fixture = try Fixture()
    let definition = try fixture.definition(["/bin/true"]) { $0.job.pattern = "acc=([0-9.]+)" }
    let problem = FleetError.badPattern("acc=([0-9.]+)", problem: "names no metric; write a group like (?<accuracy>[0-9.]+)")
    #expect(throws: problem) { _ = try LocalFleet(definition, options: fixture.options()) }
  }
}

/// Processes whose arguments or environment mention the text.
func processes(mentioning text: String) -> [Int] {
  Files.names(in: "/proc").compactMap { Int($0) }.filter { pid in
    ["cmdline", "environ"].contains { name in
      String(decoding: Files.read("/proc/\(pid)/\(name)") ?? [], as: UTF8.self).contains(text)
    }
  }
}
