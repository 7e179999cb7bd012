#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Synchronization
import Testing

@Suite struct PauseTests {
  let directory: TemporaryDirectory
  let program: TestProgram
  let rate: LiveVariable<Double>

  init() throws {
    directory = try TemporaryDirectory()
    program = try TestProgram(directory)
    rate = LiveVariable("rate", 0.1, in: 0...1, applies: .atStep, registry: program.registry)
  }

  private func isPaused(_ client: WireClient) throws -> Bool { try ProgramIdentity(json: client.request(LiveMethod.hello)).isPaused }

  /// Runs steps on a thread of its own, as a program would; what it sees after each goes into the inbox.
  private func run(_ steps: ClosedRange<Int>) throws -> Inbox<String> {
    let seen = try Inbox<String>()
    let (registry, rate) = (program.registry, rate)
    try onThread {
      for step in steps {
        registry.report(step: step, ["loss": 1])
        seen.put("\(step): \(rate())")
      }
    }
    return seen
  }

  /// Two ways to say the same.
  static let requests: [[(method: String, parameters: JSON)]] = [
    [(LiveMethod.pauseProgram, [:]), (LiveMethod.resumeProgram, [:])],
    [(LiveMethod.fireTrigger, ["trigger": "attune.pause"]), (LiveMethod.fireTrigger, ["trigger": "attune.resume"])],
  ]

  @Test(arguments: requests)
  func holdsTheProgramAtItsNextStep(requests: [(method: String, parameters: JSON)]) throws {
    let client = try program.client()
    #expect(try client.request(requests[0].method, requests[0].parameters) == ["number": 1, "by": "unknown"])
    #expect(try !isPaused(client), "it waits for a step")
    let seen = try run(7...9)
    #expect(try program.changes(1).map(\.trigger) == ["attune.pause"])
    #expect(try isPaused(client))
    #expect(seen.all.isEmpty)

    // What waits for a step takes effect at once, at the step at which the program stands.
    _ = try client.request(LiveMethod.setVariables, SetRequest(values: ["rate": 0.5]).json)
    let change = try program.changes(2)[1]
    #expect(change.values == ["rate": 0.5] && change.step == 7 && !change.isImmediate)
    #expect(seen.all.isEmpty)

    #expect(try client.request(requests[1].method, requests[1].parameters) == ["number": 3, "by": "unknown"])
    let resumed = try program.changes(3)[2]
    #expect(resumed.trigger == "attune.resume" && resumed.step == 7)
    #expect(try seen.wait(count: 3) == ["7: 0.5", "8: 0.5", "9: 0.5"])
    #expect(try !isPaused(client))
  }

  @Test func resumeTakesBackAPauseThatWaits() throws {
    let client = try program.client()
    _ = try client.request(LiveMethod.pauseProgram, ["by": "ann"])
    _ = try client.request(LiveMethod.resumeProgram, ["by": "bob"])
    #expect(try run(1...2).wait(count: 2) == ["1: 0.1", "2: 0.1"])
    #expect(try program.changes(2).map(\.trigger) == ["attune.pause", "attune.resume"])
  }

  @Test func pauseAtAStepWaitsForIt() throws {
    let client = try program.client()
    _ = try client.request(LiveMethod.pauseProgram, ["atStep": 3])
    let seen = try run(1...4)
    #expect(try program.changes(1).map(\.step) == [3])
    #expect(seen.all == ["1: 0.1", "2: 0.1"])
    // A second one is told at once, and one resume ends both.
    _ = try client.request(LiveMethod.pauseProgram, ["number": 8])
    _ = try client.request(LiveMethod.pauseProgram, ["number": 8])
    _ = try client.request(LiveMethod.resumeProgram)
    #expect(try seen.wait(count: 4).count == 4)
    #expect(try program.changes(3).map(\.number) == [1, 8, 9])
  }

  @Test func finishReleases() throws {
    _ = try program.client().request(LiveMethod.pauseProgram)
    let seen = try run(1...2)
    _ = try program.changes(1)
    program.registry.finish(within: .zero)
    #expect(try seen.wait(count: 2).count == 2)
  }

  /// A program that handles SIGTERM by itself must see it, paused or not.
  @Test func handlerOfTheProgramIsLetThrough() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let program = try TestProgram(TemporaryDirectory())
      signal(SIGTERM) { _ in handled.store(true, ordering: .sequentiallyConsistent) }
      let registry = program.registry
      _ = try registry.hold(Circumstances())
      let waiting = pthread_self()
      // The threads of the concurrency runtime take no signals by themselves.
      var ending = sigset_t()
      sigemptyset(&ending)
      sigaddset(&ending, SIGTERM)
      pthread_sigmask(SIG_UNBLOCK, &ending, nil)
      let deadline = Moment.after(.seconds(20))
      try onThread {
        // Until the step is through: a signal before the wait begins would be seen by nobody.
        while !released.load(ordering: .sequentiallyConsistent) {
          if registry.inner.withLock({ $0.state.isHeld }) { pthread_kill(waiting, SIGTERM) }
          if deadline < .now { exit(8) }
          sched_yield()
        }
      }
      registry.step(1)
      released.store(true, ordering: .sequentiallyConsistent)
      precondition(handled.load(ordering: .sequentiallyConsistent), "the step has waited for the signal")
      precondition(registry.inner.withLock { $0.state.pause.standing == .interrupted }, "the pause goes on at the next step")
      exit(7)
    }
  }
}

private let handled = Atomic<Bool>(false)
private let released = Atomic<Bool>(false)
