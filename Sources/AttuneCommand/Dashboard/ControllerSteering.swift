import AttuneDashboard
import AttuneValues
import AttuneWire

/// Carries a person's moves to the experiment's controller, which records who made them.
struct ControllerSteering: DashboardSteering {
  let workspace: Workspace

  func perform(_ move: DashboardMove, on experiment: String) async throws(DashboardError) -> JSON {
    guard let pointer = ControlPointer.read(from: workspace.folder(of: experiment)) else {
      throw DashboardError(
        .unreachable, "experiment '\(experiment)' has no controller at work; `attune resume \(experiment)` starts one. Nothing was done")
    }
    var members = move.parameters
    members["trial"] = move.trial.map(JSON.int)
    members["by"] = .string(move.user)
    do {
      return try WireClient(dialing: pointer.address).request(Self.method(of: move.kind), .object(members))
    } catch { throw DashboardError(Failure(error)) }
  }

  private static func method(of kind: DashboardMove.Kind) -> String {
    switch kind {
    case .set: LiveMethod.setVariables
    case .fire: LiveMethod.fireTrigger
    case .stopTrial: ControlMethod.stopTrial
    case .suspendTrial: ControlMethod.suspendTrial
    case .resumeTrial: ControlMethod.resumeTrial
    case .fork: ControlMethod.fork
    case .stop: ControlMethod.stop
    case .add: ControlMethod.addTrial
    }
  }
}

extension DashboardError {
  /// The HTTP status that fits a command's.
  init(_ failure: Failure) {
    let kind: Kind =
      switch failure.status {
      case .badInput: .badInput
      case .unknown: .unknown
      case .refused: .refused
      case .unreachable: .unreachable
      case .timedOut: .timedOut
      case .failed, .interrupted: .failed
      }
    self.init(kind, failure.description)
  }
}
