import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The models of one request: other curves as templates, and growth shapes, in units in which the other curves differ by about 1.
struct CurveModels: Sendable {
  /// A template is followed up to that: how far the curve lies off at the last point seen, in those units, and which part of its growth.
  static let templateLevel = 0.1
  static let templateRise = 0.15

  /// Positions, as growth shapes take them, of the steps.
  let positions: [Double]
  /// What is subtracted from values, and then divided by.
  let shift: Double
  let scale: Double
  /// Templates, then shapes.
  private(set) var members: [[CurveComponent]]

  /// Models that learn from other curves.
  /// - Parameters:
  ///   - steps: seen and to come, ascending, with their positions; `seen` of them, at least one.
  ///   - shapes: with a row for each position, which end at or behind the last one.
  /// - Returns: `nil` when the other curves do not differ at all, so that there is no unit.
  init?(templates: [CurveTemplate], steps: [Double], positions: [Double], seen: Int, shapes: inout GrowthShapes) {
    let values = templates.map { $0.values(at: steps) }
    let here = Spread(values.map { $0[seen - 1] })
    let ends = Spread(values.map { $0[steps.count - 1] })
    let rises = Spread(values.map { $0[steps.count - 1] - $0[0] })
    let few = templates.count < 4
    let scale = few ? 0.25 * abs(rises.median) : max(ends.deviation, 0.2 * abs(rises.median))
    guard !templates.isEmpty, scale > 1e-12 * abs(here.median), scale.isFinite else { return nil }
    let shift = here.median
    (self.positions, self.shift, self.scale) = (positions, shift, scale)
    let rise = rises.median / scale
    let followers = zip(templates, values).map { template, values in
      let values = values.map { ($0 - shift) / scale }
      return CurveComponent(
        values: values, reach: steps[seen...].prefix { $0 <= template.end }.count, level: (values[seen - 1], Self.templateLevel),
        rise: (1, Self.templateRise))
    }
    let level = (0.0, max(here.deviation / scale, 1))
    members = [
      followers,
      Self.components(
        &shapes, positions, seen, level: level, rise: (rise, max(rises.deviation / scale, few ? max(1, abs(rise)) : 0.1))),
    ]
  }

  /// Models for a curve of which nobody knows anything; larger is better, so it is expected to grow, by about as much as it has.
  init(alone values: [Double], positions: [Double], shapes: inout GrowthShapes) {
    let last = values[values.count - 1]
    self.positions = positions
    shift = last
    scale = (values.max() ?? last) - (values.min() ?? last)
    members = [[], Self.components(&shapes, positions, values.count, level: (0, 2), rise: (1, 1.25))]
  }

  /// Whether a curve can be compared with the other ones at all, or lies or reaches so far off that they say nothing of it.
  func fits(_ values: [Double]) -> Bool { values.allSatisfy { abs($0 - shift) <= 1e4 * scale } }

  /// Everything as a basis.
  func basis(seen: Int) -> CurveBasis? {
    CurveBasis(seen: Array(positions[..<seen]), coming: Array(positions[seen...]), members: members)
  }

  private static func components(
    _ shapes: inout GrowthShapes, _ positions: [Double], _ seen: Int, level: (Double, Double), rise: (Double, Double)
  ) -> [CurveComponent] {
    let rows = positions.map { shapes.row(at: $0) }
    return (0..<shapes.count).map { shape in
      CurveComponent(values: rows.map { $0[shape] }, reach: positions.count - seen, level: level, rise: rise)
    }
  }
}
