import AttuneCore
import AttuneValues
import AttuneWire

/// Changes on their way to programs.
extension Agent {
  /// How long a change waits for a program to connect.
  private static let patienceSeconds = 30.0

  /// Hands a change to the attempt's program; the answer is a notice `changed` or `refused`.
  func change(_ order: ProtoChangeOrder) {
    guard let id = AttemptID(order.attempt) else { return }
    let number = Int(order.number)
    guard let attempt = running[id], !attempt.isEnded else {
      return refuse(order, "attempt \(id) does not run any more; nothing was changed")
    }
    guard !takesSnapshots else {
      return refuse(
        order, "its programs are not connected, as a connection cannot be put into a snapshot (`suspend: criu`); nothing was changed")
    }
    guard attempt.changes[number] == nil, ledger.attempts[id]?.answered.contains(order.number) != true else { return }
    attempt.changes[number] = PendingChange(order: order)
    if order.trigger == ReservedTag.suspend.rawValue { suspensionOrdered(attempt) }
    handOver(number, of: attempt)
    if attempt.changes[number]?.peer == nil { awaitProgram(for: number, of: attempt) }
  }

  /// Tells that a change will not happen.
  func refuse(_ number: Int, of attempt: RunningAttempt, _ message: String) {
    guard let change = attempt.changes.removeValue(forKey: number) else { return }
    if change.order.trigger == ReservedTag.suspend.rawValue { attempt.suspendOrdered = nil }
    publish(
      .refused(
        .with {
          $0.attempt = attempt.id.description
          $0.number = UInt64(number)
          $0.message = message
        }))
  }

  /// Gives the change some time to find a program.
  func awaitProgram(for number: Int, of attempt: RunningAttempt) {
    attempt.changes[number]?.peer = nil
    let id = attempt.id
    post(after: Self.patienceSeconds) { agent in
      guard let attempt = agent.running[id], let change = attempt.changes[number], change.peer == nil else { return }
      agent.refuse(
        number, of: attempt,
        "no program of attempt \(id) has connected within \(Int(Self.patienceSeconds)) s; nothing was changed. "
          + "Only programs that use an attune library can be changed while they run.")
    }
  }

  /// Hands over what waited for a program.
  func handOverWaitingChanges(of attempt: RunningAttempt) {
    for number in attempt.changes.keys.sorted() where attempt.changes[number]?.peer == nil { handOver(number, of: attempt) }
  }

  /// To the program that knows the names; where none does, to the first that has declared anything, whose answer says what it knows.
  private func handOver(_ number: Int, of attempt: RunningAttempt) {
    guard let order = attempt.changes[number]?.order else { return }
    let programs = attempt.programs.filter { !$0.value.declaration.isEmpty }.sorted { $0.value.pid < $1.value.pid }
    guard let program = programs.first(where: { $0.value.declaration.knows(order) }) ?? programs.first else { return }
    attempt.changes[number]?.peer = program.key
    hub?.send(order.request(adopting: configuration.flatMap { order.adopted(by: attempt.id.trial, in: $0) }).json, to: program.key)
  }

  private func refuse(_ order: ProtoChangeOrder, _ message: String) {
    publish(
      .refused(
        .with {
          $0.attempt = order.attempt
          $0.number = order.number
          $0.message = message
        }))
  }
}

extension Declaration {
  fileprivate var isEmpty: Bool { variables.isEmpty && triggers.isEmpty }

  fileprivate func knows(_ order: ProtoChangeOrder) -> Bool {
    switch order.wish {
    case .trigger(let trigger): triggers.contains(trigger)
    case .set(let scalars): Set(scalars.values.keys).isSubset(of: variables.map(\.descriptor.tag))
    case nil: false
    }
  }
}

extension ProtoChangeOrder {
  /// Where the copy is that the program is to load; `nil` when it is asked for something else.
  fileprivate func adopted(by trial: TrialID, in configuration: ProtoConfigure) -> String? {
    guard trigger == ReservedTag.load.rawValue, let number = (try? JSON(parsing: payload))?["adoption"]?.int else { return nil }
    return AdoptedCheckpoint(number, of: trial, in: configuration.trialsDirectory).path
  }

  /// As the live protocol says it; the change's number is the request's id, too.
  /// - Parameter adopted: the directory of a copy, which only the agent knows.
  fileprivate func request(adopting adopted: String?) -> WireMessage {
    let circumstances = Circumstances(
      atStep: hasAtStep ? Int(atStep) : nil, reason: hasReason ? reason : nil, by: by, number: Int(number))
    let id = JSON.int(Int(number))
    if case .trigger(let trigger) = wish {
      var members = FireRequest(trigger: trigger, circumstances).json.object ?? [:]
      if hasPayload { members["payload"] = try? JSON(parsing: payload) }
      if let adopted, var told = members["payload"]?.object {
        told["checkpoint"] = .string(adopted)
        members["payload"] = .object(told)
      }
      return .request(id: id, method: LiveMethod.fireTrigger, parameters: .object(members))
    }
    let values = set.values.compactMapValues(\.value)
    return .request(id: id, method: LiveMethod.setVariables, parameters: SetRequest(values: values, circumstances).json)
  }
}
