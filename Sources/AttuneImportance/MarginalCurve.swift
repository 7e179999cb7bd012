import AttuneCore
import AttuneValues

/// The metric over the values of one parameter, averaged over all others.
public struct MarginalCurve: Hashable, Sendable {
  /// At one value.
  public struct Point: Hashable, Sendable {
    /// The middle of a stretch of values, or a value; `nil` where the parameter is absent.
    public let value: Value?
    /// In the metric's unit.
    public let mean: Double
    /// The standard error of the mean, in the metric's unit.
    public let deviation: Double
  }

  /// Of which parameter.
  public let parameter: String
  /// In the order of the values, absence last.
  public let points: [Point]
}

extension ImportanceAxis.Place {
  /// What a person is shown for it.
  func values(of domain: Domain) -> [Value?] {
    switch self {
    case .range(let range): [domain.value(atUnit: (range.lowerBound + range.upperBound) / 2)]
    case .values(let indices): indices.compactMap { domain.values?[$0] }
    case .absence: [nil]
    }
  }
}

extension [MarginalCurve.Point] {
  func sorted(in domain: Domain) -> [Element] {
    sorted { ($0.value.flatMap { domain.unit(of: $0) } ?? 2) < ($1.value.flatMap { domain.unit(of: $0) } ?? 2) }
  }
}
