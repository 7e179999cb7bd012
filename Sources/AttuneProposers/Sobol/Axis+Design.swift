import AttuneCore

extension Axis {
  /// The coordinate that may be proposed at that share of the axis: uniform shares give uniform coordinates.
  /// - Parameter share: in 0 ..< 1.
  func coordinate(at share: Double) -> Double {
    if let allowed, case .unordered(let count) = kind, !allowed.isEmpty {
      return (Double(allowed[min(Int(share * Double(allowed.count)), allowed.count - 1)]) + 0.5) / Double(count)
    }
    return range.lowerBound + share * (range.upperBound - range.lowerBound)
  }
}
