import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune

/// A program with its own registry, socket directory and environment.
final class TestProgram: Sendable {
  let directory: TemporaryDirectory
  let registry: LiveRegistry
  let warnings: Inbox<String>

  init(_ directory: TemporaryDirectory, name: String = "train", _ variables: [String: String] = [:]) throws {
    self.directory = directory
    let warnings = try Inbox<String>()
    self.warnings = warnings
    let runtime = variables["XDG_RUNTIME_DIR"] ?? directory.path
    let environment = ProgramEnvironment(path: "/usr/bin/\(name)") { $0 == "XDG_RUNTIME_DIR" ? runtime : variables[$0] }
    registry = LiveRegistry(environment: environment) { warnings.put($0) }
  }

  deinit { registry.finish(within: .zero) }

  /// Where it listens when it runs by itself.
  var address: SocketAddress {
    RuntimeDirectory(path: "\(directory.path)/attune").programAddress(name: registry.environment.name, pid: processID)
  }

  func client() throws -> WireClient { try WireClient(dialing: address) }

  /// Waits for so many changes, from the first.
  func changes(_ count: Int) throws -> [ChangeNotice] {
    let client = try client()
    _ = try client.request(LiveMethod.subscribeToChanges, ["from": 1])
    var changes: [ChangeNotice] = []
    while changes.count < count {
      let news = try client.notification(within: .seconds(20))
      if news.method == LiveMethod.changed { changes.append(try ChangeNotice(json: news.parameters)) }
    }
    return changes
  }
}

/// Runs the body on a thread of its own: a test's cooperative thread must not wait in it.
func onThread(_ body: @escaping @Sendable () -> Void) throws {
  let loop = try LineLoop(name: "test") { _, _ in }
  loop.after(.zero) {
    body()
    loop.stop()
  }
}

/// The other side of a program under an experiment. It keeps what it hears; a test acknowledges and asks.
final class TestHub: Sendable {
  let loop: LineLoop
  private let heard: Inbox<(peer: Peer, message: WireMessage)>

  init(at address: SocketAddress, acknowledged: Int = 0, changes: Int? = nil, refusing failure: WireFailure? = nil) throws {
    let heard = try Inbox<(peer: Peer, message: WireMessage)>()
    self.heard = heard
    loop = try LineLoop(name: "hub") { loop, event in
      guard case .line(let peer, let line) = event, let message = try? WireMessage(parsing: line) else { return }
      if case .request(let id, LiveMethod.hello, _) = message {
        let result = GreetingAnswer(acknowledged: acknowledged, changes: changes).json
        loop.send((failure.map { .failure(id: id, $0) } ?? WireMessage.result(id: id, result)).json, to: peer)
      }
      heard.put((peer, message))
    }
    try loop.listen(at: address)
  }

  deinit { loop.stop() }

  /// Sends to the program that spoke last.
  func send(_ message: WireMessage) throws {
    guard let peer = heard.all.last?.peer else { throw WireError.system("program", "none has greeted") }
    loop.send(message.json, to: peer)
  }

  func acknowledge(_ number: Int) throws {
    try send(.notification(method: LiveMethod.acknowledged, parameters: ["n": .int(number)]))
  }

  /// Waits until so many of what `pick` finds have come.
  func wait<Found>(_ count: Int, _ pick: (WireMessage) -> Found?) throws -> [Found] {
    try heard.wait { $0.compactMap { pick($0.message) }.count >= count }.compactMap { pick($0.message) }
  }

  func reports(_ count: Int) throws -> [ReportNotice] {
    try wait(count) { message in
      if case .notification(LiveMethod.reported, let parameters) = message { try? ReportNotice(json: parameters) } else { nil }
    }
  }

  func changes(_ count: Int) throws -> [ChangeNotice] {
    try wait(count) { message in
      if case .notification(LiveMethod.changed, let parameters) = message { try? ChangeNotice(json: parameters) } else { nil }
    }
  }

  func greetings(_ count: Int) throws -> [ProgramGreeting] {
    try wait(count) { message in
      if case .request(_, LiveMethod.hello, let parameters) = message { try? ProgramGreeting(json: parameters) } else { nil }
    }
  }

  func answers(_ count: Int) throws -> [WireMessage] {
    try wait(count) { message in
      switch message {
      case .result, .failure: message
      default: nil
      }
    }
  }
}
