/// Why nothing can be said about importance.
public enum ImportanceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Fewer trials than a model can be held against.
  case tooFewTrials(usable: Int, needed: Int, left: String)
  /// Every trial has the same value.
  case allEqual(metric: String, trials: Int)
  /// Every trial has the same configuration.
  case onePoint(trials: Int)
  case unknownParameter(name: String, known: [String])
  case unknownMetric(name: String, known: [String])

  /// One line: the thing, what arrived, what is needed.
  public var description: String {
    switch self {
    case .tooFewTrials(let usable, let needed, let left):
      "importance needs at least \(needed) trials that ended by themselves, one of them with a value; there are \(usable)"
        + (left.isEmpty ? "" : " (\(left))")
    case .allEqual(let metric, let trials): "all \(trials) trials have the same '\(metric)': no parameter can be seen to make a difference"
    case .onePoint(let trials): "all \(trials) trials have the same configuration: no parameter has been varied"
    case .unknownParameter(let name, let known): "there is no parameter '\(name)'; the space has \(known.joined(separator: ", "))"
    case .unknownMetric(let name, let known): "'\(name)' is no objective; the experiment has \(known.joined(separator: ", "))"
    }
  }
}
