#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a command leaves into a snapshot and comes back from one. CRIU works beside everything else; its end is a child's end.
extension Supervisor {
  /// Begins a snapshot; the answer is the end of the attempt, or `pace.json` with the reason why it goes on.
  mutating func takeSnapshot() {
    guard command != 0, status == nil, snapshots?.work == nil else { return }
    if let problem = snapshots?.dump(command) { pace.giveUp(problem) }
  }

  /// Begins to bring the command back from its snapshot.
  mutating func bringBack(_ output: Int32, _ errors: Int32) -> Result<pid_t, StartProblem> {
    guard let problem = snapshots?.restore(output: output, errors: errors) else { return .success(0) }
    return .failure(StartProblem(message: "the snapshot cannot be brought back: \(problem)"))
  }

  /// CRIU has ended.
  mutating func snapshotWorkEnded(_ purpose: Snapshots.Purpose, _ ended: Int32) {
    switch purpose {
    case .dump:
      guard let problem = snapshots?.finishDump(ended) else { return isSuspended = true }
      pace.giveUp(problem)
      if isStopping { tellToStop() }
    case .restore:
      switch snapshots?.finishRestore(ended) {
      case .process(let process, let status): (command, self.status) = (process, status)
      case .tryAgain: tryAgain()
      case .failed(let problem): restoreProblem = problem
      case nil: break
      }
    }
  }

  private mutating func tryAgain() {
    let (output, errors) = (openLog("stdout.log"), openLog("stderr.log"))
    defer { for descriptor in [output, errors] where descriptor >= 0 { close(descriptor) } }
    if let problem = snapshots?.restore(output: output, errors: errors) { restoreProblem = problem }
  }
}
