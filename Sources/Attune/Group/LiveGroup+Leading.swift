import AttuneValues
import AttuneWire

/// The leader: its ranks' lines become events of `GroupLeader`, whose actions are carried out here.
extension LiveGroup {
  /// Puts a change to the ranks; its asker is answered when they have decided.
  func ask(_ change: GroupChange, for asker: Asker) {
    state.withLock { state in
      guard state.loop != nil else {
        let failure = WireFailure(.refused, "the ranks cannot be reached: their group is over. No rank has changed anything.")
        return asker.loop.send(WireMessage.failure(id: asker.id, failure).json, to: asker.peer)
      }
      state.lastAsker += 1
      state.askers[state.lastAsker] = asker
      lead(.asked(change, asker: state.lastAsker), &state)
    }
  }

  func hear(_ message: WireMessage, from peer: Peer, on loop: LineLoop) throws(WireFailure) {
    switch message {
    case .request(let id, LiveMethod.joinGroup, let parameters):
      do throws(WireFailure) {
        try admit(try GroupJoin(json: parameters), id, peer)
      } catch {
        loop.send(WireMessage.failure(id: id, error).json, to: peer)
      }
    case .request(let id, let method, _):
      let failure = WireFailure(.unknownMethod, "unknown method '\(method)': here only ranks of a group are heard. Nothing was changed.")
      loop.send(WireMessage.failure(id: id, failure).json, to: peer)
    case .notification(LiveMethod.applied, let parameters):
      tell(from: peer) { rank in parameters["proposal"]?.int.map { .applied(rank: rank, proposal: $0) } }
    case .notification(LiveMethod.leaveGroup, _): tell(from: peer) { .left(rank: $0) }
    case .notification: break
    case .result(let id, let result):
      tell(from: peer) { rank in
        guard let proposal = id.int, let step = result["step"]?.int else { return nil }
        return .acknowledged(rank: rank, proposal: proposal, step: step)
      }
    case .failure(let id, let failure):
      tell(from: peer) { rank in id.int.map { .vetoed(rank: rank, proposal: $0, reason: failure.message) } }
    }
  }

  func lost(_ peer: Peer) {
    state.withLock { state in
      guard let rank = state.peers.first(where: { $0.value == peer })?.key else { return }
      state.peers[rank] = nil
      lead(.lost(rank: rank), &state)
    }
  }

  private func admit(_ join: GroupJoin, _ id: JSON, _ peer: Peer) throws(WireFailure) {
    guard seat.token == nil || join.token == seat.token else {
      throw WireFailure(.refused, "rank \(join.rank) has another ATTUNE_GROUP_TOKEN than its leader.")
    }
    try state.withLock { state throws(WireFailure) in
      if let refusal = state.leader?.refusal(of: join) { throw refusal }
      if let old = state.peers[join.rank], old != peer { state.loop?.close(old) }
      state.peers[join.rank] = peer
      state.welcomes[join.rank] = id
      lead(.joined(join), &state)
    }
  }

  private func tell(from peer: Peer, _ event: (Int) -> GroupLeader.Event?) {
    state.withLock { state in
      guard let rank = state.peers.first(where: { $0.value == peer })?.key, let event = event(rank) else { return }
      lead(event, &state)
    }
  }

  func lead(_ event: GroupLeader.Event, _ state: inout State) {
    for action in state.leader?.handle(event) ?? [] { perform(action, &state) }
  }

  private func perform(_ action: GroupLeader.Action, _ state: inout State) {
    switch action {
    case .propose(let change, 0): state.loop?.after(.zero) { [weak self] in self?.consider(change) }
    case .propose(let change, let rank):
      send(.request(id: .int(change.proposal), method: LiveMethod.propose, parameters: change.json), rank, state)
    case .commit(let change, 0):
      registry?.decided(change)
      _ = state.member.commit(change)
      gate.ring()
    case .commit(let change, let rank): send(.notification(method: LiveMethod.commit, parameters: change.json), rank, state)
    case .drop(let proposal, _, 0):
      state.member.forget(proposal)
      gate.ring()
    case .drop(let proposal, let why, let rank):
      send(.notification(method: LiveMethod.abort, parameters: ["proposal": .int(proposal), "why": .string(why)]), rank, state)
    case .welcome(let rank, let open):
      guard let id = state.welcomes.removeValue(forKey: rank) else { return }
      send(.result(id: id, GroupWelcome(group: state.name ?? "", margin: Self.margin, open: open).json), rank, state)
    case .answer(let number, let result):
      guard let asker = state.askers.removeValue(forKey: number) else { return }
      switch result {
      case .success(let number):
        asker.loop.send(WireMessage.result(id: asker.id, Acceptance(number: number, by: asker.by).json).json, to: asker.peer)
      case .failure(let failure): asker.loop.send(WireMessage.failure(id: asker.id, failure).json, to: asker.peer)
      }
    case .start(let timer):
      state.timers.append((.after(patience), timer))
      setAlarm(&state)
    case .tell(let number, let ranks): registry?.tell(number: number, ranks: ranks)
    }
  }

  private func send(_ message: WireMessage, _ rank: Int, _ state: State) {
    if let peer = state.peers[rank] { state.loop?.send(message.json, to: peer) }
  }

  /// One alarm for all timers: they have the same patience, so the first to begin is the first to end.
  private func setAlarm(_ state: inout State) {
    guard !state.hasAlarm, let next = state.timers.first else { return }
    state.hasAlarm = true
    state.loop?.after(.seconds(max(0, next.end - .now))) { [weak self] in
      self?.state.withLock { state in self?.wake(&state) }
    }
  }

  private func wake(_ state: inout State) {
    state.hasAlarm = false
    let due = state.timers.prefix { $0.end <= .now }
    state.timers.removeFirst(due.count)
    for (_, timer) in due { lead(.timedOut(timer), &state) }
    setAlarm(&state)
  }

  /// Asks the leader's own program, outside the lock: a validator is a stranger's code.
  private func consider(_ change: GroupChange) {
    let reason = registry?.objection(to: change)
    state.withLock { state in
      if let reason { return lead(.vetoed(rank: 0, proposal: change.proposal, reason: reason), &state) }
      let step = state.member.acknowledge(change.proposal, at: registry?.step ?? 0)
      lead(.acknowledged(rank: 0, proposal: change.proposal, step: step), &state)
    }
  }
}
