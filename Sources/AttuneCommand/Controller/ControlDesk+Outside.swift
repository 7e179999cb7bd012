import AttuneCore
import AttuneEngine
import AttuneValues
import AttuneWire

/// What programs outside ask for and tell.
extension ControlDesk {
  /// - Parameter parameters: `again`, the number of a trial that was asked for before; none for the next one.
  /// - Returns: the trial; with a `reason` and no number when there is nothing more to try.
  func ask(_ parameters: JSON) async throws(WireFailure) -> JSON {
    do throws(CommandError) {
      guard let again = parameters["again"] else { return line(try await driver.ask()) }
      return line(try await driver.ask(again: TrialID(again.int ?? 0)))
    } catch {
      switch error {
      case .allAsked, .exhausted, .experimentOver: return nothing(error)
      default: throw Self.failure(error)
      }
    }
  }

  /// The answer to who asks in vain.
  func nothing(_ error: CommandError) -> JSON {
    ["experiment": .string(name), "trial": .null, "reason": .string("experiment '\(name)': \(error)")]
  }

  /// - Parameter parameters: `trial`, and `metrics` with or without a `step`; `done` says that a step is the last; `failed` that it
  ///   came to nothing, with a `reason` or without.
  func tell(_ parameters: JSON) async throws(WireFailure) -> JSON {
    guard let number = parameters["trial"]?.int else {
      throw WireFailure(.invalidParameters, "\"trial\" is needed: the number that was asked for. Nothing was recorded.")
    }
    let telling = try telling(parameters)
    do throws(CommandError) {
      let told = try await driver.tell(TrialID(number), telling)
      return [
        "experiment": .string(name), "trial": .int(number), "state": .string(told.state.rawValue),
        "value": told.value.map(JSON.number) ?? .null, "reason": told.reason.map(JSON.string) ?? .null,
      ]
    } catch { throw Self.failure(error) }
  }

  /// Trials that were asked for and not told.
  func askedTrials() async -> JSON { .array(await driver.asked.map(line)) }

  /// The refusal of a command, with the code that becomes an exit status.
  static func failure(_ error: CommandError) -> WireFailure {
    switch error {
    case .unknownTrial, .unknownChange, .edit(.unknownParameter): WireFailure(.unknownTag, error.description)
    case .controllerGone: WireFailure(.notReachable, error.description)
    default: WireFailure(.refused, error.description)
    }
  }

  private func line(_ asked: Asked) -> JSON {
    var members: [String: JSON] = [
      "experiment": .string(name), "trial": .int(asked.trial.rawValue), "configuration": asked.configuration.json,
      "seed": .int(Int(asked.seed)),
    ]
    if let note = asked.note { members["note"] = .string(note) }
    return .object(members)
  }

  private func telling(_ parameters: JSON) throws(WireFailure) -> Telling {
    if parameters["failed"] == true { return .failed(parameters["reason"]?.string) }
    var metrics: [String: Double] = [:]
    for (name, value) in parameters["metrics"]?.object ?? [:] {
      guard let number = value.double else {
        throw WireFailure(.invalidParameters, "metric '\(name)': \(value.text) is no number. Nothing was recorded.")
      }
      metrics[name] = number
    }
    let step = parameters["step"]?.int
    guard let step, parameters["done"] != true else { return .done(metrics, step: step) }
    return .step(step, metrics)
  }
}
