import AttuneCore

/// Why a simulation makes no sense.
public enum SimulationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No metric of that name; those that were seen.
  case unknownMetric(name: String, known: [String])
  /// No trial ever reported a number.
  case noValues(metric: String)
  /// No trial is left, or none comes as far as a first report within so many steps.
  case noTrials(steps: Int?)
  /// A number that is not allowed.
  case refused(what: String, value: String, allowed: String)
  /// More configurations than there are.
  case tooMany(wanted: Int, known: Int)

  /// One line: the thing, what arrived, what is allowed.
  public var description: String {
    switch self {
    case .unknownMetric(let name, let known): "the trace has no metric '\(name)'\(Nearest.hint(name, among: known))"
    case .noValues(let metric): "no trial of the trace has a finite '\(metric)'; nothing can be compared by it"
    case .noTrials(let steps): "the trace has no trial" + (steps.map { " with a report within \($0) steps" } ?? "")
    case .refused(let what, let value, let allowed): "\(what): \(value) refused; allowed: \(allowed)"
    case .tooMany(let wanted, let known):
      "\(wanted) configurations of \(known) refused; allowed: 1...\(known), or any number where they are drawn again and again"
    }
  }
}
