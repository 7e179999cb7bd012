import AttuneCore
import AttuneMath

/// A space as the covariance search sees it: numbers in 0...1 where values have an order, categories where they have none.
///
/// Two values are categories even where they have an order; a parameter with one value is neither.
struct SearchCoordinates: Sendable {
  /// A parameter whose values have an order.
  struct Number: Sendable {
    let parameter: Int
    let range: ClosedRange<Double>
    /// Where a discrete value ends and the next begins, ascending, in 0...1 of `range`; empty where every coordinate is a value, or nearly.
    let edges: [Double]

    /// The edges of the value that stands there; -∞ and ∞ beyond the last ones. `nil` where every coordinate is a value.
    func cell(at coordinate: Double) -> (lower: Double, upper: Double)? {
      guard !edges.isEmpty else { return nil }
      let upper = edges.firstIndex { $0 > coordinate } ?? edges.count
      return (upper == 0 ? -.infinity : edges[upper - 1], upper == edges.count ? .infinity : edges[upper])
    }
  }

  /// A parameter whose values have none.
  struct Category: Sendable {
    let parameter: Int
    let count: Int
    let allowed: [Int]?
  }

  /// A place of the search. What a configuration does not have is `nil`.
  struct Place: Sendable {
    var numbers: [Double?]
    var categories: [Int?]
  }

  /// Values up to which the interval of each is looked at.
  private static let mostEdges = 1000
  let numbers: [Number]
  let categories: [Category]
  private let dimensions: Int
  /// Whether there is a parameter without steps.
  let isContinuous: Bool

  init(_ space: SearchSpace) {
    var numbers: [Number] = []
    var categories: [Category] = []
    var isContinuous = false
    for (index, axis) in space.axes.enumerated() where space.parameters[index].count != 1 {
      switch axis.kind {
      case .continuous:
        isContinuous = true
        numbers.append(Number(parameter: index, range: axis.range, edges: []))
      case .ordered(let count) where count > 2:
        numbers.append(Number(parameter: index, range: axis.range, edges: Self.edges(of: space.parameters[index], axis.range)))
      case .ordered(let count), .unordered(let count):
        if count > 1 { categories.append(Category(parameter: index, count: count, allowed: axis.allowed)) }
      }
    }
    (self.numbers, self.categories, self.isContinuous, dimensions) = (numbers, categories, isContinuous, space.dimensions)
  }

  private static func edges(of parameter: Parameter, _ range: ClosedRange<Double>) -> [Double] {
    guard parameter.count ?? .max <= mostEdges, let units = parameter.units else { return [] }
    let inside = units.map { ($0 - range.lowerBound) / (range.upperBound - range.lowerBound) }
    return zip(inside, inside.dropFirst()).map { ($0 + $1) / 2 }
  }

  /// Where a trial was.
  func place(of observation: Observation) -> Place {
    Place(
      numbers: numbers.map { number in
        guard observation.isActive[number.parameter] else { return nil }
        return (observation.point[number.parameter] - number.range.lowerBound) / (number.range.upperBound - number.range.lowerBound)
      },
      categories: categories.map { category in
        guard observation.isActive[category.parameter] else { return nil }
        return min(Int(observation.point[category.parameter] * Double(category.count)), category.count - 1)
      })
  }

  /// The point of the unit cube for numbers and categories.
  func point(_ values: [Double], _ chosen: [Int]) -> [Double] {
    var point = [Double](repeating: 0.5, count: dimensions)
    for (number, value) in zip(numbers, values) {
      point[number.parameter] = number.range.lowerBound + value * (number.range.upperBound - number.range.lowerBound)
    }
    for (category, value) in zip(categories, chosen) { point[category.parameter] = (Double(value) + 0.5) / Double(category.count) }
    return point
  }
}
