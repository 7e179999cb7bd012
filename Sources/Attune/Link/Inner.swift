import AttuneValues
import AttuneWire

/// What a registry guards with its lock: its state, and who is told of what happens to it.
///
/// Messages are sent under the lock, so that everybody hears of everything in its order; sending never waits.
struct Inner {
  /// How many reports are sent ahead of the acknowledgement.
  static let window = 1000

  var state: RegistryState
  var loop: LineLoop?
  var hasStarted = false
  var record: LineFile?
  var reportReaders: Set<Peer> = []
  var changeReaders: Set<Peer> = []
  var upstream = Upstream.none
  var lastReportStep = 0
  var isAnnouncementDue = false
  /// Seconds from the process's start to its first report.
  var warmup: Double?
  var hasToldLedger = false
  /// Rung when a pause ends; there while one is wanted.
  var gate: Bell?
  /// Rung when the last report is acknowledged, or when nobody will acknowledge it.
  var finishBell: Bell?
  var liveTune: LiveTuneServer?

  /// The ranks that change together with this program.
  var group: LiveGroup?
  /// Changes that some of them have yet to make.
  var held = HeldNotices()

  /// The connection to an experiment.
  enum Upstream: Equatable {
    /// The program runs by itself, or has been refused.
    case none
    /// To be dialled after that pause.
    case absent(pause: Duration)
    /// Dialled; the answer to `hello` is awaited.
    case greeting(Peer)
    case greeted(Peer)
  }

  init(state: RegistryState) { self.state = state }

  /// Whether the other side has all that it is to have.
  var isFlushed: Bool { upstream == .none || state.reports.isAcknowledged }

  /// Tells that a change took effect; later, and in its order, when it is one that all ranks make.
  mutating func publish(_ change: ChangeNotice) {
    for notice in held.admit(change) { tell(notice) }
  }

  mutating func tell(_ change: ChangeNotice) {
    if change.ranks != nil { state.changes.replace(change.n, with: change) }
    record?.append(change.json)
    var readers = changeReaders
    if case .greeted(let peer) = upstream { readers.insert(peer) }
    notify(LiveMethod.changed, change.json, readers)
  }

  mutating func publish(_ report: ReportNotice) {
    if !reportReaders.isEmpty { notify(LiveMethod.reported, report.json, reportReaders) }
    sendReports()
  }

  func publishDeclaration() {
    var readers = changeReaders.union(reportReaders)
    if case .greeted(let peer) = upstream { readers.insert(peer) }
    if !readers.isEmpty { notify(LiveMethod.declared, state.declaration.json, readers) }
  }

  /// The other side has answered `hello`: it gets what it does not have.
  mutating func greeted(_ peer: Peer, _ answer: GreetingAnswer) {
    upstream = .greeted(peer)
    notify(LiveMethod.declared, state.declaration.json, [peer])
    for change in tellable(from: (answer.changes ?? 0) + 1) { notify(LiveMethod.changed, change.json, [peer]) }
    state.reports.greeted(acknowledged: answer.acknowledged)
    sendReports()
    ringWhenFlushed()
  }

  /// The changes from that number on that are no secret.
  func tellable(from number: Int) -> some Sequence<ChangeNotice> {
    let end = held.first ?? .max
    return state.changes.from(number).prefix { $0.n < end }
  }

  mutating func acknowledged(through number: Int) {
    state.reports.acknowledge(through: number)
    sendReports()
    ringWhenFlushed()
  }

  func ringWhenFlushed() {
    if isFlushed { finishBell?.ring() }
  }

  func notify(_ method: String, _ parameters: JSON, _ peers: Set<Peer>) {
    guard !peers.isEmpty, let loop else { return }
    let message = WireMessage.notification(method: method, parameters: parameters).json
    for peer in peers { loop.send(message, to: peer) }
  }

  private mutating func sendReports() {
    guard case .greeted(let peer) = upstream else { return }
    for report in state.reports.takeUnsent(window: Self.window) { notify(LiveMethod.reported, report.json, [peer]) }
  }
}
