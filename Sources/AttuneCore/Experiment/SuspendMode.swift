/// How a running trial gives up its slot to go on later.
public enum SuspendMode: String, Hashable, Sendable, Codable, CaseIterable {
  /// It does not: once started, a trial runs to its end or is stopped.
  case none
  /// The program saves a checkpoint and exits with status 75; it can go on anywhere.
  case checkpoint
  /// Its processes are stopped by a signal and keep their memory; it goes on instantly, on the same machine only.
  case signal
  /// A snapshot of all its processes is taken from outside by CRIU; it goes on from there as a new attempt.
  case criu
}
