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
    } catch { throw DashboardError(error) }
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
  /// What a controller answered, or why it did not.
  init(_ error: WireError) {
    switch error {
    case .timedOut: self.init(.timedOut, error.description)
    case .answered(let failure):
      let kind: Kind =
        switch failure.code {
        case .unknownTag: .unknown
        case .refused: .refused
        case .notReachable: .unreachable
        case .timedOut: .timedOut
        default: .badInput
        }
      self.init(kind, failure.message)
    default: self.init(.unreachable, error.description)
    }
  }
}
