import AttuneCore
import Dispatch

/// Copies of checkpoints, for twins, children and trials that adopt what others have come to.
extension Agent {
  /// Copies beside everything else: a checkpoint may have gigabytes. One that was copied is not copied again, so that a twin never
  /// begins at another step than it is said to.
  func copyCheckpoint(_ order: ProtoCopyCheckpoint) {
    let (trial, twin) = (TrialID(Int(order.trial)), TrialID(Int(order.twin)))
    guard let configuration, !copying.contains(twin) else { return }
    let adopted = order.adoption > 0 ? AdoptedCheckpoint(Int(order.adoption), of: twin, in: configuration.trialsDirectory) : nil
    let copy = CheckpointCopy(
      source: AttemptFiles.checkpoint(of: trial, inherited: order.fromInherited, in: configuration.trialsDirectory),
      target: adopted?.path ?? AttemptFiles.checkpoint(of: twin, inherited: order.toInherited, in: configuration.trialsDirectory))
    copying.insert(twin)
    DispatchQueue.global().async {
      let problem: String?
      do throws(FleetError) {
        try adopted?.removeEarlier()
        problem = try copy.make() ? nil : "trial \(trial) has no checkpoint to \(order.purpose)"
      } catch { problem = "the checkpoint of trial \(trial) cannot be copied: \(error)" }
      self.post { agent in agent.copied(order, problem) }
    }
  }

  private func copied(_ order: ProtoCopyCheckpoint, _ problem: String?) {
    copying.remove(TrialID(Int(order.twin)))
    publish(
      .copied(
        .with {
          $0.twin = order.twin
          $0.adoption = order.adoption
          if let problem { $0.problem = problem }
        }))
  }
}

extension ProtoCopyCheckpoint {
  fileprivate var purpose: String { adoption > 0 ? "go on with" : toInherited ? "begin with" : "fork from" }
}
