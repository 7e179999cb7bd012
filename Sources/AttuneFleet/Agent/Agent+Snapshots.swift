import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Attempts whose processes were in a snapshot (`suspend: criu`). The supervisor takes it and brings it back; the agent knows which is the
/// trial's last, and where its reports had come to.
extension Agent {
  /// Whether trials give up their slots so.
  var takesSnapshots: Bool { configuration?.suspend == SuspendMode.criu.rawValue }

  /// What the supervisor must know to take a snapshot of the attempt, and from which to bring it back.
  func snapshotOptions(of id: AttemptID, _ files: AttemptFiles) -> [String] {
    guard takesSnapshots else { return [] }
    let arguments = ["--criu", self.options.criu, "--snapshot", files.snapshot]
    return arguments + (Self.lastSnapshot(before: id, files).map { ["--restore", $0] } ?? [])
  }

  /// The step at which the trial's last snapshot was taken, as numbering of reports goes on from there; 0 when there is none.
  func snapshotStep(before id: AttemptID, _ files: AttemptFiles) -> UInt64 {
    guard takesSnapshots, let snapshot = Self.lastSnapshot(before: id, files), let text = Files.read(snapshot + Self.stepName) else {
      return 0
    }
    return UInt64(String(decoding: text, as: UTF8.self)) ?? 0
  }

  /// A snapshot is kept with the step it was taken at. A program that has ended as it wanted to needs none any more: it is done, or has
  /// saved a checkpoint, which is newer.
  func settleSnapshots(of attempt: RunningAttempt, status: Int?, isSnapshot: Bool) {
    guard takesSnapshots else { return }
    if isSnapshot {
      do throws(FleetError) {
        try Files.write(Array(String(max(0, attempt.step)).utf8), to: attempt.files.snapshot + Self.stepName)
      } catch { log.note("\(error). Reports without a step will count from 1 when attempt \(attempt.id) goes on.") }
    } else if status == 0 || status == 75 {
      let folder = attempt.files.snapshots
      for name in Files.names(in: folder) { Self.remove("\(folder)/\(name)") }
      rmdir(folder)
    }
  }

  private static let stepName = "/step"

  /// The newest; what has been begun and not completed has no number for a name.
  private static func lastSnapshot(before id: AttemptID, _ files: AttemptFiles) -> String? {
    let numbers = Files.names(in: files.snapshots).compactMap { Int($0) }.filter { $0 < id.number }
    return numbers.max().map { "\(files.snapshots)/\($0)" }
  }

  private static func remove(_ folder: String) {
    for name in Files.names(in: folder) { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }
}
