import AttuneValues
import AttuneWire

/// A follower: it dials the leader, promises, and makes what was decided.
extension LiveGroup {
  func dial() {
    guard let loop = state.withLock({ $0.loop }) else { return }
    do throws(WireError) {
      let peer = try loop.dial(seat.address, within: .seconds(1))
      state.withLock { state in
        state.link = .joining(peer)
        state.lostAt = nil
        state.problem = "the leader does not answer"
        let join = GroupJoin(
          rank: seat.rank, world: seat.world, process: process, pid: owner, step: registry?.step ?? 0, token: seat.token)
        loop.send(WireMessage.request(id: 1, method: LiveMethod.joinGroup, parameters: join.json).json, to: peer)
      }
    } catch {
      if isGone(error) {
        end("the leader of the ranks has died: rank \(seat.rank) can no longer be tuned. The program goes on.")
      } else {
        retry()
      }
    }
  }

  /// Whether the failure to dial says that the leader's process, which was there, has ended; or has been out of reach for too long.
  private func isGone(_ failure: WireError) -> Bool {
    state.withLock { state in
      state.problem = "\(failure)"
      guard state.name != nil else { return false }
      if failure.isNobodyThere { return true }
      let lostAt = state.lostAt ?? .now
      state.lostAt = lostAt
      return Moment.now - lostAt > Self.unreachableSeconds
    }
  }

  /// Dials again after a pause that doubles up to one second.
  private func retry() {
    state.withLock { state in
      guard case .absent(let pause) = state.link else { return }
      state.link = .absent(pause: min(pause * 2, .seconds(1)))
      state.loop?.after(pause) { [weak self] in self?.dial() }
    }
  }

  func hungUp(_ peer: Peer) {
    let isLink = state.withLock { state in
      guard state.link == .joining(peer) || state.link == .joined(peer) else { return false }
      state.link = .absent(pause: .milliseconds(20))
      return true
    }
    if isLink { retry() }
  }

  func obey(_ message: WireMessage, from peer: Peer, on loop: LineLoop) throws(WireFailure) {
    switch message {
    case .request(let id, LiveMethod.propose, let parameters): consider(try GroupChange(json: parameters), id, peer, loop)
    case .request(let id, let method, _):
      let failure = WireFailure(.unknownMethod, "unknown method '\(method)'. Nothing was changed.")
      loop.send(WireMessage.failure(id: id, failure).json, to: peer)
    case .notification(LiveMethod.commit, let parameters): commit(try GroupChange(json: parameters))
    case .notification(LiveMethod.abort, let parameters):
      state.withLock { state in
        if let proposal = parameters["proposal"]?.int { state.member.forget(proposal) }
      }
      gate.ring()
    case .notification(LiveMethod.leaveGroup, _): end(nil)
    case .result(1, let result): joined(try GroupWelcome(json: result), peer)
    case .failure(1, let failure): refused(failure, peer, loop)
    case .notification, .result, .failure: break
    }
  }

  private func consider(_ change: GroupChange, _ id: JSON, _ peer: Peer, _ loop: LineLoop) {
    if let reason = registry?.objection(to: change) {
      loop.send(WireMessage.failure(id: id, WireFailure(.refused, reason)).json, to: peer)
      return
    }
    state.withLock { state in
      let step = state.member.acknowledge(change.proposal, at: registry?.step ?? 0)
      loop.send(WireMessage.result(id: id, ["step": .int(step)]).json, to: peer)
    }
  }

  private func commit(_ change: GroupChange) {
    state.withLock { state in
      if state.member.commit(change) != nil { confirm(change.proposal, &state) }
    }
    gate.ring()
  }

  private func joined(_ welcome: GroupWelcome, _ peer: Peer) {
    let before = state.withLock { state in
      let before = state.name
      guard before == nil || before == welcome.group else { return before }
      state.name = welcome.group
      state.link = .joined(peer)
      state.member.margin = welcome.margin
      state.member.rejoined(open: welcome.open)
      return before
    }
    if let before, before != welcome.group {
      return end("the leader of the ranks is another process now: rank \(seat.rank) can no longer be tuned. The program goes on.")
    }
    // What lies behind a new rank it makes before its program goes on; a known one makes everything in its own steps.
    if before == nil { registry?.makeGroupChanges(from: self) }
    gate.ring()
    arrival.ring()
  }

  private func refused(_ failure: WireFailure, _ peer: Peer, _ loop: LineLoop) {
    state.withLock { state in
      state.problem = failure.message
      if failure.code != .refused { state.link = .absent(pause: .seconds(1)) }
    }
    loop.close(peer)
    guard failure.code != .refused else { return end("\(failure.message) The program goes on and cannot be tuned.") }
    retry()
  }

  /// There is no leader any more: a promise is over, for nobody will decide.
  private func end(_ problem: String?) {
    let isFirst = state.withLock { state in
      defer { state.link = .over }
      state.member.release()
      return state.link != .over
    }
    gate.ring()
    arrival.ring()
    if isFirst, let problem { registry?.warn(problem) }
  }
}
