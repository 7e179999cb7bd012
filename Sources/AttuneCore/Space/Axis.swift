/// One coordinate of the unit cube, as a model needs to know it.
public struct Axis: Hashable, Sendable {
  /// What neighbouring coordinates have to do with one another.
  public enum Kind: Hashable, Sendable {
    /// Every coordinate is a value.
    case continuous
    /// So many values in an order, each with an interval of coordinates; `Parameter.snapped` gives the middle.
    case ordered(count: Int)
    /// So many values without an order; value k has the interval k/count ..< (k + 1)/count.
    case unordered(count: Int)
  }

  /// What neighbouring coordinates have to do with one another.
  public let kind: Kind
  /// The coordinates that may be proposed: a part of 0...1 where the space was narrowed, of discrete values with their whole intervals.
  /// Where a value between them was removed, its coordinate stands for the nearest that is left.
  public let range: ClosedRange<Double>
  /// Of an axis without order, the values that may be proposed, ascending; `nil` for all.
  public let allowed: [Int]?

  /// An axis.
  public init(_ kind: Kind, range: ClosedRange<Double> = 0...1, allowed: [Int]? = nil) {
    self.kind = kind
    self.range = range
    self.allowed = allowed
  }
}

extension Domain {
  /// What neighbouring coordinates of this domain have to do with one another. Two values are an order.
  public var kind: Axis.Kind {
    switch self {
    case .float(_, _, _, nil): .continuous
    case .float, .int, .ordinal, .bool: .ordered(count: count ?? 1)
    case .choice(let values): .unordered(count: values.count)
    }
  }
}
