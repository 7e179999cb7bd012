import AttuneValues
import AttuneWire
import Synchronization

/// A group of ranks as one of its processes sees it: the shell around `GroupLeader` and `GroupMember`, with its own thread and connections.
///
/// Everything is sent under the lock, so that every rank hears of everything in its order. The registry's lock may be taken under the
/// group's, never the other way round.
final class LiveGroup: Sendable {
  /// Whom to answer.
  struct Asker {
    let id: JSON
    let peer: Peer
    let loop: LineLoop
    let by: String
  }

  /// A follower's connection to its leader.
  enum Link: Equatable {
    /// To be dialled after that pause. Before the first welcome, whether anybody listens there says nothing.
    case absent(pause: Duration)
    case joining(Peer)
    case joined(Peer)
    /// The leader has ended, or has refused.
    case over

    var peer: Peer? {
      switch self {
      case .joining(let peer), .joined(let peer): peer
      case .absent, .over: nil
      }
    }
  }

  struct State {
    var leader: GroupLeader?
    var member: GroupMember
    var loop: LineLoop?
    /// The leader's connections, by rank.
    var peers: [Int: Peer] = [:]
    /// The requests of ranks that wait to be welcomed.
    var welcomes: [Int: JSON] = [:]
    var askers: [Int: Asker] = [:]
    var lastAsker = 0
    var link = Link.absent(pause: .milliseconds(20))
    var name: String?
    /// Since when the leader cannot be dialled.
    var lostAt: Moment?
    /// What ends after the group's patience, in the order of the moments.
    var timers: [(end: Moment, timer: GroupLeader.Timer)] = []
    var hasAlarm = false
    /// Why the rank has not joined, as far as is known.
    var problem = "nobody listens there"
    var isOver = false
  }

  /// How many steps lie between the furthest rank and the change.
  static let margin = 2
  /// How long a follower that cannot reach its leader keeps a promise.
  static let unreachableSeconds = 60.0

  let seat: GroupSeat
  /// How long the ranks may take to answer.
  let patience: Duration
  let state: Mutex<State>
  /// Rung at every decision.
  let gate: Bell
  /// Rung when the leader has answered `group.join`.
  let arrival: Bell
  let owner = processID
  /// Names this process among all that ever take its rank's place.
  let process = "\(processID)-\(UInt64.random(in: 0 ... .max))"
  weak let registry: LiveRegistry?

  /// - Throws: `WireError` when the system has no descriptors left.
  init(_ seat: GroupSeat, of registry: LiveRegistry, patience: Duration) throws(WireError) {
    self.seat = seat
    self.registry = registry
    self.patience = patience
    gate = try Bell()
    arrival = try Bell()
    let leader = seat.rank == 0 ? GroupLeader(world: seat.world, margin: Self.margin, pid: processID) : nil
    state = Mutex(State(leader: leader, member: GroupMember(margin: Self.margin)))
  }

  deinit { state.withLock { $0.loop?.stop() } }

  /// Listens, or dials the leader.
  /// - Parameter earlier: what the leader's variables hold since somebody changed them, for the others to hold it too.
  /// - Throws: `WireError` when the system has no threads left, or the leader cannot listen.
  func open(_ earlier: [String: Value]) throws(WireError) {
    let loop = try LineLoop(name: "attune-ranks") { [weak self] loop, event in self?.handle(event, on: loop) }
    state.withLock { state in
      state.loop = loop
      guard isLeading else { return }
      state.name = process
      if !earlier.isEmpty { state.leader?.begin(with: GroupChange(proposal: 0, number: 0, values: earlier, by: "program", atStep: 0)) }
    }
    if isLeading {
      try loop.listen(at: seat.address)
    } else {
      loop.after(.zero) { [weak self] in self?.dial() }
    }
  }

  /// Waits until the leader has welcomed this rank.
  /// - Returns: why it has not in time; `nil` when it has, or when it was said already.
  func problem(within limit: Duration) -> String? {
    guard !isLeading else { return nil }
    let deadline = Moment.after(limit)
    while true {
      let (isOver, problem) = state.withLock { ($0.link == .over || $0.name != nil, $0.problem) }
      if isOver { return nil }
      if !arrival.wait(until: deadline) { return problem }
    }
  }

  var isLeading: Bool { seat.rank == 0 }

  private func hold(at step: Int) {
    // A forked child has no thread that could hear the decision.
    guard processID == owner else { return }
    while !state.withLock({ $0.member.mayComplete(step) }) {
      // Whoever else waits may have heard the ring.
      _ = gate.wait(until: .after(.milliseconds(500)))
    }
  }

  /// What `step(_:)` is to make, once a promise no longer forbids to complete the step.
  func decisions(at step: Int) -> [GroupChange] {
    hold(at: step)
    return takeDue(at: step)
  }

  /// What is to be made at this step.
  func takeDue(at step: Int) -> [GroupChange] { state.withLock { $0.member.takeDue(at: step) } }

  /// Tells the leader what has been made.
  func confirm(_ changes: [GroupChange]) {
    guard !changes.isEmpty, processID == owner else { return }
    state.withLock { state in
      for change in changes { confirm(change.proposal, &state) }
    }
  }

  func confirm(_ proposal: Int, _ state: inout State) {
    if isLeading {
      lead(.applied(rank: 0, proposal: proposal), &state)
    } else if let peer = state.link.peer {
      state.loop?.notify(LiveMethod.applied, ["proposal": .int(proposal), "step": .int(registry?.step ?? 0)], to: peer)
    }
  }

  /// Ends the group's thread; the others hear that this program has ended, and a promise is over.
  func finish() {
    guard processID == owner else { return }
    state.withLock { state in
      guard !state.isOver else { return }
      state.isOver = true
      if isLeading { lead(.ended, &state) }
      for peer in state.peers.values { state.loop?.notify(LiveMethod.leaveGroup, [:], to: peer) }
      if let peer = state.link.peer { state.loop?.notify(LiveMethod.leaveGroup, [:], to: peer) }
      state.link = .over
      state.member.release()
      state.loop?.stop()
      state.loop = nil
    }
    gate.ring()
  }

  private func handle(_ event: LineLoop.Event, on loop: LineLoop) {
    switch event {
    case .opened: break
    case .closed(let peer): isLeading ? lost(peer) : hungUp(peer)
    case .line(let peer, let line):
      do throws(WireFailure) {
        let message = try WireMessage(parsing: line)
        if isLeading { try hear(message, from: peer, on: loop) } else { try obey(message, from: peer, on: loop) }
      } catch {
        loop.send(WireMessage.failure(id: .null, error).json, to: peer)
      }
    }
  }
}

extension LineLoop {
  func notify(_ method: String, _ parameters: JSON, to peer: Peer) {
    send(WireMessage.notification(method: method, parameters: parameters).json, to: peer)
  }
}
