import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The models of one request: other curves as templates, and growth shapes, in units in which the other curves' ends differ by about 1.
///
/// There are four families: templates that are followed closely, or loosely; growth shapes that leave the curve as much to gain as others gain
/// from here, or as much as they like.
struct CurveModels: Sendable {
  /// A number that is not known: mean and deviation.
  typealias Guess = (mean: Double, deviation: Double)

  /// Where the steps are to be found.
  struct Places: Sendable {
    /// Seen and to come, ascending.
    let steps: [Double]
    /// The same as growth shapes take them.
    let positions: [Double]
    /// How many of them are seen, at least one.
    let seen: Int
    /// Where curves end, at or behind the last of the steps, and its position: answers do not depend on how far one asks.
    let end: (step: Double, position: Double)
  }

  /// How far off a template the curve may lie at the last point seen, in those units, and which part of its growth it may have more or less.
  private static let followed: [(level: Double, rise: Double)] = [(0.15, 0.15), (0.5, 0.5)]
  /// A deviation that excludes nothing.
  private static let anything = 100.0

  /// What is subtracted from values, and what they are then divided by.
  let shift: Double
  let scale: Double
  private let places: Places
  private let families: [[CurveComponent]]

  /// How many families are templates.
  static let templateFamilies = followed.count

  /// The trust in the families, templates first, before anything is learned.
  static func trust(templates: Int) -> [Double] {
    let part = Double(templates) / Double(templates + 4)
    return [0.85 * part, 0.15 * part, 0.8 * (1 - part), 0.2 * (1 - part)]
  }

  /// Models that learn from other curves.
  /// - Returns: `nil` when there are none, or none that moves, so that there is no unit.
  init?(templates: [CurveTemplate], places: Places, shapes: inout GrowthShapes) {
    let last = places.seen - 1
    let values = templates.map { $0.values(at: places.steps) }
    let ends = templates.map { $0.values(at: [places.end.step])[0] }
    let here = Spread(values.map { $0[last] })
    let rises = Spread(zip(ends, values).map { $0 - $1[0] })
    let gains = Spread(zip(ends, values).map { $0 - $1[last] })
    let isFew = templates.count < 4
    let scale = isFew ? 0.25 * abs(rises.median) : max(Spread(ends).deviation, 0.2 * abs(rises.median))
    guard !templates.isEmpty, scale.isFinite, scale > 1e-12 * abs(here.median) else { return nil }
    (shift, self.scale, self.places) = (here.median, scale, places)
    // What a few have gained says no more than how much it is about.
    func guess(_ spread: Spread, times factor: Double) -> Guess {
      let mean = spread.median / scale
      return (mean, max(factor * spread.deviation / scale, isFew ? max(1, abs(mean)) : 0.1))
    }
    let level: Guess = (0, max(here.deviation / scale, 1))
    let rise = guess(rises, times: 1)
    let gain = guess(gains, times: 1.5)
    let shift = here.median
    let followers = zip(templates, values).map { template, values in
      CurveComponent(
        values: values.map { ($0 - shift) / scale }, reach: places.steps[places.seen...].prefix { $0 <= template.end }.count,
        level: ((values[last] - shift) / scale, Self.followed[0].level), rise: (1, Self.followed[0].rise))
    }
    families =
      Self.followed.map { loose in
        followers.map { follower in
          var follower = follower
          (follower.level.deviation, follower.rise.deviation) = loose
          return follower
        }
      } + Self.growth(&shapes, places, level: level, rise: rise, gain: gain)
  }

  /// Models for a curve of which nobody knows anything; larger is better, so it is expected to grow, by about as much as it has.
  init(alone values: [Double], places: Places, shapes: inout GrowthShapes) {
    let last = values[places.seen - 1]
    self.places = places
    shift = last
    scale = (values.max() ?? last) - (values.min() ?? last)
    let octaves = log2(places.end.position / places.positions[places.seen - 1])
    families =
      Self.followed.map { _ in [] }
      + Self.growth(&shapes, places, level: (0, 2), rise: (1, 1.25), gain: (0.1 * octaves, max(0.25 * octaves, 0.1)))
  }

  /// Whether a curve can be compared with the other ones at all; if it lies or reaches too far off, they say nothing of it.
  func fits(_ values: [Double]) -> Bool { values.allSatisfy { abs($0 - shift) <= 1e4 * scale } }

  /// In the models' unit.
  func scaled(_ value: Double) -> Double { (value - shift) / scale }

  /// Everything as a basis.
  func basis() -> CurveBasis? {
    CurveBasis(
      seen: Array(places.positions[..<places.seen]), coming: Array(places.positions[places.seen...]), members: families)
  }

  /// Growth shapes that leave the curve `gain` between the last points seen and to come, and the same without that.
  private static func growth(
    _ shapes: inout GrowthShapes, _ places: Places, level: Guess, rise: Guess, gain: Guess
  ) -> [[CurveComponent]] {
    let rows = places.positions.map { shapes.row(at: $0) }
    let last = rows[places.seen - 1]
    let end = shapes.row(at: places.end.position)
    return [gain, (gain.mean, anything)].map { gain in
      (0..<shapes.count).map { shape in
        // The gain is like a value seen: it says how much of the shape there is, and how likely that shape is at all.
        let rest = end[shape] - last[shape]
        let variance = rise.deviation * rise.deviation
        let noise = gain.deviation * gain.deviation
        let total = rest * rest * variance + noise
        let miss = gain.mean - rest * rise.mean
        return CurveComponent(
          values: rows.map { $0[shape] }, reach: places.positions.count - places.seen, level: level,
          rise: (rise.mean + variance * rest / total * miss, (variance * noise / total).squareRoot()),
          weight: exp(-0.5 * miss * miss / total) * (noise / total).squareRoot())
      }
    }
  }
}
