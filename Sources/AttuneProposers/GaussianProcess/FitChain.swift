import AttuneMath

/// Models as a function of evidence alone: fits at milestones, each of which begins where the one before ended.
///
/// What was fitted is kept with what it was fitted to. Whoever begins anew with the same evidence goes through the same fits and comes to
/// the same numbers; whoever kept them makes only the last.
struct FitChain: Sendable {
  /// What was fitted to the first `count` observations.
  private struct Link: Sendable {
    let fingerprint: Int
    let models: [FittedModel]
  }

  private var links: [Link] = []
  /// A fit that begins near its end needs few steps; milestones lie so close that it does.
  private static let growth = 1.6
  private static let first = 8
  private static let milestoneSteps = 15
  private static let lastSteps = 10
  /// Of more observations than this, half are the best and half the newest ones: the time of a fit grows with their number's cube.
  private static let ceiling = 320
  /// Of fewer observations no axis is warped.
  private static let warpedFrom = 20

  init() {}

  /// The model under which these observations are most likely.
  /// - Precondition: at least one value, not all the same.
  mutating func model(of points: [[Double]], _ values: [Double], _ settings: FitSettings) -> FittedModel {
    var count = Self.first
    var index = 0
    var models = settings.start(for: values)
    while count < points.count {
      let fingerprint = Self.fingerprint(points[..<count], values[..<count], settings)
      if index >= links.count || links[index].fingerprint != fingerprint {
        links.removeSubrange(index...)
        let part = Array(values[..<count])
        let isFlat = part.allSatisfy { $0 == part[0] }
        links.append(
          Link(
            fingerprint: fingerprint,
            models: isFlat ? models : Self.fits(of: Array(points[..<count]), part, from: models, steps: Self.milestoneSteps, settings)))
      }
      models = links[index].models
      index += 1
      count = max(count + 1, Int((Double(count) * Self.growth).rounded(.up)))
    }
    let last = Self.fits(of: points, values, from: models, steps: Self.lastSteps, settings)
    return last.min { $0.cost < $1.cost } ?? last[0]
  }

  private static func fits(
    of points: [[Double]], _ values: [Double], from models: [FittedModel], steps: Int, _ settings: FitSettings
  ) -> [FittedModel] {
    let chosen = chosen(among: values)
    let inputs = ModelPoints(chosen.map { points[$0] }, isUnordered: settings.isUnordered)
    let values = chosen.map { values[$0] }
    return models.map { model in
      var model = model
      if settings.warpsAxes && steps == milestoneSteps && values.count >= warpedFrom { model.warpAxes(for: values, at: inputs, settings) }
      let fitted = model.fitted(to: values, at: inputs, steps: steps, settings)
      return fitted.cost.isFinite ? fitted : settings.start(for: values, model.kind).fitted(to: values, at: inputs, steps: steps, settings)
    }
  }

  /// Indices of the observations that a fit looks at, ascending.
  private static func chosen(among values: [Double]) -> [Int] {
    guard values.count > ceiling else { return Array(values.indices) }
    let newest = values.count - ceiling / 2
    let best = (0..<newest).sorted { (values[$0], $0) < (values[$1], $1) }.prefix(ceiling / 2)
    return best.sorted() + Array(newest..<values.count)
  }

  private static func fingerprint(_ points: ArraySlice<[Double]>, _ values: ArraySlice<Double>, _ settings: FitSettings) -> Int {
    var hasher = Hasher()
    hasher.combine(points)
    hasher.combine(values)
    hasher.combine(settings.isUnordered)
    hasher.combine(settings.warpsAxes)
    return hasher.finalize()
  }
}

/// What a fit ends with.
struct FittedModel: Sendable {
  let hyperparameters: Hyperparameters
  /// How values are warped.
  let warp: OutputWarp
  /// How axes are warped.
  private(set) var axisWarp: InputWarp
  /// Minus the log density of the values, and of the hyperparameters before anything was seen.
  let cost: Double

  var kind: Covariance.Kind { hyperparameters.covariance.kind }

  /// The same kind of model, fitted to values: first how they are warped, the covariances given, then the covariances.
  func fitted(to values: [Double], at points: ModelPoints, steps: Int, _ settings: FitSettings) -> FittedModel {
    let points = points.warped(by: axisWarp)
    let warp = settings.isWarped ? OutputWarp.mostLikely(for: values, under: hyperparameters, at: points) : OutputWarp.none(for: values)
    let likelihood = MarginalLikelihood(points: points, values: values.map { warp($0) }, prior: settings.prior)
    let found = likelihood.fit(from: hyperparameters, steps: steps)
    let cost = found.cost - warp.logSlopes(at: values) + axisWarp.cost
    return FittedModel(hyperparameters: found.hyperparameters, warp: warp, axisWarp: axisWarp, cost: cost)
  }

  /// The covariance's weights as they are at a point of the cube: higher where an axis is stretched.
  func weights(near point: [Double]) -> [Double] {
    point.indices.map { axis in
      let slope = axisWarp.shapes[axis].slope(at: point[axis])
      return hyperparameters.covariance.weights[axis] * slope * slope
    }
  }

  /// Warps axes a step more, or less, where that makes values likelier, the covariances given.
  mutating func warpAxes(for values: [Double], at points: ModelPoints, _ settings: FitSettings) {
    let warp =
      settings.isWarped
      ? OutputWarp.mostLikely(for: values, under: hyperparameters, at: points.warped(by: axisWarp)) : OutputWarp.none(for: values)
    axisWarp = axisWarp.improved(hyperparameters, points: points, values: values.map { warp($0) }, isUnordered: settings.isFixed)
  }
}

/// What every fit of a chain is made with.
struct FitSettings: Sendable {
  /// For each axis of the model.
  let isUnordered: [Bool]
  /// Whether values may be warped.
  var isWarped = true
  /// Whether axes may be warped.
  var warpsAxes: Bool
  /// For each axis of the model whether it is never warped, as it has no order or two places alone.
  let isFixed: [Bool]
  let prior: HyperparameterPrior

  init(_ encoding: SpaceEncoding, warpsAxes: Bool) {
    isUnordered = encoding.isUnordered
    self.warpsAxes = warpsAxes
    isFixed = isUnordered.enumerated().map { $1 || $0 >= encoding.axes.count }
    prior = HyperparameterPrior(axes: encoding.axes.count)
  }

  /// Where fits begin that have nothing to begin with: one of each kind.
  func start(for values: [Double]) -> [FittedModel] { Covariance.Kind.allCases.map { start(for: values, $0) } }

  func start(for values: [Double], _ kind: Covariance.Kind) -> FittedModel {
    FittedModel(
      hyperparameters: prior.start(kind, axes: isUnordered.count), warp: .none(for: values),
      axisWarp: InputWarp(axes: isUnordered.count), cost: .infinity)
  }
}
