import AttuneWire

/// The leader's side of a group, as a value: what happens comes in as events, what is to be done about it comes out as actions.
///
/// One proposal at a time. It is put to the ranks once all of them are there, and decided once all of them have acknowledged: then every
/// rank has promised not to go on beyond its step and a margin, and a step that lies ahead of all of them exists. Rank 0, the leader's own
/// program, is asked like the others. The clock and the connections are the shell's, `LiveGroup`.
struct GroupLeader {
  enum Event {
    /// A rank has dialled, for the first time or again. Where `refusal(of:)` gives a reason, it is not told.
    case joined(GroupJoin)
    /// Its connection broke. It may come back.
    case lost(rank: Int)
    /// Its program has ended.
    case left(rank: Int)
    /// Somebody wants a change. `atStep` of the change: not before that step.
    case asked(GroupChange, asker: Int)
    /// The rank promises not to complete `step` and the margin before the decision.
    case acknowledged(rank: Int, proposal: Int, step: Int)
    case vetoed(rank: Int, proposal: Int, reason: String)
    case applied(rank: Int, proposal: Int)
    case timedOut(Timer)
    /// The leader's program ends.
    case ended
  }

  /// What `timedOut` ends, after the group's patience.
  enum Timer: Hashable {
    /// Waiting for ranks that are not there.
    case gathering(proposal: Int)
    /// Waiting for acknowledgements.
    case answers(proposal: Int)
    /// Waiting, since rank 0 has made the change, for the others to say the same.
    case telling(proposal: Int)
  }

  enum Action: Equatable {
    case propose(GroupChange, to: Int)
    case commit(GroupChange, to: Int)
    case drop(proposal: Int, why: String, to: Int)
    /// Answers `group.join`, after the commits before it.
    case welcome(rank: Int, open: Int?)
    /// Answers who asked: accepted under that number, or refused.
    case answer(asker: Int, Result<Int, WireFailure>)
    case start(Timer)
    /// The change of that number is no secret any more: so many ranks have made it.
    case tell(number: Int, ranks: Int)
  }

  static let queueLimit = 1000
  static let unconfirmedLimit = 10_000

  let world: Int
  let margin: Int
  private var seats: [Int: Seat] = [:]
  private var queue: [Request] = []
  private var open: Open?
  private var lastProposal = 0
  private var history = GroupHistory()
  /// Committed, and not yet told.
  private var untold: [Int: Untold] = [:]

  /// A group whose only member so far is the leader's own program.
  init(world: Int, margin: Int, pid: Int) {
    self.world = world
    self.margin = margin
    seats[0] = Seat(process: "", pid: pid)
  }

  /// What every rank is to hold from the beginning.
  mutating func begin(with change: GroupChange) { history.append(change) }

  /// Why a rank may not join; `nil` when it may.
  func refusal(of join: GroupJoin) -> WireFailure? {
    guard join.world == world, (1..<world).contains(join.rank) else {
      return WireFailure(
        .refused, "rank \(join.rank) of \(join.world) cannot join: the group has \(world) ranks, and 1...\(world - 1) may join its leader.")
    }
    guard let seat = seats[join.rank], seat.isPresent, seat.process != join.process else { return nil }
    return WireFailure(.notReachable, "rank \(join.rank) is taken by process \(seat.pid), which is still connected.")
  }

  mutating func handle(_ event: Event) -> [Action] {
    switch event {
    case .joined(let join): return joined(join)
    case .lost(let rank):
      seats[rank]?.isPresent = false
      return []
    case .left(let rank):
      seats[rank]?.isPresent = false
      seats[rank]?.hasLeft = true
      return open.map { _ in giveUp("rank \(rank) has ended") } ?? []
    case .asked(let change, let asker): return asked(change, asker)
    case .acknowledged(let rank, let proposal, let step): return acknowledged(rank, proposal, step)
    case .vetoed(let rank, let proposal, let reason):
      guard open?.change.proposal == proposal, open?.isAsking == true else { return [] }
      return giveUp("rank \(rank): \(reason)")
    case .applied(let rank, let proposal): return applied(rank, proposal)
    case .timedOut(let timer): return timedOut(timer)
    case .ended:
      let refused = queue.flatMap { refuse($0, why: "the program has ended") }
      queue = []
      return (open.map { _ in giveUp("the program has ended") } ?? []) + refused
    }
  }

  private mutating func joined(_ join: GroupJoin) -> [Action] {
    var seat = seats[join.rank] ?? Seat(process: "", pid: join.pid)
    if seat.process != join.process {
      seat = Seat(process: join.process, pid: join.pid)
      // A trigger of the past is not pulled again; the values are what the others hold.
      seat.unconfirmed = history.changes.filter { $0.trigger == nil || ($0.atStep ?? 0) > join.step }
      open?.acknowledged[join.rank] = nil
    }
    seat.isPresent = true
    seat.hasLeft = false
    seats[join.rank] = seat
    var actions = seat.unconfirmed.map { Action.commit($0, to: join.rank) }
    guard let open else { return actions + [.welcome(rank: join.rank, open: nil)] }
    actions.append(.welcome(rank: join.rank, open: open.isAsking ? open.change.proposal : nil))
    if open.isAsking {
      if open.acknowledged[join.rank] == nil { actions.append(.propose(open.change, to: join.rank)) }
    } else {
      actions += askWhenComplete()
    }
    return actions
  }

  private mutating func asked(_ change: GroupChange, _ asker: Int) -> [Action] {
    if open?.change.number == change.number {
      open?.askers.append(asker)
      return []
    }
    if let index = queue.firstIndex(where: { $0.change.number == change.number }) {
      queue[index].askers.append(asker)
      return []
    }
    let request = Request(change: change, askers: [asker])
    if queue.count >= Self.queueLimit { return refuse(request, why: "\(Self.queueLimit) changes wait for the ranks already") }
    queue.append(request)
    return open == nil ? next() : []
  }

  /// Takes the next request, which waits until all ranks are there.
  private mutating func next() -> [Action] {
    guard !queue.isEmpty else { return [] }
    let request = queue.removeFirst()
    lastProposal += 1
    var change = request.change
    change.proposal = lastProposal
    open = Open(change: change, askers: request.askers)
    if let rank = (0..<world).first(where: { seats[$0]?.hasLeft == true }) { return giveUp("rank \(rank) has ended") }
    if let (rank, seat) = seats.first(where: { $0.value.unconfirmed.count >= Self.unconfirmedLimit }) {
      return giveUp("rank \(rank) (process \(seat.pid)) has yet to make \(Self.unconfirmedLimit) changes")
    }
    let actions = askWhenComplete()
    return actions.isEmpty ? [.start(.gathering(proposal: lastProposal))] : actions
  }

  private mutating func askWhenComplete() -> [Action] {
    guard let open, (0..<world).allSatisfy({ seats[$0]?.isPresent == true }) else { return [] }
    self.open?.isAsking = true
    return (0..<world).map { .propose(open.change, to: $0) } + [.start(.answers(proposal: open.change.proposal))]
  }

  private mutating func acknowledged(_ rank: Int, _ proposal: Int, _ step: Int) -> [Action] {
    guard var open, open.isAsking, open.change.proposal == proposal else { return [] }
    open.acknowledged[rank] = step
    self.open = open
    guard open.acknowledged.count == world, let furthest = open.acknowledged.values.max() else { return [] }
    var change = open.change
    change.atStep = max(furthest + margin, change.atStep ?? 0)
    self.open = nil
    history.append(change)
    untold[proposal] = Untold(number: change.number)
    for rank in seats.keys { seats[rank]?.unconfirmed.append(change) }
    let commits = (0..<world).filter { seats[$0]?.isPresent == true }.map { Action.commit(change, to: $0) }
    return commits + open.askers.map { .answer(asker: $0, .success(change.number)) } + next()
  }

  private mutating func applied(_ rank: Int, _ proposal: Int) -> [Action] {
    seats[rank]?.unconfirmed.removeAll { $0.proposal == proposal }
    guard untold[proposal]?.ranks.insert(rank).inserted == true else { return [] }
    if untold[proposal]?.ranks.count == world { return tell(proposal) }
    return rank == 0 ? [.start(.telling(proposal: proposal))] : []
  }

  private mutating func timedOut(_ timer: Timer) -> [Action] {
    switch timer {
    case .telling(let proposal): return tell(proposal)
    case .gathering(let proposal):
      guard let open, open.change.proposal == proposal, !open.isAsking else { return [] }
      return giveUp(absence(of: (0..<world).first { seats[$0]?.isPresent != true } ?? 0))
    case .answers(let proposal):
      guard let open, open.change.proposal == proposal, open.isAsking else { return [] }
      return giveUp(absence(of: (0..<world).first { open.acknowledged[$0] == nil } ?? 0))
    }
  }

  private func absence(of rank: Int) -> String {
    guard let seat = seats[rank], seat.isPresent else {
      let what = seats[rank].map { " (process \($0.pid)) has lost its connection" } ?? " has not joined"
      return "rank \(rank)\(what): \(seats.values.count(where: \.isPresent)) of \(world) ranks are there"
    }
    return "rank \(rank) (process \(seat.pid)) did not answer in time: it is stopped or very busy"
  }

  private mutating func tell(_ proposal: Int) -> [Action] {
    guard let told = untold.removeValue(forKey: proposal) else { return [] }
    return [.tell(number: told.number, ranks: told.ranks.count)]
  }

  private mutating func giveUp(_ why: String) -> [Action] {
    guard let open else { return [] }
    self.open = nil
    let ranks = open.isAsking ? (0..<world).filter { seats[$0]?.isPresent == true } : []
    let drops = ranks.map { Action.drop(proposal: open.change.proposal, why: why, to: $0) }
    return drops + refuse(Request(change: open.change, askers: open.askers), why: why) + next()
  }

  private func refuse(_ request: Request, why: String) -> [Action] {
    let end = why.hasSuffix(".") ? "" : "."
    return request.askers.map { .answer(asker: $0, .failure(WireFailure(.refused, "\(why)\(end) No rank has changed anything."))) }
  }
}

extension GroupLeader {
  /// What the leader knows of a rank that has been there.
  private struct Seat {
    let process: String
    let pid: Int
    var isPresent = true
    var hasLeft = false
    /// Decided, and not yet made there as far as is known: told again when it joins again.
    var unconfirmed: [GroupChange] = []
  }

  private struct Request {
    var change: GroupChange
    var askers: [Int]
  }

  /// The proposal under way: first all ranks must be there, then all must acknowledge.
  private struct Open {
    var change: GroupChange
    var askers: [Int]
    var isAsking = false
    var acknowledged: [Int: Int] = [:]
  }

  private struct Untold {
    let number: Int
    var ranks: Set<Int> = []
  }
}

/// The decisions so far, for ranks that join later. The oldest are folded into one that holds what they came to.
struct GroupHistory {
  static let limit = 1000
  private(set) var changes: [GroupChange] = []

  mutating func append(_ change: GroupChange) {
    changes.append(change)
    guard changes.count > Self.limit else { return }
    if changes[0].trigger == nil, changes[1].trigger == nil {
      var folded = changes[1]
      folded.values = changes[0].values.merging(changes[1].values) { _, later in later }
      folded.atStep = max(changes[0].atStep ?? 0, changes[1].atStep ?? 0)
      changes[1] = folded
      changes.removeFirst()
    } else {
      changes.remove(at: changes[0].trigger == nil ? 1 : 0)
    }
  }
}
