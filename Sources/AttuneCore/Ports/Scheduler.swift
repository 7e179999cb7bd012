/// What becomes of a running trial.
public enum Decision: Hashable, Sendable {
  case `continue`, stop
}

/// Decides at every report whether its trial goes on.
///
/// Where configurations run with several seeds, each seed has a scheduler of its own, which is told of that seed's trials only, so that
/// configurations are compared and not seeds.
///
/// A pure value: it reads no clock and draws no random numbers, because folding the journal asks it again.
public protocol Scheduler: Sendable {
  /// - Parameters:
  ///   - report: already the last of `trial.reports`.
  ///   - trial: a running trial.
  mutating func decide(after report: Report, of trial: Trial, in history: History) -> Decision
}
