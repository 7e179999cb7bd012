import AttuneValues
import AttuneWireTesting
@testable import AttuneWire
import Testing

@Suite struct LineLoopTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func answersEveryLineInOrder() throws {
    let loop = try echo()
    defer { loop.stop() }
    let client = try RawSocket(directory.socket())
    client.send("one\ntw")
    client.send("o\n\nthree\n")
    #expect(client.lines(atMost: 3) == ["\"one\"", "\"two\"", "\"three\""])
  }

  @Test func socketFileIsPrivateAndRemoved() throws {
    let loop = try echo()
    let status = try fileMode(directory.socket().description)
    #expect(status == 0o600)
    loop.stop()
    #expect(directory.names.isEmpty)
  }

  @Test func longLineIsAnsweredAndSkipped() throws {
    var limits = LineLoop.Limits()
    limits.line = 100
    let loop = try echo(limits)
    defer { loop.stop() }
    let client = try RawSocket(directory.socket())
    client.send(String(repeating: "x", count: 300_000) + "\nok\n")
    let lines = client.lines(atMost: 2)
    #expect(lines.first?.contains("a line longer than 100 bytes was skipped; the connection stays open") == true)
    #expect(lines.last == "\"ok\"")
  }

  @Test func halfClosedPeerGetsItsAnswer() throws {
    let loop = try echo()
    defer { loop.stop() }
    let client = try RawSocket(directory.socket())
    client.send("last words\nunfinished")
    client.halfClose()
    #expect(client.lines() == ["\"last words\""])
  }

  @Test func slowReaderIsDroppedAndNobodyWaits() throws {
    var limits = LineLoop.Limits()
    limits.outgoing = 1 << 20
    let events = try Inbox<String>()
    let loop = try LineLoop(name: "test", limits: limits) { loop, event in
      switch event {
      case .opened: events.put("opened")
      case .closed: events.put("closed")
      case .line(let peer, let line):
        let text = String(decoding: line, as: UTF8.self)
        if text == "flood" {
          for _ in 0..<4096 { loop.send(.string(String(repeating: "x", count: 1024)), to: peer) }
        } else {
          loop.send(.string(text), to: peer)
        }
      }
    }
    defer { loop.stop() }
    try loop.listen(at: directory.socket())
    let slow = try RawSocket(directory.socket())
    slow.send("flood\n")
    try events.wait { $0.contains("closed") }
    let other = try RawSocket(directory.socket())
    other.send("still here\n")
    #expect(other.lines(atMost: 1) == ["\"still here\""])
    withExtendedLifetime(slow) {}
  }

  @Test(arguments: ["", "begun but never ended"])
  func silentPeerIsDropped(opening: String) throws {
    var limits = LineLoop.Limits()
    limits.patience = .milliseconds(50)
    let loop = try echo(limits)
    defer { loop.stop() }
    let client = try RawSocket(directory.socket())
    client.send(opening)
    #expect(client.lines() == [])
  }

  @Test func dialsAndListensAtOnce() throws {
    let heard = try Inbox<String>()
    let server = try echo()
    defer { server.stop() }
    let loop = try LineLoop(name: "dialler") { _, event in
      switch event {
      case .line(_, let line): heard.put(String(decoding: line, as: UTF8.self))
      case .closed: heard.put("closed")
      case .opened: heard.put("opened")
      }
    }
    defer { loop.stop() }
    let peer = try loop.dial(directory.socket())
    loop.send("hello", to: peer)
    #expect(try heard.wait(count: 1) == ["\"\\\"hello\\\"\""])
    server.stop()
    #expect(try heard.wait(count: 2).last == "closed")
  }

  @Test func takesOverADeadSocketButNotALiveOne() throws {
    let first = try echo()
    #expect(throws: WireError.self) { try echo() }
    first.stop()
    _ = directory.write("", to: "not-a-socket")
    try makeDeadSocket(directory.socket())
    let second = try echo()
    defer { second.stop() }
    let client = try RawSocket(directory.socket())
    client.send("alive\n")
    #expect(client.lines(atMost: 1) == ["\"alive\""])
  }

  @Test func longPathIsNamed() throws {
    let path = "/tmp/" + String(repeating: "d", count: 120)
    let loop = try LineLoop(name: "test") { _, _ in }
    defer { loop.stop() }
    #expect(throws: WireError.pathTooLong(path)) { try loop.listen(at: .unix(path: path)) }
    #expect(
      WireError.pathTooLong(path).description.hasSuffix(
        "is 125 bytes long: the path of a socket has room for 107. Use a shorter directory."))
  }

  @Test func timersRunInTheirOrder() throws {
    let rung = try Inbox<Int>()
    let loop = try LineLoop(name: "test") { _, _ in }
    defer { loop.stop() }
    loop.after(.milliseconds(30)) { rung.put(2) }
    loop.after(.zero) { rung.put(1) }
    #expect(try rung.wait(count: 2) == [1, 2])
  }

  @Test func loopbackPortIsChosen() throws {
    let loop = try LineLoop(name: "test") { loop, event in
      if case .line(let peer, let line) = event, let message = try? WireMessage(parsing: line),
        case .request(let id, _, let parameters) = message
      {
        loop.send(WireMessage.result(id: id, parameters).json, to: peer)
      }
    }
    defer { loop.stop() }
    let address = try loop.listen(at: .tcp(host: "127.0.0.1", port: 0))
    let client = try WireClient(dialing: address)
    #expect(try client.request("echo", ["a": 1]) == ["a": 1])
  }

  private func echo(_ limits: LineLoop.Limits = LineLoop.Limits()) throws -> LineLoop {
    let loop = try LineLoop(name: "echo", limits: limits) { loop, event in
      if case .line(let peer, let line) = event { loop.send(.string(String(decoding: line, as: UTF8.self)), to: peer) }
    }
    do { try loop.listen(at: directory.socket()) } catch {
      loop.stop()
      throw error
    }
    return loop
  }
}
