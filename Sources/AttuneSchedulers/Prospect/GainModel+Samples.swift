#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension GainModel {
  /// Every stretch that a trial has gone through from one of its points to twice that step. A trial counts about once for each octave, and by the
  /// square of the part of all trials that were not better there: how the best go on is what matters.
  /// - Parameter first: the step of the first reports.
  static func samples(of trials: [ProspectTrial], first: Double) -> [Sample] {
    var known: [Double: [Double]] = [:]
    for trial in trials { for point in trial.points { known[point.step, default: []].append(point.value) } }
    for step in known.keys { known[step]?.sort() }
    let count = Double(trials.count)
    var samples: [Sample] = []
    for trial in trials {
      for point in trial.points where 2 * point.step <= Double(trial.step) {
        guard let later = trial.value(at: 2 * point.step), let others = known[point.step] else { continue }
        let before = trial.value(at: point.step / 2)
        if before == nil, point.step > 1.01 * first { continue }
        let notBetter = 1 - Double(others.count - upperBound(of: point.value, in: others)) / count
        let width = min(1, log2((point.step + 0.5 * first) / (point.step - 0.5 * first)))
        samples.append(
          Sample(
            octave: log2(point.step / first), level: point.value, momentum: before.map { point.value - $0 }, gain: later - point.value,
            weight: width * notBetter * notBetter))
      }
    }
    return samples
  }

  /// How many of ascending values are not above this one.
  private static func upperBound(of value: Double, in ascending: [Double]) -> Int {
    var (low, high) = (0, ascending.count)
    while low < high {
      let middle = (low + high) / 2
      if ascending[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
