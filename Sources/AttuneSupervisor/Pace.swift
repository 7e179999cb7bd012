import AttuneValues

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whether the command and all its descendants are stopped, and since when.
///
/// Every change is told by `pace.json`, there as a whole or not at all: `{"number": 1, "state": "frozen", "bytes": …, "nanoseconds": …}`,
/// `running`, or `failed` with an `error`. The number goes up, so that what is told twice is not taken for news.
struct Pace {
  /// A process in the middle of a system call that cannot be interrupted does not stop; after so long it is not waited for.
  private static let patience = 5_000_000_000

  private let path: String
  private var number = 0
  private var frozenSince: Int?
  private var thawed = 0

  init(directory: String) { path = "\(directory)/pace.json" }

  var isFrozen: Bool { frozenSince != nil }

  /// How long it has been frozen, now included.
  var frozenNanoseconds: Int { thawed + (frozenSince.map { monotonicNanoseconds() - $0 } ?? 0) }

  /// Stops every descendant, or none: a process that was forked meanwhile is found in the next round.
  mutating func freeze() {
    if let frozenSince { return _ = tellFrozen(since: frozenSince) }
    let started = monotonicNanoseconds()
    var pause = 100_000
    while true {
      let moving = Descendants.all().filter { !Descendants.isStopped($0) }
      if moving.isEmpty { break }
      guard monotonicNanoseconds() - started < Self.patience else { return giveUp("process \(moving[0]) does not stop") }
      for process in moving { kill(process, SIGSTOP) }
      var time = timespec(tv_sec: 0, tv_nsec: pause)
      nanosleep(&time, nil)
      pause = min(2 * pause, 20_000_000)
    }
    guard Descendants.all().contains(where: { !Descendants.isEnded($0) }) else { return giveUp("the command has ended") }
    let now = monotonicNanoseconds()
    // Nobody would ever let it go on who has not learnt of it.
    guard tellFrozen(since: now) else { return giveUp("pace.json cannot be written") }
    frozenSince = now
  }

  /// Lets every descendant go on.
  mutating func thaw() {
    for process in Descendants.all() { kill(process, SIGCONT) }
    let now = monotonicNanoseconds()
    if let frozenSince { thawed += now - frozenSince }
    frozenSince = nil
    _ = tell(["state": "running", "nanoseconds": .int(now)])
  }

  /// Tells that the processes could not be stopped; they go on.
  mutating func giveUp(_ problem: String) {
    for process in Descendants.all() { kill(process, SIGCONT) }
    _ = tell(["state": "failed", "error": .string(problem)])
  }

  private mutating func tellFrozen(since time: Int) -> Bool {
    let bytes = Descendants.all().reduce(0) { $0 + Descendants.memory(of: $1) }
    return tell(["state": "frozen", "nanoseconds": .int(time), "bytes": .int(bytes)])
  }

  private mutating func tell(_ members: [String: JSON]) -> Bool {
    number += 1
    let text = Array(JSON.object(members.merging(["number": .int(number)]) { $1 }).text.utf8)
    let draft = path + ".draft"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return false }
    defer { close(file) }
    return write(file, text, text.count) == text.count && rename(draft, path) == 0
  }
}
