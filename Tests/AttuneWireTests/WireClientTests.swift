import AttuneValues
import AttuneWireTesting
@testable import AttuneWire
import Testing

@Suite struct WireClientTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func asksAndHearsNewsMeanwhile() throws {
    let loop = try server { id, method in
      [.notification(method: "news", parameters: [1]), .result(id: id, .string(method))]
    }
    defer { loop.stop() }
    let client = try WireClient(dialing: directory.socket())
    var news: [JSON] = []
    let answer = try client.request("greet") { _, parameters in news.append(parameters) }
    #expect(answer == "greet")
    #expect(news == [[1]])
  }

  @Test func refusalIsThrown() throws {
    let failure = WireFailure(.unknownTag, "unknown variable 'lrr'")
    let loop = try server { id, _ in [.failure(id: id, failure)] }
    defer { loop.stop() }
    let client = try WireClient(dialing: directory.socket())
    #expect(throws: WireError.answered(failure)) { try client.request("variables.get") }
  }

  @Test func stoppedProgramTimesOut() throws {
    let loop = try server { _, _ in [] }
    defer { loop.stop() }
    let client = try WireClient(dialing: directory.socket())
    #expect(throws: WireError.timedOut(directory.socket(), "waiting for its answer to 'hello'")) {
      try client.request("hello", within: .milliseconds(30))
    }
  }

  @Test func programThatDoesNotEvenAcceptTimesOut() throws {
    let listener = try Descriptor.listening(at: directory.socket())
    defer { listener.close() }
    let client = try WireClient(dialing: directory.socket())
    #expect(throws: WireError.timedOut(directory.socket(), "waiting for its answer to 'hello'")) {
      try client.request("hello", within: .milliseconds(30))
    }
  }

  @Test func hungUpAndAbsent() throws {
    let loop = try LineLoop(name: "test") { loop, event in
      if case .line(let peer, _) = event { loop.close(peer) }
    }
    try loop.listen(at: directory.socket())
    let client = try WireClient(dialing: directory.socket())
    #expect(throws: WireError.hungUp(directory.socket())) { try client.request("hello") }
    loop.stop()
    #expect(throws: WireError.cannotDial(directory.socket(), "No such file or directory")) { try WireClient(dialing: directory.socket()) }
  }

  private func server(_ answer: @escaping @Sendable (JSON, String) -> [WireMessage]) throws -> LineLoop {
    let loop = try LineLoop(name: "server") { loop, event in
      guard case .line(let peer, let line) = event, case .request(let id, let method, _)? = try? WireMessage(parsing: line) else { return }
      for message in answer(id, method) { loop.send(message.json, to: peer) }
    }
    try loop.listen(at: directory.socket())
    return loop
  }
}
