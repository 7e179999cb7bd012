import AttuneCore

/// Runs attempts on this machine, through an agent that is a process of its own.
///
/// The controller may die or leave at any moment: the agent goes on, and the next `open` meets it. When the agent dies, another is
/// started, which takes the attempts over; nothing is told twice, because the agent's events are numbered.
///
/// One controller an experiment: a second one takes the agent away from the first.
public actor LocalFleet: Runner {
  nonisolated let options: LocalFleetOptions
  let configuration: ProtoConfigure
  var launcher: AgentLauncher

  var events: AsyncStream<RunnerEvent>.Continuation?
  /// Commands of the present session; `nil` while there is none.
  var commands: AsyncStream<ProtoCommand>.Continuation?
  var orders = OutstandingOrders()
  /// The number up to which everything is in the journal, and the number of the last event handed on.
  var acknowledged: UInt64 = 0
  var delivered: UInt64 = 0
  /// Attempts that were seen to start and not to end.
  var started: Set<AttemptID> = []
  var programs: [AttemptID: [Int: ProgramMirror]] = [:]
  var hasOfferedSlots = false
  var isClosing = false
  var isClosed = false
  /// Whether another controller has taken the agent away.
  var isTakenOver = false
  private var conversation: Task<Void, Never>?
  /// Ends with the conversation.
  private let farewell: AsyncStream<Void>
  private let farewells: AsyncStream<Void>.Continuation

  /// - Throws: `FleetError.badPattern`, so that it is known before anything is started.
  public init(_ definition: ExperimentDefinition, options: LocalFleetOptions) throws(FleetError) {
    if let pattern = definition.job.pattern { _ = try OutputPattern(pattern) }
    self.options = options
    (farewell, farewells) = AsyncStream.makeStream()
    configuration = ProtoConfigure(definition, experiment: options.experiment, trialsDirectory: options.root + "/trials")
    launcher = AgentLauncher(
      executable: options.executable, arguments: options.arguments, options: options.agent, limit: options.startLimit)
  }

  /// Finds or starts the agent.
  /// - Parameter running: the agent's attempts of which the journal has `attemptStarted` and no `attemptEnded`.
  /// - Throws: `FleetError` when no agent can be had.
  public func open(acknowledged: [String: Int], running: [AttemptID: Slot]) async throws -> AsyncStream<RunnerEvent> {
    precondition(conversation == nil, "a fleet is opened once")
    self.acknowledged = UInt64(max(0, acknowledged[options.name] ?? 0))
    delivered = self.acknowledged
    started = Set(running.keys)
    let socket = try await reach()
    let (stream, events) = AsyncStream.makeStream(of: RunnerEvent.self)
    self.events = events
    conversation = Task {
      await self.converse(startingAt: socket)
      self.farewells.finish()
    }
    return stream
  }

  /// Sends the order, now or when there is an agent again. An order is kept until its answer has come.
  public func perform(_ order: Order) async {
    orders.insert(order)
    commands?.yield(ProtoCommand(order))
  }

  /// Lets the agent forget.
  public func acknowledge(_ source: String, through sequence: Int) async {
    guard source == options.name, sequence > Int(acknowledged) else { return }
    acknowledged = UInt64(sequence)
    commands?.yield(.with { $0.acknowledge.sequence = acknowledged })
  }

  /// Ends every attempt and the agent, also one that a controller before has left. Returns when no process is left, at the latest when
  /// the grace period and half a minute are over.
  public func close() async {
    if conversation == nil, LockFile.isHeld(options.agent.lockPath) {
      do { _ = try await open(acknowledged: [:], running: [:]) } catch { options.onTrouble("\(error)") }
    }
    guard let conversation, !isClosing else { return }
    isClosing = true
    commands?.yield(.with { $0.close = ProtoClose() })
    await untilConversationEnds(within: configuration.graceSeconds + 30)
    conversation.cancel()
    var gone = launcher
    await gone.untilGone(within: 5)
  }

  private func untilConversationEnds(within seconds: Double) async {
    await withTaskGroup(of: Void.self) { [farewell] group in
      group.addTask { for await _ in farewell {} }
      group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
      await group.next()
      group.cancelAll()
    }
  }

  /// Lets go of the agent without a word, as a controller's death does.
  func vanish() {
    isClosed = true
    conversation?.cancel()
  }

  /// What slots and events are called after.
  nonisolated var name: String { options.name }

  /// Copies that were ordered and that nobody has made yet.
  var unansweredCopies: [Order] { orders.all.filter { if case .copyCheckpoint = $0 { true } else { false } } }

  /// Ends the processes of an attempt that no agent looks after any more; returns when none is left.
  func evict(_ id: AttemptID) async {
    await Eviction(files: AttemptFiles(id, in: configuration.trialsDirectory), grace: configuration.graceSeconds).run()
  }

  /// - Returns: the socket of an agent that answers.
  func reach() async throws -> String {
    var launcher = launcher
    defer { self.launcher = launcher }
    return try await launcher.reach()
  }

  /// The connected programs of each attempt.
  public func mirror() -> [AttemptID: [ProgramMirror]] {
    programs.mapValues { $0.values.sorted { $0.pid < $1.pid } }
  }
}

extension ProtoCommand {
  init(_ order: Order) {
    self.init()
    switch order {
    case .start(let start): self.start = ProtoStart(start)
    case .stop(let attempt): stop = .with { $0.attempt = attempt.description }
    case .suspend(let attempt): suspend = .with { $0.attempt = attempt.description }
    case .resume(let attempt, let slot):
      resume = .with {
        $0.attempt = attempt.description
        $0.slot = UInt32(slot.index)
      }
    case .change(let attempt, let request): change = ProtoChangeOrder(attempt, request)
    case .copyCheckpoint(let trial, let twin, let role):
      copy = .with {
        $0.trial = UInt32(trial.rawValue)
        $0.twin = UInt32(twin.rawValue)
        $0.fromInherited = role == .inherited
        $0.toInherited = role == .inherited || role == .parents
        if case .adopted(let number) = role { $0.adoption = UInt32(number) }
      }
    }
  }
}
