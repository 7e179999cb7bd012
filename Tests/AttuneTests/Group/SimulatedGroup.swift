import AttuneMath
import AttuneWire

@testable import Attune

/// A leader, its ranks, and everything that happens between them, in the order that the seed draws.
///
/// Ranks step as fast as they like; lines arrive late; connections break with what was under way; processes stop, go on, die and are
/// replaced; people ask; validators refuse; timers end early. `settle()` lets the storm pass.
struct SimulatedGroup {
  enum Line {
    case join(GroupJoin)
    case acknowledge(Int, step: Int)
    case veto(Int)
    case applied(Int)
    case propose(GroupChange)
    case commit(GroupChange)
    case abort(Int)
    case welcome(open: Int?)
  }

  /// What can happen next.
  private enum Move: Int {
    case advance, hear, deliver, ask, dial, lose, freeze, replace, timeOut
    /// How often each comes on an ordinary day.
    static let weights: [Double] = [40, 20, 20, 6, 10, 4, 4, 1, 1]
  }

  struct Rank {
    let pid: Int
    let birth: Int
    var step: Int
    var member: GroupMember
    var isConnected = false
    var isFrozen = false
    var hasJoined = false
    var toLeader: [Line] = []
    var fromLeader: [Line] = []
    var made: [(proposal: Int, step: Int)] = []
    var madeTwice = false
  }

  let world: Int
  var leader: GroupLeader
  var ranks: [Rank] = []
  var decided: [Int: Int] = [:]
  var answers: [Int: Result<Int, WireFailure>] = [:]
  var told: [Int] = []
  var asked = 0
  private let margin: Int
  private var timers: [GroupLeader.Timer] = []
  private var lastProcess = 0
  /// Each storm has weather of its own: some moves come often in it, others hardly ever.
  private var weather: [Double]
  private var random: RandomStream

  init(seed: UInt64) {
    random = RandomStream(seed: seed, purpose: "group", index: 0)
    weather = []
    for weight in Move.weights { weather.append(weight * [0.15, 0.5, 1, 2, 4][Int.random(in: 0..<5, using: &random)]) }
    world = Int.random(in: 2...5, using: &random)
    margin = Int.random(in: 1...3, using: &random)
    leader = GroupLeader(world: world, margin: margin, pid: 1)
    ranks = (0..<world).map { _ in fresh(at: 0) }
    ranks[0].isConnected = true
    ranks[0].hasJoined = true
  }

  mutating func run(moves: Int) {
    for _ in 0..<moves { move() }
  }

  /// Nothing breaks any more, everything arrives, timers end when nothing else can happen; everybody takes a few more steps.
  mutating func settle() {
    for index in ranks.indices { ranks[index].isFrozen = false }
    for _ in 0..<20_000 {
      var isQuiet = true
      for index in ranks.indices {
        if !ranks[index].isConnected { dial(index) }
        while !ranks[index].fromLeader.isEmpty || !ranks[index].toLeader.isEmpty {
          deliver(toRank: index)
          deliver(fromRank: index)
          isQuiet = false
        }
      }
      guard isQuiet else { continue }
      if !timers.isEmpty {
        take(leader.handle(.timedOut(timers.removeFirst())))
      } else if let behind = ranks.indices.min(by: { ranks[$0].step < ranks[$1].step }), ranks[behind].step < goal {
        let before = ranks[behind].step
        advance(behind)
        if ranks[behind].step == before { return }
      } else {
        return
      }
    }
  }

  /// The step that everybody reaches when nobody waits for ever.
  var goal: Int { max(decided.values.max() ?? 0, ranks.map(\.birth).max() ?? 0) + 5 }

  private mutating func move() {
    let index = Int.random(in: 0..<world, using: &random)
    var mark = Double.random(in: 0..<weather.reduce(0, +), using: &random)
    let kind = weather.firstIndex { weight in
      mark -= weight
      return mark < 0
    }
    switch Move(rawValue: kind ?? 0) {
    case .advance, nil: advance(index)
    case .hear: deliver(toRank: index)
    case .deliver: deliver(fromRank: index)
    case .ask: ask()
    case .dial: if !ranks[index].isConnected { dial(index) }
    case .lose: lose(index)
    case .freeze: ranks[index].isFrozen = index > 0 && Bool.random(using: &random)
    case .replace: replace(index)
    case .timeOut:
      if let timer = timers.indices.randomElement(using: &random) { take(leader.handle(.timedOut(timers.remove(at: timer)))) }
    }
  }

  private mutating func fresh(at step: Int) -> Rank {
    lastProcess += 1
    return Rank(pid: lastProcess, birth: step, step: step, member: GroupMember(margin: margin))
  }

  private mutating func advance(_ index: Int) {
    guard ranks[index].hasJoined, !ranks[index].isFrozen, ranks[index].member.mayComplete(ranks[index].step + 1) else { return }
    ranks[index].step += 1
    make(index)
  }

  /// What the rank's `step(_:)` does once it may go on.
  private mutating func make(_ index: Int) {
    for change in ranks[index].member.takeDue(at: ranks[index].step) {
      if ranks[index].made.contains(where: { $0.proposal == change.proposal }) { ranks[index].madeTwice = true }
      ranks[index].made.append((change.proposal, ranks[index].step))
      send(.applied(change.proposal), from: index)
    }
  }

  private mutating func ask() {
    asked += 1
    let atStep = Int.random(in: 0..<10, using: &random) == 0 ? ranks[0].step + 10 : nil
    take(leader.handle(.asked(GroupChange(proposal: 0, number: asked, values: ["lr": .int(asked)], atStep: atStep), asker: asked)))
  }

  private mutating func dial(_ index: Int) {
    guard !ranks[index].isFrozen else { return }
    ranks[index].isConnected = true
    ranks[index].toLeader = [
      .join(GroupJoin(rank: index, world: world, process: "\(ranks[index].pid)", pid: ranks[index].pid, step: ranks[index].step))
    ]
  }

  private mutating func lose(_ index: Int) {
    guard index > 0, ranks[index].isConnected else { return }
    ranks[index].isConnected = false
    ranks[index].toLeader = []
    ranks[index].fromLeader = []
    take(leader.handle(.lost(rank: index)))
  }

  /// The process dies; another one goes on from a checkpoint.
  private mutating func replace(_ index: Int) {
    guard index > 0 else { return }
    lose(index)
    ranks[index] = fresh(at: max(0, ranks[index].step - 3))
  }

  private mutating func send(_ line: Line, from index: Int) {
    if ranks[index].isConnected { ranks[index].toLeader.append(line) }
  }

  private mutating func deliver(fromRank index: Int) {
    guard !ranks[index].toLeader.isEmpty else { return }
    switch ranks[index].toLeader.removeFirst() {
    case .join(let join): if leader.refusal(of: join) == nil { take(leader.handle(.joined(join))) }
    case .acknowledge(let proposal, let step): take(leader.handle(.acknowledged(rank: index, proposal: proposal, step: step)))
    case .veto(let proposal): take(leader.handle(.vetoed(rank: index, proposal: proposal, reason: "no")))
    case .applied(let proposal): take(leader.handle(.applied(rank: index, proposal: proposal)))
    default: break
    }
  }

  private mutating func deliver(toRank index: Int) {
    guard !ranks[index].fromLeader.isEmpty, !ranks[index].isFrozen else { return }
    switch ranks[index].fromLeader.removeFirst() {
    case .propose(let change):
      // Every seventh is refused by the same rank, however often it is asked.
      if change.number % 7 == 0, change.number % world == index { return send(.veto(change.proposal), from: index) }
      let step = ranks[index].member.acknowledge(change.proposal, at: ranks[index].step)
      send(.acknowledge(change.proposal, step: step), from: index)
    case .commit(let change):
      if ranks[index].member.commit(change) != nil { send(.applied(change.proposal), from: index) }
    case .abort(let proposal): ranks[index].member.forget(proposal)
    case .welcome(let open):
      ranks[index].member.rejoined(open: open)
      // What lies behind a new rank it makes at once.
      if !ranks[index].hasJoined { make(index) }
      ranks[index].hasJoined = true
    default: break
    }
  }

  private mutating func take(_ actions: [GroupLeader.Action]) {
    for action in actions {
      switch action {
      case .propose(let change, let rank): ranks[rank].fromLeader.append(.propose(change))
      case .commit(let change, let rank):
        decided[change.proposal] = change.atStep
        ranks[rank].fromLeader.append(.commit(change))
      case .drop(let proposal, _, let rank): ranks[rank].fromLeader.append(.abort(proposal))
      case .welcome(let rank, let open): ranks[rank].fromLeader.append(.welcome(open: open))
      case .answer(let asker, let result): answers[asker] = result
      case .start(let timer): timers.append(timer)
      case .tell(let number, _): told.append(number)
      }
    }
  }
}
