import AttuneCore
@testable import AttuneFleet
import AttuneValues
import AttuneWire
import Foundation
import Testing

/// Programs that dial the agent: reports, changes, and what becomes of both when somebody dies.
@Suite(.timeLimit(.minutes(2))) struct ProgramTests {
  /// An attempt that runs until it is stopped, and the token that its program would have.
  private struct Scene {
    let fixture: Fixture
    let fleet: LocalFleet
    let listener: Listener
    let token: String
    var hub: String { fixture.options().agent.hub }
  }

  private func scene() async throws -> Scene {
    let fixture = try Fixture()
    let script = try fixture.script("printf %s \"$ATTUNE_TOKEN\" > token\necho 'attune: {\"accuracy\": 0}'\nsleep 600")
    let fleet = try LocalFleet(try fixture.definition(["/bin/sh", script]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    try await listener.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } }
    return Scene(fixture: fixture, fleet: fleet, listener: listener, token: fixture.text("token"))
  }

  private func end(_ scene: Scene) async throws {
    await scene.fleet.perform(.stop("1.1"))
    _ = try await scene.listener.ending(of: "1.1")
    await scene.fleet.close()
  }

  private func request(_ number: Int, _ wish: ChangeRequest.Wish) -> Order {
    .change("1.1", ChangeRequest(number: number, trial: TrialID(1), wish: wish, by: "ann", reason: "plateau"))
  }

  @Test func reportsAreToldOnceAndAcknowledged() async throws {
    let scene = try await scene()
    let program = try FakeProgram(dialing: scene.hub)
    program.greet("1.1", token: scene.token)
    #expect(try await program.answer(to: 1) == .result(id: 1, ["acknowledged": 0, "changes": 0]))
    for n in [1, 2, 2, 1, 3] { program.report(n, step: n + 1, 0.5) }
    try await program.messages.wait { $0.contains { $0.isNotification("acknowledged", ["n": 3]) } }
    program.hangUp()

    let again = try FakeProgram(dialing: scene.hub)
    again.greet("1.1", token: scene.token, reported: 4)
    #expect(try await again.answer(to: 1) == .result(id: 1, ["acknowledged": 3, "changes": 0]))
    again.report(3, step: 4, 0.5)
    again.report(4, step: 5, 0.5)
    try await scene.listener.wait { $0.contains { $0.isReport(of: "1.1", step: 5) } }
    #expect(await scene.listener.reports(of: "1.1").map(\.step) == [1, 2, 3, 4, 5])
    again.hangUp()
    try await end(scene)
  }

  @Test func whatAProgramHasLeftIsToldOnce() async throws {
    let scene = try await scene()
    let program = try FakeProgram(dialing: scene.hub)
    program.greet("1.1", token: scene.token)
    for n in 1...2 { program.report(n, step: n + 1, 0.5) }
    try await program.messages.wait { $0.contains { $0.isNotification("acknowledged", ["n": 2]) } }
    program.hangUp()
    // Report 2 is there already, a line was cut off by a death, and another process has counted for itself.
    let lines = [(4711, 2), (4711, 3), (4712, 1)].map { pid, n in
      "{\"pid\":\(pid),\"n\":\(n),\"step\":\(n + pid - 4710),\"metrics\":{\"accuracy\":0.5},\"elapsed\":1}\n"
    }
    try scene.fixture.write(lines.joined() + "{\"pid\":4712,\"n\":2", to: "\(scene.fixture.root)/trials/1/attempts/1/reports.jsonl")
    await scene.fleet.perform(.stop("1.1"))
    _ = try await scene.listener.ending(of: "1.1")
    #expect(await scene.listener.reports(of: "1.1").map(\.step) == [1, 2, 3, 4, 3])
    await scene.fleet.close()
  }

  @Test func aKilledAgentKnowsWhatItHasAcknowledged() async throws {
    let scene = try await scene()
    let program = try FakeProgram(dialing: scene.hub)
    program.greet("1.1", token: scene.token)
    program.report(1, step: 2, 0.5)
    try await program.messages.wait { $0.contains { $0.isNotification("acknowledged", ["n": 1]) } }
    scene.fixture.killAgent()
    try await program.closings.wait { !$0.isEmpty }
    var again: FakeProgram?
    while again == nil {
      again = try? FakeProgram(dialing: scene.hub)
      await Task.yield()
    }
    let program2 = try #require(again)
    program2.greet("1.1", token: scene.token, reported: 2)
    #expect(try await program2.answer(to: 1) == .result(id: 1, ["acknowledged": 1, "changes": 0]))
    program2.report(2, step: 3, 0.6)
    try await scene.listener.wait { $0.contains { $0.isReport(of: "1.1", step: 3) } }
    #expect(await scene.listener.reports(of: "1.1").map(\.step) == [1, 2, 3])
    program2.hangUp()
    try await end(scene)
  }

  @Test func twoProcessesOfAnAttemptCountForThemselves() async throws {
    let scene = try await scene()
    for pid in [11, 12] {
      let program = try FakeProgram(dialing: scene.hub)
      program.greet("1.1", token: scene.token, pid: pid)
      #expect(try await program.answer(to: 1) == .result(id: 1, ["acknowledged": 0, "changes": 0]))
      program.report(1, step: pid, 0.5)
      try await scene.listener.wait { $0.contains { $0.isReport(of: "1.1", step: pid) } }
      program.hangUp()
    }
    try await end(scene)
  }

  static let intruders = [("1.1", "wrong"), ("2.1", ""), ("nonsense", "")]

  @Test(arguments: intruders)
  func strangersAreRefused(attempt: String, token: String) async throws {
    let scene = try await scene()
    let program = try FakeProgram(dialing: scene.hub)
    program.greet(attempt, token: token)
    guard case .failure(_, let failure) = try await program.answer(to: 1) else { return #expect(Bool(false)) }
    #expect(failure.code == .refused)
    program.report(1, step: 9, 1)
    program.send(.request(id: 2, method: "variables.list", parameters: .null))
    guard case .failure(_, let second) = try await program.answer(to: 2) else { return #expect(Bool(false)) }
    #expect(second.code == .unknownMethod)
    #expect(await scene.listener.reports(of: "1.1").map(\.step) == [1])
    program.hangUp()
    try await end(scene)
  }

  @Test func changesReachTheProgramAndItsAnswersTheEngine() async throws {
    let scene = try await scene()
    // Ordered before there is a program: it waits for one.
    await scene.fleet.perform(request(5, .set(["lr": 0.01])))
    let program = try FakeProgram(dialing: scene.hub)
    program.greet("1.1", token: scene.token)
    try program.declare("lr", 0.5, triggers: ["save"])
    let set = WireMessage.request(
      id: 5, method: "variables.set", parameters: ["values": ["lr": 0.01], "number": 5, "by": "ann", "reason": "plateau"])
    try await program.messages.wait { $0.contains(set) }
    program.send(.result(id: 5, ["number": 5]))
    let notice = ChangeNotice(n: 1, number: 5, step: 3, values: ["lr": 0.01], by: "ann", time: 0)
    program.send(.notification(method: "changed", parameters: notice.json))
    program.send(.notification(method: "changed", parameters: notice.json))
    let change = Change(number: 5, step: 3, values: ["lr": 0.01], by: "ann")
    try await scene.listener.wait { $0.contains(.changed("1.1", change)) }
    #expect(await scene.fleet.mirror()["1.1"]?.first?.declaration.variables.first?.value == 0.01)

    await scene.fleet.perform(request(6, .fire(trigger: "nope")))
    try await program.messages.wait { $0.contains { if case .request(6, "trigger.fire", _) = $0 { true } else { false } } }
    program.send(.failure(id: 6, WireFailure(.unknownTag, "there is no trigger 'nope'")))
    try await scene.listener.wait { $0.contains(.refused("1.1", number: 6, message: "there is no trigger 'nope'")) }
    #expect(await scene.listener.kinds.filter { $0 == .changed("1.1", change) }.count == 1)
    program.hangUp()
    try await end(scene)
  }

  @Test func aChangeSurvivesTheAgent() async throws {
    let scene = try await scene()
    let program = try FakeProgram(dialing: scene.hub)
    program.greet("1.1", token: scene.token)
    try program.declare("lr", 0.5)
    await scene.fleet.perform(request(5, .set(["lr": 0.01])))
    try await program.messages.wait { $0.contains { if case .request(5, _, _) = $0 { true } else { false } } }
    scene.fixture.killAgent()
    try await program.closings.wait { !$0.isEmpty }
    var again: FakeProgram?
    while again == nil {
      again = try? FakeProgram(dialing: scene.hub)
      await Task.yield()
    }
    let program2 = try #require(again)
    program2.greet("1.1", token: scene.token)
    try program2.declare("lr", 0.5)
    try await program2.messages.wait { $0.contains { if case .request(5, _, _) = $0 { true } else { false } } }
    program2.hangUp()
    try await end(scene)
  }

  @Test func aChangeThatFindsNoProgramIsRefusedAtTheEnd() async throws {
    let scene = try await scene()
    await scene.fleet.perform(request(5, .set(["lr": 0.01])))
    await scene.fleet.perform(.stop("1.1"))
    _ = try await scene.listener.ending(of: "1.1")
    let message = "attempt 1.1 ended before change 5 took effect; nothing was changed"
    #expect(await scene.listener.kinds.dropLast().last == .refused("1.1", number: 5, message: message))
    await scene.fleet.perform(request(6, .set(["lr": 0.01])))
    try await scene.listener.wait {
      $0.contains(.refused("1.1", number: 6, message: "attempt 1.1 does not run any more; nothing was changed"))
    }
    await scene.fleet.close()
  }

  @Test func aConnectionThatOutlivesItsAttemptIsClosed() async throws {
    let scene = try await scene()
    let program = try FakeProgram(dialing: scene.hub)
    program.greet("1.1", token: scene.token)
    _ = try await program.answer(to: 1)
    await scene.fleet.perform(.stop("1.1"))
    _ = try await scene.listener.ending(of: "1.1")
    try await program.closings.wait { !$0.isEmpty }
    await scene.fleet.close()
  }
}
