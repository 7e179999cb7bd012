import AttuneFleet
import AttuneValues
import AttuneWire

/// Speaks to an agent as a program with a client library does, one message at a time.
struct FakeProgram {
  let messages: Collector<WireMessage>
  let closings: Collector<Bool>
  private let loop: LineLoop
  private let peer: Peer

  init(dialing hub: String) throws {
    let messages = Collector<WireMessage>()
    let closings = Collector<Bool>()
    let (lines, arrived) = AsyncStream.makeStream(of: WireMessage?.self)
    loop = try LineLoop(name: "fake-program") { _, event in
      switch event {
      case .line(_, let bytes): if let message = try? WireMessage(parsing: bytes) { arrived.yield(message) }
      case .closed: arrived.yield(nil)
      case .opened: break
      }
    }
    peer = try loop.dial(.unix(path: hub))
    self.messages = messages
    self.closings = closings
    Task {
      for await message in lines {
        if let message { await messages.add(message) } else { await closings.add(true) }
      }
    }
  }

  func greet(_ attempt: String, token: String, pid: Int = 4711, reported: Int = 0) {
    let greeting = ProgramGreeting(attempt: attempt, pid: pid, name: "train", token: token, reported: reported)
    send(.request(id: 1, method: LiveMethod.hello, parameters: greeting.json))
  }

  func declare(_ tag: String, _ value: Double, triggers: [String] = []) throws {
    let json: JSON = [
      "variables": [["tag": .string(tag), "type": "float", "value": .float(value)]], "triggers": .array(triggers.map(JSON.string)),
    ]
    send(.notification(method: LiveMethod.declared, parameters: try Declaration(json: json).json))
  }

  func report(_ n: Int, step: Int, _ accuracy: Double) {
    let notice = ReportNotice(n: n, step: step, metrics: ["accuracy": accuracy], elapsed: Double(n))
    send(.notification(method: LiveMethod.reported, parameters: notice.json))
  }

  func send(_ message: WireMessage) { loop.send(message.json, to: peer) }

  func hangUp() { loop.stop() }

  /// The answer to the request of that number, awaited.
  func answer(to id: JSON) async throws -> WireMessage {
    let answers = try await messages.wait { $0.contains { $0.answers(id) } }
    return answers.last { $0.answers(id) } ?? .result(id: id, .null)
  }
}

extension WireMessage {
  func answers(_ wanted: JSON) -> Bool {
    switch self {
    case .result(let id, _), .failure(let id, _): id == wanted
    default: false
    }
  }

  func isNotification(_ wanted: String, _ parameters: JSON) -> Bool { self == .notification(method: wanted, parameters: parameters) }
}
