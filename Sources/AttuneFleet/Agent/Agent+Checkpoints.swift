import AttuneCore
import Dispatch

/// Copies of checkpoints, for twins and children.
extension Agent {
  /// Copies beside everything else: a checkpoint may have gigabytes. One that was copied is not copied again, so that a twin never
  /// begins at another step than it is said to.
  func copyCheckpoint(_ order: ProtoCopyCheckpoint) {
    let (trial, twin) = (TrialID(Int(order.trial)), TrialID(Int(order.twin)))
    guard let configuration, !copying.contains(twin) else { return }
    let copy = CheckpointCopy(
      source: AttemptFiles.checkpoint(of: trial, inherited: order.fromInherited, in: configuration.trialsDirectory),
      target: AttemptFiles.checkpoint(of: twin, inherited: order.toInherited, in: configuration.trialsDirectory))
    copying.insert(twin)
    DispatchQueue.global().async {
      let problem: String?
      do throws(FleetError) {
        problem = try copy.make() ? nil : "trial \(trial) has no checkpoint to \(order.toInherited ? "begin with" : "fork from")"
      } catch { problem = "the checkpoint of trial \(trial) cannot be copied: \(error)" }
      self.post { agent in agent.copied(twin, problem) }
    }
  }

  private func copied(_ twin: TrialID, _ problem: String?) {
    copying.remove(twin)
    publish(
      .copied(
        .with {
          $0.twin = UInt32(twin.rawValue)
          if let problem { $0.problem = problem }
        }))
  }
}
