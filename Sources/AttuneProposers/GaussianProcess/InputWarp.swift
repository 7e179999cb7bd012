import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Growing functions of the cube's axes onto themselves, 1 − (1 − xᵃ)ᵇ each: where an axis bends more at one end than at the other, they
/// stretch that end, so that one length scale is right everywhere.
///
/// Source: Snoek, Swersky, Zemel, Adams, "Input warping for Bayesian optimization of non-stationary functions" (2014); the functions are
/// Kumaraswamy's (1980).
struct InputWarp: Hashable, Sendable {
  /// log a and log b of an axis; both 0 leave it as it is.
  struct Shape: Hashable, Sendable {
    var a = 0.0
    var b = 0.0

    var isIdentity: Bool { a == 0 && b == 0 }

    func callAsFunction(_ x: Double) -> Double { isIdentity ? x : 1 - pow(1 - pow(min(max(x, 0), 1), exp(a)), exp(b)) }

    /// The slope at x; at an end where it has none, or is endless, that of a point near it.
    func slope(at x: Double) -> Double {
      guard !isIdentity else { return 1 }
      let x = min(max(x, 1e-4), 1 - 1e-4)
      let inner = pow(x, exp(a))
      return exp(a + b) * (inner / x) * pow(1 - inner, exp(b) - 1)
    }

    /// Minus the log density before anything was seen: log-normal around the identity.
    var cost: Double { (a * a + b * b) / (2 * Self.deviation * Self.deviation) }

    private static let deviation = 0.5
  }

  private(set) var shapes: [Shape]

  /// Leaves so many axes as they are.
  init(axes: Int) { self.init([Shape](repeating: Shape(), count: axes)) }

  /// One shape for each axis.
  init(_ shapes: [Shape]) { self.shapes = shapes }

  var isIdentity: Bool { shapes.allSatisfy(\.isIdentity) }

  func callAsFunction(_ point: [Double]) -> [Double] { isIdentity ? point : zip(shapes, point).map { $0($1) } }

  /// Minus the log density before anything was seen.
  var cost: Double { shapes.reduce(0) { $0 + $1.cost } }

  /// Steps of a choice, and how much likelier, as a logarithm, a step has to make the values; few trials like any shape a little.
  private static let step = 0.4
  private static let margin = 1.0
  private static let moves = [(1.0, 0.0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1), (1, 1), (-1, -1)]

  /// A shape nearer to the most likely one: along every axis the best of a step in each direction, if it pays.
  /// - Parameters:
  ///   - points: not warped.
  ///   - values: as they are modelled.
  /// - Complexity: eight factors of a covariance matrix an axis.
  func improved(_ hyperparameters: Hyperparameters, points: ModelPoints, values: [Double], isUnordered: [Bool]) -> InputWarp {
    var warp = self
    guard var least = warp.cost(hyperparameters, points, values) else { return self }
    for axis in shapes.indices where !isUnordered[axis] {
      let here = warp.shapes[axis]
      var best = (shape: here, cost: least - Self.margin)
      for (a, b) in Self.moves {
        var other = warp
        other.shapes[axis] = Shape(a: here.a + a * Self.step, b: here.b + b * Self.step)
        // The way back to the identity asks for nothing.
        let bonus = other.shapes[axis].cost < here.cost ? Self.margin : 0
        if let cost = other.cost(hyperparameters, points, values), cost - bonus < best.cost { best = (other.shapes[axis], cost - bonus) }
      }
      if best.shape != here {
        warp.shapes[axis] = best.shape
        least = warp.cost(hyperparameters, points, values) ?? least
      }
    }
    return warp
  }

  private func cost(_ hyperparameters: Hyperparameters, _ points: ModelPoints, _ values: [Double]) -> Double? {
    guard let factor = Cholesky(hyperparameters.covariances(of: points.warped(by: self)).values) else { return nil }
    return 0.5 * (Double(values.count) * log(ProfiledMean(factor, values).variance) + factor.logDeterminant) + cost
  }
}

extension ModelPoints {
  /// The same points, their axes warped.
  func warped(by warp: InputWarp) -> ModelPoints {
    guard !warp.isIdentity else { return self }
    var result = self
    for axis in 0..<axes where !warp.shapes[axis].isIdentity { result.map(axis) { warp.shapes[axis]($0) } }
    return result
  }
}
