import AttuneCore
@testable import AttuneFleet
import AttuneMath
import Foundation
import Testing

/// Agents die at any moment while attempts report as fast as they can.
@Suite(.timeLimit(.minutes(2))) struct ChaosTests {
  @Test func everyReportComesOnceHoweverOftenTheAgentDies() async throws {
    let fixture = try Fixture()
    let script = try fixture.script(
      "n=0; while test $n -lt 300; do n=$((n+1)); echo \"attune: {\\\"step\\\": $n, \\\"accuracy\\\": 0.$n}\"; done; exit $ATTUNE_TRIAL")
    let fleet = try LocalFleet(try fixture.definition(["/bin/sh", script]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    var random = RandomStream(seed: 20, purpose: "chaos", index: 0)
    let attempts = (1...12).map { AttemptID(trial: TrialID($0), number: 1) }
    for attempt in attempts {
      await fleet.perform(.starting(attempt))
      // At a random moment of the attempt's life: after so many of its reports, or at once.
      let step = Int(random.next() % 300)
      if step > 0 { try await listener.wait { $0.contains { $0.isReport(of: attempt, step: step) } } }
      fixture.killAgent()
      if random.next() % 2 == 0 { await fleet.acknowledge("local", through: Int(random.next() % UInt64(await listener.events.count + 1))) }
    }
    for attempt in attempts {
      #expect(try await listener.ending(of: attempt).cause == .exited(status: attempt.trial.rawValue))
      #expect(await listener.reports(of: attempt).map(\.step) == Array(1...300))
      #expect(await listener.kinds.filter { $0.isStart(of: attempt) }.count == 1)
    }
    let sequences = await listener.events.map(\.sequence).filter { $0 > 0 }
    #expect(sequences == Array(1...sequences.count))
    await fleet.close()
    #expect(processes(mentioning: fixture.root).isEmpty)
  }
}
