import AttuneCore
import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Learns from every trial how the objective depends on the parameters, and proposes what promises most: by turns anywhere, and near the
/// best trial so far.
///
/// For trials that cost more than a second, some hundred of them and some twenty parameters; conditions, choices, several objectives,
/// outcome constraints and failing trials are all part of the model.
/// When not to use it: for many hundred trials; of so many the model looks at some, and the trials' notes say so.
/// Source: Snoek, Larochelle, Adams, "Practical Bayesian optimization of machine learning algorithms" (2012); the parts cite theirs.
public struct GaussianProcessSearch: Proposer {
  /// `nil` for a number that grows with the dimensions.
  private let startup: Int?
  /// More trials than this are not looked at.
  private let most: Int
  /// Whether the model may stretch the parts of an axis in which more happens.
  private let warpsAxes: Bool
  private var observations = Observations()
  private var encoding: SpaceEncoding?
  private var chain = FitChain()
  private var constraintChains: [FitChain] = []

  /// - Parameters:
  ///   - startup: trials with values before the model is asked, at least 2; `nil` for two more than there are parameters, 4 to 14.
  ///   - warpsAxes: whether the model may stretch parts of an axis in which more happens.
  public init(startup: Int? = nil, warpsAxes: Bool = false) { self.init(startup: startup, most: Digest.most, warpsAxes: warpsAxes) }

  /// - Parameter most: trials that the model looks at.
  init(startup: Int?, most: Int, warpsAxes: Bool = false) {
    precondition(startup ?? 2 >= 2, "a model needs two trials or more; got \(startup ?? 0)")
    self.startup = startup
    self.most = most
    self.warpsAxes = warpsAxes
  }

  private enum Warping: String, CaseIterable { case auto, never }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    let startup = try options.int("startup", default: 0, in: 0...10_000)
    let warping = try options.word("warping", default: Warping.never)
    self.init(startup: startup == 0 ? nil : max(startup, 2), warpsAxes: warping == .auto)
  }

  /// - Throws: `SpaceError.constraintsTooTight`.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    observations.update(from: history)
    let encoding = encoding(of: history.space)
    let features = observations.all.map { encoding.features(of: $0.point, isActive: $0.isActive) }
    let evidence = Evidence(observations.all, features: features, of: history)
    let valued = evidence.indices.count { observations.all[$0].value != nil }
    let targets = evidence.targets(weights: history.objectives.map { _ in 1 })
    let isFlat = targets.allSatisfy { $0 == targets[0] }
    guard isEnough(valued, of: encoding), !isFlat else {
      let isEarly = evidence.indices.count < 4
      let note =
        isEarly ? nil : valued == 0 ? "no trial has a value yet: spread evenly" : isFlat ? "all values are equal: spread evenly" : nil
      return try spread(in: encoding, features, note: note, using: &random)
    }
    let weights = history.objectives.map { _ in history.objectives.count > 1 ? -log(1 - random.nextUnit()) : 1 }
    let found = search(encoding, evidence, features, targets: targets, weights: weights, for: trial)?.best(using: &random)
    guard let found else {
      return try spread(in: encoding, features, note: "the model has no untried configuration to offer: spread evenly", using: &random)
    }
    let known = evidence.indices.count
    let note = known > most ? "the model looks at \(most) of \(known) trials" : nil
    return Proposal(history.space.configuration(at: found.point), note: note)
  }

  /// The models of all that is known, and where to look in them; `nil` when rounding leaves no model.
  private mutating func search(
    _ encoding: SpaceEncoding, _ evidence: Evidence, _ features: [[Double]], targets: [Double], weights: [Double], for trial: TrialID
  ) -> AcquisitionSearch? {
    let settings = FitSettings(encoding, warpsAxes: warpsAxes)
    let pending = observations.all.indices.filter { observations.all[$0].outcome == .pending }.map { features[$0] }
    var model = chain.model(of: evidence.points, targets, settings)
    let places = Digest.indices(
      of: evidence.points, bestFirst: evidence.order(by: targets), model.hyperparameters.covariance, isUnordered: settings.isUnordered,
      most: most)
    let seen = evidence.part(places)
    let inputs = ModelPoints(seen.points, isUnordered: settings.isUnordered, spare: pending.count)
    let all = evidence.targets(weights: weights)
    let values = places.map { all[$0] }
    // Covariances are those of equal weights, which do not change from trial to trial; how values are warped belongs to the values.
    if weights.count > 1 { model = model.fitted(to: values, at: inputs, steps: 0, settings) }
    // Some of the trials that are looked for anywhere see the whole as one slope, without its ripples: half of them, and all when many
    // are under way, of which nothing is known but that slope. Choices have no slopes.
    let isBlind = pending.count >= 4 && !encoding.isUnordered.contains(true)
    let isSmooth = trial.rawValue % (isBlind ? 2 : 4) == 1
    let hyperparameters = isSmooth ? model.hyperparameters.smoothed(settings) : model.hyperparameters
    guard var process = GaussianProcess(hyperparameters, model.axisWarp, points: inputs, values: values.map { model.warp($0) }) else {
      return nil
    }
    let expected = process.predictions(at: inputs).map(\.mean)
    let order = seen.order(by: expected)
    for point in pending { process.believe(in: point) }
    let best = seen.isFeasible[order[0]] ? expected[order[0]] : nil
    let centre = observations.all[seen.indices[order[0]]].point
    let region =
      TrustRegion.isLocal(trial.rawValue)
      ? trustRegion(evidence, targets, encoding).bounds(around: centre, model.weights(near: centre), in: encoding)
      : encoding.axes.map(\.range)
    return AcquisitionSearch(
      encoding: encoding,
      acquisition: Acquisition(
        objective: best.map { (process, $0) }, constraints: constraints(evidence, places, inputs, pending, settings)),
      tried: Set(features), elites: order.prefix(8).map { observations.all[seen.indices[$0]].point }, region: region)
  }

  private mutating func constraints(
    _ evidence: Evidence, _ places: [Int], _ inputs: ModelPoints, _ pending: [[Double]], _ settings: FitSettings
  ) -> [Acquisition.Constraint] {
    var settings = settings
    settings.isWarped = false
    settings.warpsAxes = false
    while constraintChains.count < evidence.constraints.count { constraintChains.append(FitChain()) }
    return evidence.constraints.enumerated().compactMap { index, values in
      // A constraint of which nothing is seen but one value says nothing of where it is broken.
      guard values.contains(where: { $0 != values[0] }) else { return nil }
      let model = constraintChains[index].model(of: evidence.points, values, settings)
      guard var process = GaussianProcess(model.hyperparameters, points: inputs, values: places.map { model.warp(values[$0]) }) else {
        return nil
      }
      for point in pending { process.believe(in: point) }
      return Acquisition.Constraint(model: process, bound: model.warp(0))
    }
  }

  /// Whether trials with values are as many as the model needs: to a quarter less when so many others are under way, which fill what has been
  /// left; of choices, every value has to be seen.
  private func isEnough(_ valued: Int, of encoding: SpaceEncoding) -> Bool {
    let needed = startup ?? min(max(encoding.axes.count + 2, 4), 14)
    guard !encoding.isUnordered.contains(true) else { return valued >= needed }
    let started = valued + observations.all.count { $0.outcome == .pending }
    return started >= needed && valued >= max(min(needed, 4), 3 * needed / 4)
  }

  private func trustRegion(_ evidence: Evidence, _ targets: [Double], _ encoding: SpaceEncoding) -> TrustRegion {
    var region = TrustRegion()
    for (index, target) in zip(evidence.indices, targets) {
      region.observe(observations.all[index].trial?.rawValue, value: target, dimensions: encoding.axes.count)
    }
    return region
  }

  private func spread(
    in encoding: SpaceEncoding, _ features: [[Double]], note: String?, using random: inout RandomStream
  ) throws -> Proposal {
    if features.isEmpty, let middle = SpaceFilling.middle(of: encoding, using: &random) {
      return Proposal(encoding.space.configuration(at: middle.point), note: note)
    }
    if let found = SpaceFilling.candidate(in: encoding, awayFrom: features, tried: Set(features), using: &random) {
      return Proposal(encoding.space.configuration(at: found.point), note: note)
    }
    return Proposal(
      try encoding.space.sample(using: &random), note: "all configurations that were looked at have been tried: one is repeated")
  }

  private mutating func encoding(of space: SearchSpace) -> SpaceEncoding {
    if let encoding, encoding.space == space { return encoding }
    let made = SpaceEncoding(space)
    encoding = made
    return made
  }
}
