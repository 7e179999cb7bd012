import AttuneWireTesting
@testable import AttuneWire
import Testing

/// Many peers, and peers that say much at once.
@Suite struct LineLoopCrowdTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func aBatchIsAnsweredInItsOrder() throws {
    let loop = try echo()
    defer { loop.stop() }
    let client = try RawSocket(directory.socket())
    let words = (1...3000).map { "line \($0)" }
    client.send(words.joined(separator: "\n") + "\n")
    #expect(client.lines(atMost: 3000) == words.map { "\"\($0)\"" })
  }

  @Test func whoSaysNothingGivesWay() throws {
    var limits = LineLoop.Limits()
    limits.peers = 8
    let loop = try echo(limits)
    defer { loop.stop() }
    let known = try RawSocket(directory.socket())
    known.send("first\n")
    #expect(known.lines(atMost: 1) == ["\"first\""])
    let silent = try (0..<100).map { _ in try RawSocket(directory.socket()) }
    let newcomer = try RawSocket(directory.socket())
    newcomer.send("hello\n")
    #expect(newcomer.lines(atMost: 1) == ["\"hello\""])
    known.send("still here\n")
    #expect(known.lines(atMost: 1) == ["\"still here\""])
    #expect(silent[0].lines().isEmpty)
  }

  @Test func isHungUpOnWhenAllAreKnown() throws {
    var limits = LineLoop.Limits()
    limits.peers = 2
    let loop = try echo(limits)
    defer { loop.stop() }
    let known = try (0..<2).map { _ in try RawSocket(directory.socket()) }
    for client in known {
      client.send("a\n")
      #expect(client.lines(atMost: 1) == ["\"a\""])
    }
    #expect(try RawSocket(directory.socket()).lines().isEmpty)
    known[1].send("b\n")
    #expect(known[1].lines(atMost: 1) == ["\"b\""])
  }

  @Test func longLineInManyPiecesIsWhole() throws {
    let loop = try echo()
    defer { loop.stop() }
    let client = try RawSocket(directory.socket())
    let long = String(repeating: "0123456789", count: 100_000)
    client.send(long + "\n")
    #expect(client.lines(atMost: 1) == ["\"\(long)\""])
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
