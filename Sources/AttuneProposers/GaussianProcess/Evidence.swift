import AttuneCore
import AttuneMath

/// What a model of configurations may learn from, as numbers: points, and for each what has to be made small.
struct Evidence: Sendable {
  /// Indices into the observations.
  let indices: [Int]
  /// The model's points.
  let points: [[Double]]
  /// For each objective one number a point.
  let objectives: [[Double]]
  /// For each outcome constraint one number a point: above 0 where it is broken.
  let constraints: [[Double]]
  /// For each point whether it ended with values and kept every outcome constraint.
  let isFeasible: [Bool]

  private init(indices: [Int], points: [[Double]], objectives: [[Double]], constraints: [[Double]], isFeasible: [Bool]) {
    self.indices = indices
    self.points = points
    self.objectives = objectives
    self.constraints = constraints
    self.isFeasible = isFeasible
  }

  /// - Parameter features: the model's point of every observation.
  init(_ observations: [Observation], features: [[Double]], of history: History) {
    let chosen = observations.indices.filter { observations[$0].isEvidence }
    indices = chosen
    points = chosen.map { features[$0] }
    isFeasible = chosen.map { observations[$0].isFeasible }
    objectives = history.objectives.indices.map { objective in
      Self.completed(
        chosen.map { index in
          if case .values(let values) = observations[index].outcome { values[objective] } else { nil }
        })
    }
    constraints = history.outcomeConstraints.map { constraint in
      Self.completed(
        chosen.map { index in
          let trial = index < history.prior.count ? history.prior[index] : history.trials[index - history.prior.count]
          return constraint.excess(in: trial)
        })
    }
  }

  /// What is known of the points at these places alone.
  func part(_ places: [Int]) -> Evidence {
    Evidence(
      indices: places.map { indices[$0] }, points: places.map { points[$0] },
      objectives: objectives.map { values in places.map { values[$0] } },
      constraints: constraints.map { values in places.map { values[$0] } }, isFeasible: places.map { isFeasible[$0] })
  }

  /// Places of the points, the best first: feasible ones before the others, and of each the lowest values first.
  func order(by values: [Double]) -> [Int] {
    indices.indices.sorted { left, right in
      isFeasible[left] == isFeasible[right] ? (values[left], left) < (values[right], right) : isFeasible[left]
    }
  }

  /// What has to be made small in the end, one number a point: with several objectives, the worst of them by `weights`, and a little of
  /// all, each in units of what separates the best from the middle.
  /// Source: Knowles: ParEGO (2006).
  func targets(weights: [Double]) -> [Double] {
    guard objectives.count > 1, !points.isEmpty else { return objectives[0] }
    let units = objectives.map { values in
      let sorted = values.sorted()
      let middle = sorted[sorted.count / 2] - sorted[0], whole = sorted[sorted.count - 1] - sorted[0]
      let unit = middle > 0 ? middle : whole > 0 ? whole : 1
      return (least: sorted[0], unit: unit)
    }
    return points.indices.map { point in
      let shares = objectives.indices.map { weights[$0] * (objectives[$0][point] - units[$0].least) / units[$0].unit }
      return (shares.max() ?? 0) + 0.05 * shares.reduce(0, +)
    }
  }

  /// Where there is no number, one that is worse than all there are; numbers beyond what can be squared are cut off.
  private static func completed(_ values: [Double?]) -> [Double] {
    let known = values.map { value in value.flatMap { $0.isNaN ? nil : min(max($0, -1e150), 1e150) } }
    let numbers = known.compactMap { $0 }
    guard let least = numbers.min(), let most = numbers.max() else { return values.map { _ in 1 } }
    let worst = most + (most > least ? 0.1 * (most - least) : max(abs(most), 1))
    return known.map { $0 ?? worst }
  }
}

extension OutcomeConstraint {
  /// How far the last report is beyond the bound, below 0 when the bound is kept; `nil` when no report says.
  fileprivate func excess(in trial: Trial) -> Double? {
    guard let value = trial.reports.last(where: { $0.metrics[metric] != nil })?.metrics[metric] else { return nil }
    return side == .atMost ? value - bound : bound - value
  }
}
