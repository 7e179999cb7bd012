import AttuneCore
import AttuneValues

/// A result's values, and whether it keeps the outcome constraints.
struct OutcomeReport {
  private let result: TrialResult
  private let criteria: Criteria

  init(_ result: TrialResult, _ criteria: Criteria) {
    self.result = result
    self.criteria = criteria
  }

  /// `loss: 0.12, latency: 30`.
  var values: String {
    zip(criteria.objectives, result.values ?? []).map { "\($0.metric): \(Numbers.short($1))" }.joined(separator: ", ").nonEmpty
      ?? "no value"
  }

  /// In words; `nil` without outcome constraints.
  var bounds: String? {
    guard !criteria.outcomeConstraints.isEmpty else { return nil }
    let isKept = criteria.violations(of: result).allSatisfy { $0 == 0 }
    let bounds = zip(criteria.outcomeConstraints, result.bounded).map { constraint, value in
      "\(constraint) (\(value.map { "is \(Numbers.short($0))" } ?? "not reported"))"
    }
    if isKept { return "keeps           \(bounds.joined(separator: ", "))" }
    let broken = zip(bounds, criteria.violations(of: result)).filter { $0.1 > 0 }.map(\.0)
    return "breaks          \(broken.joined(separator: ", "))"
  }

  /// For a program.
  var members: [String: JSON] {
    let values = zip(criteria.objectives, result.values ?? []).map { ($0.metric, JSON.number($1)) }
    var members: [String: JSON] = ["values": .object(Dictionary(values) { first, _ in first })]
    guard !criteria.outcomeConstraints.isEmpty else { return members }
    members["feasible"] = .bool(criteria.isFeasible(result))
    let violations = zip(criteria.outcomeConstraints, criteria.violations(of: result)).map { constraint, violation in
      (constraint.description, violation.isFinite ? JSON.number(violation) : .null)
    }
    members["violations"] = .object(Dictionary(violations) { first, _ in first })
    return members
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
