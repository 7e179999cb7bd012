#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is kept of a trial: its best value so far, by its steps, and how long a step takes.
struct ProspectTrial: Sendable {
  /// The best value until that step.
  struct Point: Sendable {
    var step: Double
    var value: Double
  }

  /// Points closer together than this, as a ratio of steps, are told as one.
  private static let spacing = 1.02
  /// By step.
  private(set) var points: [Point] = []
  private(set) var step = 0
  private(set) var best = -Double.infinity
  var pace = Pace()
  /// Seconds a step, as its first report says: with what its program needed to begin.
  private(set) var firstPace = 0.0
  /// What can be hoped for, for each second of a slot.
  var index = 0.0
  /// It has given up its slot.
  var isWaiting = false
  var isOver = false

  /// A value at a later step than all before.
  mutating func take(_ value: Double, at step: Int) {
    best = max(best, value)
    self.step = step
    if points.isEmpty { firstPace = pace.secondsPerStep ?? 1 }
    let point = Point(step: Double(step), value: best)
    if points.count >= 2, point.step <= Self.spacing * points[points.count - 2].step {
      points[points.count - 1] = point
    } else {
      points.append(point)
    }
  }

  /// The best value until that step, on straight lines over the logarithm of the step; `nil` where it has not been.
  func value(at step: Double) -> Double? {
    guard let first = points.first, let last = points.last, first.step <= step, step <= last.step else { return nil }
    var (low, high) = (0, points.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if points[middle].step <= step { low = middle } else { high = middle - 1 }
    }
    let here = points[low]
    guard here.step < step, low + 1 < points.count else { return here.value }
    let next = points[low + 1]
    return here.value + (next.value - here.value) * log(step / here.step) / log(next.step / here.step)
  }

  /// The level, and what the octave of steps before it gained; `nil` where the trial is younger than an octave.
  func state(at step: Double) -> (level: Double, momentum: Double?)? {
    value(at: step).map { level in (level, value(at: step / 2).map { level - $0 }) }
  }

  /// Seconds a step from here on. After one report nobody knows what part of it was the program's beginning: it is taken for what others took.
  /// - Parameter start: seconds that programs need to begin.
  func secondsPerStep(start: Double) -> Double {
    let known = pace.secondsPerStep ?? firstPace
    return max(points.count < 2 ? max(known - start / Double(max(1, step)), 0.15 * known) : known, 1e-9)
  }
}
