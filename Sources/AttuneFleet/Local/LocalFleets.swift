import AttuneCore

/// Several agents on this machine as one runner: each has processes, a directory and sockets of its own, and all see the trials' directories.
///
/// When one of them cannot be kept running, its slots are given up, what its attempts still run is ended, and their trials go on with the
/// others from their last checkpoints. When none is left, what runs is left to the next controller.
public actor LocalFleets: Runner {
  private let fleets: [LocalFleet]
  private let onTrouble: @Sendable (String) -> Void
  private var events: AsyncStream<RunnerEvent>.Continuation?
  /// The agent of each attempt that was started and has not ended.
  private var owners: [AttemptID: String] = [:]
  /// Agents that tell nothing any more.
  private var gone: Set<String> = []
  private var isClosing = false

  /// An agent for each of `definition.resources.agents`.
  /// - Parameter options: of all of them; the name is theirs.
  /// - Throws: `FleetError.badPattern`, so that it is known before anything is started.
  public init(_ definition: ExperimentDefinition, options: LocalFleetOptions) throws(FleetError) {
    var fleets: [LocalFleet] = []
    for (name, slots) in definition.resources.slotsOfAgents {
      var (definition, options) = (definition, options)
      definition.resources = Resources(localSlots: slots)
      options.name = name
      fleets.append(try LocalFleet(definition, options: options))
    }
    self.fleets = fleets
    onTrouble = options.onTrouble
  }

  /// Finds or starts the agents. One that cannot be had is told as trouble, as long as there is another.
  /// - Throws: `FleetError` when no agent can be had.
  public func open(acknowledged: [String: Int], running: [AttemptID: Slot]) async throws -> AsyncStream<RunnerEvent> {
    let (stream, events) = AsyncStream.makeStream(of: RunnerEvent.self)
    self.events = events
    for (id, slot) in running { owners[id] = slot.agent }
    var problem: (any Error)?
    var absent: [LocalFleet] = []
    for fleet in fleets {
      do {
        let told = try await fleet.open(acknowledged: acknowledged, running: running.filter { $0.value.agent == fleet.name })
        Task {
          for await event in told { self.pass(event) }
          await self.ended(fleet)
        }
      } catch {
        gone.insert(fleet.name)
        absent.append(fleet)
        problem = error
      }
    }
    if let problem {
      guard absent.count < fleets.count else { throw problem }
      for fleet in absent {
        onTrouble("agent '\(fleet.name)' cannot be had: \(problem). The others run its trials.")
        Task { await replace(fleet) }
      }
    }
    return stream
  }

  /// Sends the order to the agent that it concerns.
  public func perform(_ order: Order) async {
    switch order {
    case .start(let start):
      owners[start.attempt] = start.slot.agent
      guard let fleet = fleet(start.slot.agent) else { return lose(start.attempt, of: start.slot.agent) }
      await fleet.perform(order)
      if gone.contains(fleet.name) { lose(start.attempt, of: fleet.name) }
    case .stop(let id), .suspend(let id), .resume(let id, _), .change(let id, _): await owners[id].flatMap(fleet)?.perform(order)
    case .copyCheckpoint: await fleets.first { !gone.contains($0.name) }?.perform(order)
    }
  }

  /// Lets the agent forget.
  public func acknowledge(_ source: String, through sequence: Int) async { await fleet(source)?.acknowledge(source, through: sequence) }

  /// Ends every attempt and the agents, also those that a controller before has left.
  public func close() async {
    isClosing = true
    await withTaskGroup(of: Void.self) { group in
      for fleet in fleets { group.addTask { await fleet.close() } }
    }
    events?.finish()
  }

  /// The connected programs of each attempt.
  public func mirror() async -> [AttemptID: [ProgramMirror]] {
    var mirrors: [AttemptID: [ProgramMirror]] = [:]
    for fleet in fleets { mirrors.merge(await fleet.mirror()) { $0 + $1 } }
    return mirrors
  }

  /// Lets go of the agents without a word, as a controller's death does.
  func vanish() async {
    isClosing = true
    for fleet in fleets { await fleet.vanish() }
  }

  private func fleet(_ name: String) -> LocalFleet? { gone.contains(name) ? nil : fleets.first { $0.name == name } }

  private func pass(_ event: RunnerEvent) {
    if case .attemptEnded(let id, _) = event.kind { owners[id] = nil }
    events?.yield(event)
  }

  /// The agent tells nothing more: closed, given up, or taken over by another controller, which then has the others, too.
  private func ended(_ fleet: LocalFleet) async {
    gone.insert(fleet.name)
    guard !isClosing else { return }
    let isTakenOver = await fleet.isTakenOver
    if isTakenOver || gone.count == fleets.count { return events?.finish() ?? () }
    await replace(fleet)
  }

  /// Ends what an agent has left running, so that nothing is done twice, and hands its trials and copies to the others.
  private func replace(_ fleet: LocalFleet) async {
    for id in owners.filter({ $0.value == fleet.name }).keys.sorted() {
      await fleet.evict(id)
      lose(id, of: fleet.name)
    }
    for order in await fleet.unansweredCopies { await perform(order) }
  }

  private func lose(_ id: AttemptID, of agent: String) {
    pass(RunnerEvent(source: agent, sequence: 0, .attemptEnded(id, Ending(cause: .lost))))
  }
}
