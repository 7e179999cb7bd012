import AttuneCore
import AttuneEngine
import AttuneFleet
import AttuneValues
import AttuneWire
import Foundation
import Synchronization

/// Answers what is asked of a controller, and keeps who wants to be told of news.
final class ControlDesk: Sendable {
  private struct Subscription {
    var trial: TrialID?
    var wantsReports = false
    var wantsChanges = false
  }

  let name: String
  private let folder: URL
  let driver: ExperimentDriver
  /// `nil` where programs outside run all trials.
  private let fleet: LocalFleets?
  private let subscriptions = Mutex<[Peer: Subscription]>([:])

  init(name: String, folder: URL, driver: ExperimentDriver, fleet: LocalFleets?) {
    self.name = name
    self.folder = folder
    self.driver = driver
    self.fleet = fleet
  }

  /// - Throws: `WireFailure` with the code that becomes the command's exit status.
  func answer(_ method: String, _ parameters: JSON, for peer: Peer) async throws(WireFailure) -> JSON {
    switch method {
    case LiveMethod.hello:
      return [
        "name": .string(name), "pid": .int(Int(getpid())), "protocol": .int(LiveMethod.protocolVersion), "folder": .string(folder.path),
      ]
    case ControlMethod.status: return await status
    case ControlMethod.listPrograms: return .array(await programs())
    case ControlMethod.stop: return try await command(.stop, parameters)
    case ControlMethod.stopTrial: return try await command(.stopTrial(try trial(in: parameters)), parameters)
    case ControlMethod.suspendTrial: return try await command(.suspendTrial(try trial(in: parameters)), parameters)
    case ControlMethod.resumeTrial: return try await command(.resumeTrial(try trial(in: parameters)), parameters)
    case ControlMethod.fork: return try await fork(parameters)
    case ControlMethod.addTrial: return try await command(.add(try configuration(in: parameters)), parameters)
    case ControlMethod.editSpace: return try await edit(parameters)
    case ControlMethod.ask: return try await ask(parameters)
    case ControlMethod.tell: return try await tell(parameters)
    case ControlMethod.asked: return await askedTrials()
    case LiveMethod.listVariables: return try await mirror(of: try trial(in: parameters)).declaration.json
    case LiveMethod.getVariables: return try await values(parameters)
    case LiveMethod.setVariables: return try await set(parameters)
    case LiveMethod.fireTrigger: return try await fire(parameters)
    case LiveMethod.subscribeToReports, LiveMethod.subscribeToChanges: return subscribe(method, parameters, peer)
    default: throw WireFailure(.unknownMethod, "a controller does not know '\(method)'")
    }
  }

  /// The peer wants nothing any more.
  func forget(_ peer: Peer) { subscriptions.withLock { $0[peer] = nil } }

  /// Sends the news to those who want it.
  func tell(_ update: ExperimentUpdate, on loop: LineLoop) {
    let listeners = subscriptions.withLock { $0 }
    guard !listeners.isEmpty else { return }
    for event in update.events {
      guard let notice = ControlNotice(event) else { continue }
      for (peer, subscription) in listeners where subscription.trial == nil || subscription.trial == notice.trial {
        guard notice.isReport ? subscription.wantsReports : subscription.wantsChanges else { continue }
        loop.send(WireMessage.notification(method: notice.method, parameters: notice.parameters).json, to: peer)
      }
    }
  }
}

extension ControlDesk {
  private var status: JSON {
    get async {
      let history = await driver.history
      let counts = Dictionary(grouping: history.trials, by: \.state.rawValue).mapValues { JSON.int($0.count) }
      let best = history.best.map { best -> JSON in
        ["trial": .int(best.trial.id.rawValue), "value": .number(best.value), "configuration": best.trial.configuration.json]
      }
      return [
        "experiment": .string(name), "counts": .object(counts), "best": best ?? .null, "metric": .string(history.objective.metric),
        "front": .array(history.front.map { .int($0.trial.rawValue) }),
      ]
    }
  }

  private func programs() async -> [JSON] {
    let history = await driver.history
    let mirrors = await fleet?.mirror() ?? [:]
    return history.trials.filter { $0.state == .running }.compactMap { trial in
      guard let attempt = trial.attempts.last?.id else { return nil }
      let mirror = mirrors[attempt]?.first
      var document = mirror?.declaration.json.object ?? ["variables": [], "triggers": []]
      document["trial"] = .int(trial.id.rawValue)
      document["attempt"] = .string("\(attempt)")
      document["step"] = .int(trial.reports.last?.step ?? 0)
      document["pid"] = mirror.map { .int($0.pid) } ?? .null
      document["name"] = mirror.map { .string($0.name) } ?? .null
      return .object(document)
    }
  }

  private func values(_ parameters: JSON) async throws(WireFailure) -> JSON {
    let id = try trial(in: parameters)
    let declaration = try await mirror(of: id).declaration
    let tags = parameters["tags"]?.array?.compactMap(\.string) ?? declaration.variables.map(\.descriptor.tag)
    var values: [String: JSON] = [:]
    for tag in tags { values[tag] = try variable(tag, of: declaration, trial: id).value.json }
    return ["values": .object(values)]
  }

  /// What the program would refuse is refused here at once; what it has declared since, it checks itself.
  private func set(_ parameters: JSON) async throws(WireFailure) -> JSON {
    let id = try trial(in: parameters)
    let request = try SetRequest(json: parameters)
    let declaration = try await mirror(of: id).declaration
    var values: [String: Value] = [:]
    for (tag, value) in request.values {
      let variable = try variable(tag, of: declaration, trial: id)
      values[tag] = try variable.descriptor.accepting(value, current: variable.value)
    }
    let circumstances = request.circumstances
    return try await command(.change(trial: id, wish: .set(values), atStep: circumstances.atStep, reason: circumstances.reason), parameters)
  }

  private func fire(_ parameters: JSON) async throws(WireFailure) -> JSON {
    let id = try trial(in: parameters)
    let request = try FireRequest(json: parameters)
    let declaration = try await mirror(of: id).declaration
    // Every program can be paused, whatever it declares.
    guard declaration.triggers.contains(request.trigger) || ReservedTag(rawValue: request.trigger)?.isDeclaredByPrograms == false else {
      throw WireFailure(
        .unknownTag,
        "trial \(id) has no trigger '\(request.trigger)'" + Nearest.hint(request.trigger, among: declaration.triggers)
          + " Nothing was fired.")
    }
    let circumstances = request.circumstances
    return try await command(
      .change(
        trial: id, wish: .fire(trigger: request.trigger, payload: parameters["payload"]?.text), atStep: circumstances.atStep,
        reason: circumstances.reason), parameters)
  }

  /// A fresh checkpoint where the program can be asked for one; else the last, which must be there.
  private func fork(_ parameters: JSON) async throws(WireFailure) -> JSON {
    let id = try trial(in: parameters)
    let number = parameters["change"]?.int
    var start = ForkStart.beginning
    if parameters["fromStart"] != true {
      let triggers = (try? await mirror(of: id).declaration.triggers) ?? []
      start = number == nil && triggers.contains(ReservedTag.checkpoint.rawValue) ? .freshCheckpoint : .lastCheckpoint
      let checkpoint = folder.appending(path: "trials/\(id)/checkpoint")
      let isEmpty = ((try? FileManager.default.contentsOfDirectory(atPath: checkpoint.path)) ?? []).isEmpty
      if start == .lastCheckpoint, isEmpty, await driver.history.trial(id) != nil {
        throw WireFailure(
          .refused,
          "trial \(id) has no checkpoint, and its program declares no trigger 'attune.checkpoint' by which it could be asked for one; "
            + "--from-start runs the twin from the beginning. Nothing was forked.")
      }
    }
    let answer = try await command(.fork(id, from: start, before: number), parameters)
    return ["twin": answer["number"] ?? .null, "from": .string(start.rawValue)]
  }

  private func edit(_ parameters: JSON) async throws(WireFailure) -> JSON {
    let words = parameters["words"]?.array?.compactMap(\.string) ?? []
    let edit: SpaceEdit
    do { edit = try SpaceWords.edit(words, in: await driver.history.space) } catch {
      throw WireFailure(.invalidParameters, error.description)
    }
    return try await command(.edit(edit), parameters)
  }

  private func subscribe(_ method: String, _ parameters: JSON, _ peer: Peer) -> JSON {
    subscriptions.withLock { subscriptions in
      subscriptions[peer, default: Subscription()].trial = parameters["trial"]?.int.map { TrialID($0) }
      if method == LiveMethod.subscribeToReports {
        subscriptions[peer]?.wantsReports = true
      } else {
        subscriptions[peer]?.wantsChanges = true
      }
    }
    return [:]
  }

  private func command(_ command: Command, _ parameters: JSON) async throws(WireFailure) -> JSON {
    do {
      return ["number": .int(try await driver.command(command, by: parameters["by"]?.string ?? "unknown"))]
    } catch { throw Self.failure(error) }
  }

  private func trial(in parameters: JSON) throws(WireFailure) -> TrialID {
    guard let number = parameters["trial"]?.int, number >= 1 else {
      throw WireFailure(.invalidParameters, "\"trial\" is needed: the number of a running trial (--trial N). Nothing was changed.")
    }
    return TrialID(number)
  }

  private func configuration(in parameters: JSON) throws(WireFailure) -> Configuration {
    guard let members = parameters["configuration"]?.object else {
      throw WireFailure(.invalidParameters, "\"configuration\" is needed: an object with a value for each parameter. Nothing was added.")
    }
    return Configuration(members.compactMapValues(Value.init(json:)))
  }

  private func mirror(of id: TrialID) async throws(WireFailure) -> ProgramMirror {
    let history = await driver.history
    guard let trial = history.trial(id) else {
      throw WireFailure(.unknownTag, "there is no trial \(id); the experiment has trials 1...\(history.trials.count). Nothing was changed.")
    }
    guard trial.state == .running, let attempt = trial.attempts.last?.id else {
      throw WireFailure(.refused, "trial \(id) is \(trial.state.rawValue), and only a running one can be reached. Nothing was changed.")
    }
    guard let mirror = await fleet?.mirror()[attempt]?.first else {
      let isUnconnected = await driver.definition.suspend == .criu
      let reason =
        isUnconnected
        ? "is not connected, as a connection cannot be put into a snapshot (`suspend: criu`)"
        : "has not declared any live variable (it starts, or does not use the client library)"
      throw WireFailure(.notReachable, "trial \(id) \(reason). Nothing was changed.")
    }
    return mirror
  }

  private func variable(_ tag: String, of declaration: Declaration, trial: TrialID) throws(WireFailure) -> Declaration.Variable {
    if let variable = declaration.variables.first(where: { $0.descriptor.tag == tag }) { return variable }
    let known = declaration.variables.map(\.descriptor.tag)
    throw WireFailure(.unknownTag, "trial \(trial) has no variable '\(tag)'\(Nearest.hint(tag, among: known)) Nothing was changed.")
  }
}
