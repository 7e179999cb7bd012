import ArgumentParser
import AttuneValues
import AttuneWire
import Foundation

struct SetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Changes live values of a running program, all of them or none.",
    discussion: "Example: attune set learning_rate=0.01 --trial 3 --wait")

  @Argument(help: "TAG=VALUE, one or more.")
  var assignments: [String]
  @OptionGroup var target: TargetOptions
  @OptionGroup var liveTune: LiveTuneTarget
  @OptionGroup var circumstances: ChangeOptions

  func run() async throws {
    if let dictionary = try liveTune.dictionary(besides: target, circumstances) {
      return try liveTune.set(assignments, at: dictionary, circumstances.output)
    }
    var values: [String: JSON] = [:]
    for (tag, text) in try Assignment.read(assignments) { values[tag] = Value(typed: text).json }
    let what = assignments.joined(separator: " ")
    try circumstances.send(LiveMethod.setVariables, ["values": .object(values)], what: what, to: target.connect())
  }
}

struct FireCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "fire", abstract: "Fires a trigger of a running program, once.")

  @OptionGroup var payload: PayloadOption
  @Argument(help: "The trigger's tag.")
  var trigger: String
  @OptionGroup var target: TargetOptions
  @OptionGroup var liveTune: LiveTuneTarget
  @OptionGroup var circumstances: ChangeOptions

  func run() async throws {
    if let dictionary = try liveTune.dictionary(besides: target, circumstances) {
      return try liveTune.fire(trigger, at: dictionary, circumstances.output)
    }
    try circumstances.send(LiveMethod.fireTrigger, payload.added(to: ["trigger": .string(trigger)]), what: trigger, to: target.connect())
  }
}

/// When and why, and whether to wait for it.
struct ChangeOptions: ParsableArguments {
  @Option(help: "Not before the program has completed this step.")
  var atStep: Int?
  @Option(help: "Why; kept with the change.")
  var reason: String?
  @Flag(help: "Return when it has taken effect, not when it is accepted.")
  var wait = false
  @Option(help: "Seconds to wait at the most.")
  var timeout = 60.0
  @OptionGroup var output: JSONOption

  /// Sends a change and tells what came of it.
  func send(_ method: String, _ members: [String: JSON], what: String, to target: Target) throws {
    var members = members
    members["by"] = .string(Person.name)
    if let atStep { members["atStep"] = .int(atStep) }
    if let reason { members["reason"] = .string(reason) }
    // Subscribed before it is sent: what takes effect at once is not missed.
    var news: [(String, JSON)] = []
    if wait { _ = try target.request(LiveMethod.subscribeToChanges) { news.append(($0, $1)) } }
    let answer = try target.request(method, members) { news.append(($0, $1)) }
    let number = answer["number"]?.int ?? 0
    guard wait else { return tell("accepted as change \(number): \(what)", ["accepted": .int(number)]) }
    let change = try awaitEffect(of: number, news, from: target)
    let step = change["step"]?.int ?? 0
    tell("change \(number) took effect after step \(step): \(what)", ["applied": .int(number), "step": .int(step)])
  }

  private func awaitEffect(of number: Int, _ early: [(String, JSON)], from target: Target) throws -> JSON {
    let deadline = ContinuousClock.now + .seconds(timeout)
    var news = early
    while true {
      for (method, parameters) in news where parameters["number"]?.int == number {
        if method == LiveMethod.changed { return parameters }
        if method == ControlMethod.refused { throw Failure(.refused, parameters["message"]?.string ?? "refused") }
      }
      do throws(WireError) {
        let next = try target.client.notification(within: max(.zero, deadline - .now))
        news = [(next.method, next.parameters)]
      } catch {
        if case .timedOut = error {
          throw Failure(
            .timedOut, "change \(number) was accepted but has not taken effect within \(timeout) s; it will at the program's next read")
        }
        throw Failure(error)
      }
    }
  }

  private func tell(_ text: String, _ document: JSON) { print(output.isJSON ? document.text : text) }
}
