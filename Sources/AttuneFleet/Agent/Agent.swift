import AttuneCore
import AttuneWire
import Dispatch

/// Owns the processes of an experiment on one machine: starts, watches and ends attempts, hears what they report, and keeps it
/// until the controller has it. Goes on without a controller; started again after its death it takes its attempts over.
///
/// Everything happens on one queue. What is known is the fold of the spool (`ledger`) and what can be seen again (`running`).
actor Agent {
  nonisolated let options: AgentOptions
  nonisolated let executor = QueueExecutor(label: "attune.agent")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  nonisolated let log: AgentLog

  let spool: Spool
  let watch: DirectoryWatch
  var ledger = Ledger()
  var configuration: ProtoConfigure?
  var reader = OutputReader(pattern: nil)
  var running: [AttemptID: RunningAttempt] = [:]
  /// Starts that wait for room on the disk.
  var postponed: [AttemptID: ProtoStart] = [:]

  /// Twins and children whose checkpoint is being copied.
  var copying: Set<TrialID> = []

  /// Notices that the disk did not take yet, in order. While there are any, nothing more is read.
  var outbox: [ProtoSpoolEntry] = []
  private var lastTrouble = ""
  var session = AgentSession()
  var hub: LineLoop?
  /// Programs that have greeted, by connection.
  var attemptOfPeer: [Peer: AttemptID] = [:]
  var isClosing = false
  /// Counts the times that the idle time began anew.
  var idleGeneration = 0
  /// Called once, when the agent has nothing more to do.
  var onLeave: (@Sendable () -> Void)?

  /// Opens the spool. `recover` comes next.
  init(options: AgentOptions) throws(FleetError) {
    self.options = options
    log = AgentLog(path: options.logPath)
    spool = try Spool(path: options.spoolPath)
    watch = DirectoryWatch(queue: executor.queue)
  }

  /// Has the work done on the agent's queue, in the order of the calls.
  nonisolated func post(_ work: @escaping @Sendable (isolated Agent) -> Void) {
    executor.queue.async { self.assumeIsolated { agent in work(agent) } }
  }

  /// Has the work done on the agent's queue, later.
  nonisolated func post(after seconds: Double, _ work: @escaping @Sendable (isolated Agent) -> Void) {
    executor.queue.asyncAfter(deadline: .now() + seconds) { self.assumeIsolated { agent in work(agent) } }
  }

  /// Keeps notices on disk; then they are sent and, where a program reported them, acknowledged.
  func publish(_ entries: [ProtoSpoolEntry]) {
    outbox += entries
    flush()
  }

  /// Keeps a notice that comes from no file and no program.
  func publish(_ kind: ProtoNotice.OneOf_Kind) { publish([.with { $0.notice.kind = kind }]) }

  /// Whether notices reach the disk.
  var isHealthy: Bool { outbox.isEmpty }

  private func flush() {
    guard !outbox.isEmpty else { return }
    var entries = outbox
    for index in entries.indices { entries[index].notice.sequence = ledger.sequence + UInt64(index) + 1 }
    let records = entries.map { entry in ProtoSpoolRecord.with { $0.entry = entry } }
    do {
      try spool.append(records)
    } catch {
      say(trouble: "\(error). Reports wait until there is room; no training is stopped.")
      post(after: 1) { agent in agent.recoverHealth() }
      return
    }
    outbox = []
    for record in records { ledger.apply(record) }
    acknowledgePrograms(entries)
    session.wake()
  }

  /// Tries the disk again; once it takes what waited, everything that had stopped goes on.
  private func recoverHealth() {
    guard !outbox.isEmpty else { return }
    flush()
    guard isHealthy else { return }
    lastTrouble = ""
    for attempt in running.values { attempt.isEnded ? settle(attempt.id) : drain(attempt.id) }
  }

  /// Tells the controller, if there is one, and the log; the same trouble again is not told again.
  func say(trouble message: String) {
    guard message != lastTrouble else { return }
    lastTrouble = message
    log.note(message)
    session.tell(.with { $0.trouble.message = message })
  }
}
