import AttuneValues
import AttuneWire
import Testing

@testable import Attune

/// The leader's part as transcripts: a `>` line is what happens, indented lines are what the leader wants done about it.
@Suite struct GroupTranscriptTests {
  @Test(arguments: [
    """
    # Two ranks agree: a step that lies two beyond the furthest.
    > join 1 pid=11 step=0
      welcome 1
    > ask a
      propose 1 to 0
      propose 1 to 1
      timer answers(proposal: 1)
    > acknowledge 0 proposal=1 step=5
    > acknowledge 1 proposal=1 step=7
      commit 1 at 9 to 0
      commit 1 at 9 to 1
      a: accepted as 1
    > applied 0 proposal=1
      timer telling(proposal: 1)
    > applied 1 proposal=1
      tell 1: made by 2
    """,
    """
    # A veto names the rank and its reason; the next request comes up.
    > join 1 pid=11 step=0
      welcome 1
    > ask a
      propose 1 to 0
      propose 1 to 1
      timer answers(proposal: 1)
    > ask b
    > acknowledge 0 proposal=1 step=5
    > veto 1 proposal=1
      abort 1 to 0
      abort 1 to 1
      a: rank 1: no. No rank has changed anything.
      propose 2 to 0
      propose 2 to 1
      timer answers(proposal: 2)
    > acknowledge 1 proposal=1 step=5
    > veto 0 proposal=1
    """,
    """
    # A rank that is not there: nobody is asked, so nobody waits at a step.
    > ask a
      timer gathering(proposal: 1)
    > timed-out gathering 1
      a: rank 1 has not joined: 1 of 2 ranks are there. No rank has changed anything.
    > ask b
      timer gathering(proposal: 2)
    > join 1 pid=11 step=3
      welcome 1
      propose 2 to 0
      propose 2 to 1
      timer answers(proposal: 2)
    > timed-out gathering 2
    > acknowledge 0 proposal=2 step=1
    > timed-out answers 2
      abort 2 to 0
      abort 2 to 1
      b: rank 1 (process 11) did not answer in time: it is stopped or very busy. No rank has changed anything.
    """,
    """
    # The promise of a rank that is away counts; another process in its place must promise by itself, and gets what was decided.
    > join 1 pid=11 step=0
      welcome 1
    > ask a
      propose 1 to 0
      propose 1 to 1
      timer answers(proposal: 1)
    > acknowledge 1 proposal=1 step=4
    > lost 1
    > acknowledge 0 proposal=1 step=5
      commit 1 at 7 to 0
      a: accepted as 1
    > join 1 pid=11 step=5
      commit 1 at 7 to 1
      welcome 1
    > ask b
      propose 2 to 0
      propose 2 to 1
      timer answers(proposal: 2)
    > acknowledge 1 proposal=2 step=5
    > lost 1
    > join 1 pid=12 step=2
      commit 1 at 7 to 1
      welcome 1, 2 is open
      propose 2 to 1
    > acknowledge 0 proposal=2 step=9
    > acknowledge 1 proposal=2 step=2
      commit 2 at 11 to 0
      commit 2 at 11 to 1
      b: accepted as 2
    """,
    """
    # Programs end.
    > join 1 pid=11 step=0
      welcome 1
    > ask a
      propose 1 to 0
      propose 1 to 1
      timer answers(proposal: 1)
    > left 1
      abort 1 to 0
      a: rank 1 has ended. No rank has changed anything.
    > ask b
      b: rank 1 has ended. No rank has changed anything.
    > join 1 pid=12 step=0
      welcome 1
    > ask c
      propose 3 to 0
      propose 3 to 1
      timer answers(proposal: 3)
    > ask d
    > ended
      abort 3 to 0
      abort 3 to 1
      c: the program has ended. No rank has changed anything.
      d: the program has ended. No rank has changed anything.
    """,
  ])
  func leaderDoesWhatTheTranscriptSays(transcript: String) throws {
    var leader = GroupLeader(world: 2, margin: 2, pid: 10)
    var asked = 0
    var played: [String] = []
    for line in transcript.split(separator: "\n").map(String.init) where !line.hasPrefix("  ") {
      played.append(line)
      guard line.hasPrefix("> ") else { continue }
      played += leader.handle(try event(of: line.dropFirst(2).split(separator: " ").map(String.init), &asked)).map { "  " + text(of: $0) }
    }
    #expect(played.joined(separator: "\n") == transcript)
  }

  private func event(of words: [String], _ asked: inout Int) throws -> GroupLeader.Event {
    func number(_ name: String) -> Int { words.first { $0.hasPrefix(name + "=") }.flatMap { Int($0.dropFirst(name.count + 1)) } ?? 0 }
    let rank = words.count > 1 ? Int(words[1]) ?? 0 : 0
    switch words[0] {
    case "join": return .joined(GroupJoin(rank: rank, world: 2, process: "\(number("pid"))", pid: number("pid"), step: number("step")))
    case "ask":
      asked += 1
      return .asked(GroupChange(proposal: 0, number: asked, values: ["lr": .int(asked)]), asker: Int(words[1].utf8.first ?? 0))
    case "acknowledge": return .acknowledged(rank: rank, proposal: number("proposal"), step: number("step"))
    case "veto": return .vetoed(rank: rank, proposal: number("proposal"), reason: "no")
    case "applied": return .applied(rank: rank, proposal: number("proposal"))
    case "lost": return .lost(rank: rank)
    case "left": return .left(rank: rank)
    case "ended": return .ended
    case "timed-out":
      let proposal = try #require(Int(words[2]))
      return .timedOut(words[1] == "answers" ? .answers(proposal: proposal) : .gathering(proposal: proposal))
    default: throw WireFailure(.parse, "no event is called '\(words[0])'")
    }
  }

  private func text(of action: GroupLeader.Action) -> String {
    switch action {
    case .propose(let change, let rank): "propose \(change.proposal) to \(rank)"
    case .commit(let change, let rank): "commit \(change.proposal) at \(change.atStep ?? 0) to \(rank)"
    case .drop(let proposal, _, let rank): "abort \(proposal) to \(rank)"
    case .welcome(let rank, nil): "welcome \(rank)"
    case .welcome(let rank, let open?): "welcome \(rank), \(open) is open"
    case .answer(let asker, .success(let number)): "\(Character(UnicodeScalar(UInt8(asker)))): accepted as \(number)"
    case .answer(let asker, .failure(let failure)): "\(Character(UnicodeScalar(UInt8(asker)))): \(failure.message)"
    case .start(let timer): "timer \(timer)"
    case .tell(let number, let ranks): "tell \(number): made by \(ranks)"
    }
  }

  @Test func noticesAreToldInTheirOrderOnceTheRanksHaveMadeThem() {
    func notice(_ number: Int) -> ChangeNotice { ChangeNotice(n: number, number: number, step: 1, by: "ann", time: 0) }
    var held = HeldNotices()
    #expect(held.admit(notice(1)).map(\.number) == [1])
    held.await(number: 2)
    held.await(number: 4)
    #expect(held.admit(notice(2)).isEmpty && held.admit(notice(3)).isEmpty)
    #expect(held.first == 2)
    #expect(held.release(number: 4, ranks: 3).isEmpty)
    #expect(held.admit(notice(4)).isEmpty)
    let told = held.release(number: 2, ranks: 4)
    #expect(told.map(\.number) == [2, 3, 4])
    #expect(told.map(\.ranks) == [4, nil, 3])
    held.await(number: 5)
    #expect(held.admit(notice(5)).isEmpty)
    #expect(held.releaseAll().map(\.number) == [5])
  }

  @Test func oldDecisionsAreFoldedIntoWhatTheyCameTo() {
    var history = GroupHistory()
    for number in 1...(GroupHistory.limit + 500) {
      let values: [String: Value] = number == 1 ? ["depth": 3] : ["lr": .int(number)]
      history.append(
        number % 100 == 0
          ? GroupChange(proposal: number, number: number, trigger: "save", atStep: number)
          : GroupChange(proposal: number, number: number, values: values, atStep: number))
    }
    #expect(history.changes.count == GroupHistory.limit)
    let values = history.changes.map(\.values).reduce(into: [:]) { $0.merge($1) { _, later in later } }
    #expect(values == ["depth": 3, "lr": .int(GroupHistory.limit + 499)])
  }
}
