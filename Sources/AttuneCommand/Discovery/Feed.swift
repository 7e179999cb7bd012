import AttuneValues
import AttuneWire
import Foundation
import Synchronization

/// The stream of `attune ps --watch`: which programs appear, what they report and change, and which vanish. One JSON object a line.
///
/// Every line has an `event`: `appeared` with all that `attune ps --json` tells (an experiment: its `programs`), `silent` when a program that is there does not answer,
/// `vanished`, and the protocol's own `reported`, `changed` and `declared` with their parameters. Each has `name` and `pid`, or `experiment`.
final class Feed: Sendable {
  /// Far behind every number: only what comes from now on.
  private static let fromNow: JSON = 9_007_199_254_740_991

  private struct Known {
    var answers: Survey.Answers
    /// What its lines begin with, once it has said who it is.
    var head: [String: JSON] = [:]
    var isShown = false
  }

  private struct State {
    var byPeer: [Peer: Known] = [:]
    /// Sockets that could not be dialled, and were told of.
    var silent: Set<SocketAddress> = []
  }

  private let state = Mutex(State())
  private let write: @Sendable (JSON) -> Void

  /// - Parameter write: takes one line; called on the feed's own thread.
  init(write: @escaping @Sendable (JSON) -> Void) { self.write = write }

  /// Begins; the feed goes on until the loop is stopped.
  /// - Throws: `WireError.system` when the process has no descriptor or thread left.
  func start() throws(WireError) -> LineLoop {
    let loop = try LineLoop(name: "attune-feed") { loop, event in self.take(event, on: loop) }
    loop.after(.zero) { self.look(on: loop) }
    return loop
  }

  /// Finds who is new, now and every half second.
  private func look(on loop: LineLoop) {
    let entries = RuntimeDirectory.existing().flatMap { $0.sweep() }
    let known = state.withLock { state in
      state.silent.formIntersection(entries.map(\.address))
      return Set(state.byPeer.values.map(\.answers.entry.address))
    }
    for entry in entries where !known.contains(entry.address) { ask(entry, on: loop) }
    loop.after(.milliseconds(500)) { self.look(on: loop) }
  }

  private func ask(_ entry: RuntimeDirectory.Entry, on loop: LineLoop) {
    guard let peer = try? loop.dial(entry.address, within: .zero) else { return tellSilent(entry) }
    state.withLock { $0.byPeer[peer] = Known(answers: Survey.Answers(entry: entry)) }
    for (id, method) in [LiveMethod.hello, entry.listMethod].enumerated() {
      loop.send(WireMessage.request(id: .int(id), method: method, parameters: [:]).json, to: peer)
    }
    loop.after(.seconds(2)) {
      let isSilent = self.state.withLock { state in state.byPeer[peer].map { !$0.isShown } ?? false }
      if isSilent { self.tellSilent(entry) }
    }
  }

  private func tellSilent(_ entry: RuntimeDirectory.Entry) {
    guard state.withLock({ $0.silent.insert(entry.address).inserted }) else { return }
    var members = Self.head(of: entry)
    members["event"] = "silent"
    members["problem"] = .string(Survey.silence(of: entry))
    write(.object(members))
  }

  private func take(_ event: LineLoop.Event, on loop: LineLoop) {
    switch event {
    case .opened: return
    case .closed(let peer):
      guard let known = state.withLock({ $0.byPeer.removeValue(forKey: peer) }), known.isShown else { return }
      write(.object(known.head.merging(["event": "vanished"]) { own, _ in own }))
    case .line(let peer, let line):
      switch try? WireMessage(parsing: line) {
      case .result(0, let identity): note(peer, on: loop) { $0.identity = identity }
      case .result(1, let content): note(peer, on: loop) { $0.content = content }
      case .notification(let method, let parameters):
        guard let head = state.withLock({ $0.byPeer[peer]?.head }) else { return }
        write(.object((parameters.object ?? [:]).merging(head) { own, _ in own }.merging(["event": .string(method)]) { _, new in new }))
      default: return
      }
    }
  }

  private func note(_ peer: Peer, on loop: LineLoop, _ change: (inout Survey.Answers) -> Void) {
    let complete = state.withLock { state -> Known? in
      guard var known = state.byPeer[peer] else { return nil }
      change(&known.answers)
      known.isShown = known.answers.isComplete
      known.head = Self.head(of: known.answers.entry, known.answers.identity)
      state.byPeer[peer] = known
      if known.isShown { state.silent.remove(known.answers.entry.address) }
      return known.isShown ? known : nil
    }
    guard let complete else { return }
    // Who is only now told of has its lines behind this one: they are asked for afterwards.
    write(.object(Self.appearance(of: complete).merging(["event": "appeared"]) { _, new in new }))
    for (id, method) in [LiveMethod.subscribeToReports, LiveMethod.subscribeToChanges].enumerated() {
      loop.send(WireMessage.request(id: .int(2 + id), method: method, parameters: ["from": Self.fromNow]).json, to: peer)
    }
  }

  private static func appearance(of known: Known) -> [String: JSON] {
    let listings = ProgramListing.all(of: known.answers, now: wallClockSeconds())
    switch known.answers.entry.owner {
    case .program: return listings.first?.json.object ?? known.head
    case .experiment: return known.head.merging(["programs": .array(listings.map(\.json))]) { own, _ in own }
    }
  }

  private static func head(of entry: RuntimeDirectory.Entry, _ identity: JSON? = nil) -> [String: JSON] {
    switch entry.owner {
    case .program(let name, let pid): ["name": identity?["name"] ?? .string(name), "pid": .int(pid)]
    case .experiment(let name): ["experiment": identity?["name"] ?? .string(name)]
    }
  }
}
