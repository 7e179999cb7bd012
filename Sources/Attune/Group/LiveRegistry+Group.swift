import AttuneValues
import AttuneWire

/// A program that is one of several ranks: what is changed, all of them change at the same step, or none does.
extension LiveRegistry {
  /// Makes this process a rank of a group. Rank 0 leads it, and is the only one that can be reached from outside.
  ///
  /// From then on a change is put to every rank, and made by all of them in the same call of `step(_:)`; a rank whose range or validator
  /// refuses, or that is missing, keeps all the others from it. Call it once, in every rank, before the loop. A rank that joins later, in the place of one that
  /// died, is given what the group has changed so far.
  /// - Parameters:
  ///   - rank: from 0; `nil` for what the launcher says: `ATTUNE_RANK`, or that of torchrun, Open MPI, MPICH or Slurm.
  ///   - world: how many ranks there are; `nil` for what the launcher says.
  ///   - address: where the leader listens: a path, or an IPv4 address and a port. `nil` for `ATTUNE_GROUP`, or a socket of one's own
  ///     named by what the launcher's ranks have in common. Over TCP `ATTUNE_GROUP_TOKEN` must be set.
  ///   - limit: how long a rank waits for its leader. One that was not welcomed in time says so on stderr, goes on, and joins later.
  ///   - patience: how long the ranks may take to answer the leader; less than `attune set` waits. Until then those that have answered may
  ///     wait at a step for the others.
  /// - Returns: whether there is a group; `false` for a program that runs alone.
  /// - Throws: `LiveError` when what the launcher says does not fit together; the program is then in no group.
  @discardableResult
  public func joinGroup(
    rank: Int? = nil, world: Int? = nil, address: String? = nil, within limit: Duration = .seconds(30), patience: Duration = .seconds(4)
  ) throws(LiveError) -> Bool {
    guard let seat = try GroupSeat.found(rank: rank, world: world, address: address, environment.read) else { return false }
    return join(seat, patience: patience, within: limit)
  }

  private func join(_ seat: GroupSeat, patience: Duration, within limit: Duration) -> Bool {
    guard inner.withLock({ $0.group == nil }) else { return true }
    do throws(WireError) {
      let group = try LiveGroup(seat, of: self, patience: patience)
      let earlier = inner.withLock { inner in
        start(&inner)
        inner.group = group
        inner.state.isGrouped = true
        if seat.rank > 0 { inner.retire() }
        isWaitingForSteps.store(true, ordering: .relaxed)
        return inner.state.changedValues
      }
      try group.open(earlier)
      if let problem = group.problem(within: limit) {
        warn("rank \(seat.rank) of \(seat.world) waits no longer for its leader at \(seat.address): \(problem). The program goes on.")
      }
    } catch {
      warn("\(error) The ranks cannot be tuned; the program goes on with its values.")
    }
    return true
  }

  /// Puts a request for a change to the ranks, whose decision answers it.
  /// - Returns: `false` when it is none of that kind, or there are no ranks to ask.
  /// - Throws: `WireFailure` when this rank refuses already.
  func askRanks(
    _ method: String, _ parameters: JSON, id: JSON, from peer: Peer, on loop: LineLoop
  ) throws(WireFailure) -> Bool {
    guard method == LiveMethod.setVariables || method == LiveMethod.fireTrigger, let group = inner.withLock({ $0.group }) else {
      return false
    }
    var change = GroupChange(proposal: 0, number: 0)
    let circumstances: Circumstances
    if method == LiveMethod.setVariables {
      let request = try SetRequest(json: parameters)
      circumstances = request.circumstances
      change.values = request.values
    } else {
      let request = try FireRequest(json: parameters)
      // To be held is no change: who holds the leader holds all, at their next exchange.
      if let tag = ReservedTag(rawValue: request.trigger), !tag.isDeclaredByPrograms { return false }
      circumstances = request.circumstances
      change.trigger = request.trigger
      change.payload = request.payload
    }
    if repeated(circumstances, peer, { loop.send(WireMessage.result(id: id, $0).json, to: peer) }) { return true }
    change.values = try check(change.values)
    _ = try check(LoadPayload.values(of: change.trigger, change.payload))
    try inner.withLock { inner throws(WireFailure) in
      if let tag = change.trigger { try inner.state.findTrigger(tag) }
      change.number = circumstances.number ?? inner.state.highestNumber + 1
      inner.state.highestNumber = max(inner.state.highestNumber, change.number)
    }
    (change.by, change.reason, change.atStep) = (circumstances.by, circumstances.reason, circumstances.atStep)
    group.ask(change, for: LiveGroup.Asker(id: id, peer: peer, loop: loop, by: circumstances.by ?? "unknown"))
    return true
  }

  /// Why this rank does not make the change; `nil` when it does.
  func objection(to change: GroupChange) -> String? {
    do throws(WireFailure) {
      _ = try check(change.values)
      _ = try check(LoadPayload.values(of: change.trigger, change.payload))
      if let tag = change.trigger { try inner.withLock { inner throws(WireFailure) in try inner.state.findTrigger(tag) } }
      return nil
    } catch {
      return error.message
    }
  }

  /// Makes what lies behind a rank that has just joined.
  func makeGroupChanges(from group: LiveGroup) {
    let due = group.takeDue(at: step)
    inner.withLock { inner in
      for change in due { inner.make(change, step: step, time: wallClockSeconds()) }
    }
    group.confirm(due)
  }

  /// How many ranks change together; `nil` when the program runs alone.
  var ranks: Int? { inner.withLock { $0.group?.seat.world } }

  /// The leader's ranks have decided for a change.
  func decided(_ change: GroupChange) {
    inner.withLock { inner in
      inner.state.accepted.insert(change.number)
      inner.held.await(number: change.number)
    }
  }

  /// The program ends: its ranks hear it, and what they have not confirmed is told nevertheless.
  func finishGroup() {
    guard let group = inner.withLock({ $0.group }) else { return }
    group.finish()
    inner.withLock { inner in
      for notice in inner.held.releaseAll() { inner.tell(notice) }
    }
  }

  /// So many ranks have made the change.
  func tell(number: Int, ranks: Int) {
    inner.withLock { inner in
      for notice in inner.held.release(number: number, ranks: ranks) { inner.tell(notice) }
    }
  }
}

extension Inner {
  /// What the group decided takes effect. A firing is told when the program has consumed it.
  mutating func make(_ change: GroupChange, step: Int, time: Double) {
    if let notice = state.make(change, step: step, time: time) { publish(notice) }
  }

  /// A rank that follows is reached by its leader only.
  fileprivate mutating func retire() {
    loop?.stop()
    loop = nil
    upstream = .none
  }
}

extension RegistryState {
  fileprivate mutating func make(_ change: GroupChange, step: Int, time: Double) -> ChangeNotice? {
    let wish = Wish(
      values: change.values, trigger: change.trigger, payload: change.payload, number: change.number,
      circumstances: Circumstances(reason: change.reason, by: change.by))
    guard change.trigger == nil else {
      pull(wish)
      return nil
    }
    for (tag, value) in change.values where variables[tag] == nil { inherited[tag] = value }
    return apply(wish, step: step, time: time)
  }

  /// - Throws: `WireFailure` with `.unknownTag`.
  fileprivate func findTrigger(_ tag: String) throws(WireFailure) {
    guard triggers[tag] != nil else { throw unknown("trigger", tag, known: triggerTags) }
  }

  /// What somebody has changed before there was a group.
  fileprivate var changedValues: [String: Value] {
    let tags = Set(changes.from(changes.first).filter { $0.number > 0 }.flatMap(\.values.keys))
    return variables.filter { tags.contains($0.key) }.mapValues(\.value)
  }
}
