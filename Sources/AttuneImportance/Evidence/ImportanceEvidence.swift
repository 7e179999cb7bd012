import AttuneCore
import AttuneMath

/// The trials of a history as importance sees them: bins and values, and what there is to say about them.
struct ImportanceEvidence: Sendable {
  /// Fewer say nothing that could be trusted.
  static let minimum = 10

  let names: [String]
  let axes: [ImportanceAxis]
  /// To be minimised, outliers drawn in.
  let values: [Double]
  /// 1, or −1 for an objective that is maximised: what a value is multiplied by for a person.
  let sign: Double
  let remarks: [String]
  let space: SearchSpace

  /// - Throws: `ImportanceError` when there are too few trials, or nothing differs.
  init(_ history: History, objective: Int) throws(ImportanceError) {
    var observations = Observations()
    observations.update(from: history.forProposers)
    let usable = observations.all.filter(\.isEvidence)
    let known = usable.compactMap { Self.value(of: $0, objective) }
    guard usable.count >= Self.minimum, let worst = known.max() else {
      throw .tooFewTrials(usable: usable.count, needed: Self.minimum, left: Self.left(observations.all))
    }
    guard usable.contains(where: { $0.point != usable[0].point || $0.isActive != usable[0].isActive }) else {
      throw .onePoint(trials: usable.count)
    }
    guard known.min() != worst else { throw .allEqual(metric: history.objectives[objective].metric, trials: known.count) }
    let (tamed, remark) = Self.tamed(usable.map { Self.value(of: $0, objective) ?? worst })
    let failures = usable.count - known.count
    remarks =
      (failures > 0 ? ["\(failures) failed trial\(failures == 1 ? " counts" : "s count") as the worst value seen"] : [])
      + [remark].compactMap { $0 }
    values = tamed
    sign = history.objectives[objective].goal == .maximize ? -1 : 1
    space = history.space
    names = history.space.parameters.map(\.name)
    let absence = Self.absence(in: history.space)
    axes = zip(history.space.axes.indices, history.space.axes).map { index, axis in
      ImportanceAxis(
        axis, coordinates: usable.map { $0.point[index] }, isActive: usable.map { $0.isActive[index] }, absence: absence[index],
        values: tamed)
    }
  }

  private static func value(of observation: Observation, _ objective: Int) -> Double? {
    if case .values(let values) = observation.outcome { values[objective] } else { nil }
  }

  private static func left(_ all: [Observation]) -> String {
    let touched = all.count(where: \.isTouched)
    let pending = all.count { $0.outcome == .pending }
    let outside = all.count { $0.isOutside && !$0.isTouched && $0.outcome != .pending }
    return [(pending, "not ended"), (touched, "touched by live changes"), (outside, "outside the space as it is now")]
      .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }

  /// Draws in what lies beyond three times the distance of the quartiles: a run that diverged to 1e300 would otherwise be all the
  /// variance there is. Where more than half are equal there is no such distance, and ranks are taken.
  private static func tamed(_ values: [Double]) -> ([Double], String?) {
    let sorted = values.sorted()
    let (low, high) = (sorted[sorted.count / 4], sorted[sorted.count * 3 / 4])
    let distance = high - low
    guard distance > 0, distance.isFinite else {
      var rank: [Double: Double] = [:]
      for (index, value) in sorted.enumerated() where rank[value] == nil { rank[value] = Double(index) }
      return (values.map { rank[$0] ?? 0 }, "most values are alike or enormous: shares are of the variance of ranks")
    }
    let allowed = (low - 3 * distance)...(high + 3 * distance)
    let beyond = values.count { !allowed.contains($0) }
    let remark =
      beyond > 0
      ? "\(beyond) value\(beyond == 1 ? "" : "s") far from the others count as \(beyond == 1 ? "one" : "ones") at the border" : nil
    return (values.map { min(max($0, allowed.lowerBound), allowed.upperBound) }, remark)
  }

  /// For each parameter the part of the space in which it does not exist.
  private static func absence(in space: SearchSpace) -> [Double] {
    guard space.isConditional else { return [Double](repeating: 0, count: space.dimensions) }
    var random = RandomStream(seed: 0, purpose: "absence", index: 0)
    var missing = [Int](repeating: 0, count: space.dimensions)
    let draws = 1000
    for _ in 0..<draws {
      let configuration = space.configuration(
        at: space.axes.map { axis in
          axis.range.lowerBound + random.nextUnit() * (axis.range.upperBound - axis.range.lowerBound)
        })
      for (index, parameter) in space.parameters.enumerated() where configuration[parameter.name] == nil { missing[index] += 1 }
    }
    return missing.map { Double($0) / Double(draws) }
  }
}
