import AttuneCore
import AttuneMath

/// Makes new configurations from old ones: inside the axes' ranges, with conditions and constraints kept, and not tried before where that
/// can be had.
struct Breeder {
  /// Attempts at something new before one that is known is taken.
  private static let tries = 40

  private let space: SearchSpace
  private let tried: TriedPoints
  private let genes: [Gene]

  init(space: SearchSpace, tried: TriedPoints) {
    self.space = space
    self.tried = tried
    genes = space.parameters.map(Gene.init)
  }

  /// Whether there is more than one configuration.
  var canVary: Bool { genes.contains(where: \.canVary) }

  /// One drawn uniformly.
  /// - Throws: `SpaceError.constraintsTooTight`.
  func newcomer(using random: inout RandomStream) throws -> Configuration {
    for _ in 0..<Self.tries {
      let drawn = try space.sample(using: &random)
      if !tried.contains(drawn, of: space) { return drawn }
    }
    return try space.sample(using: &random)
  }

  /// One that differs in a parameter, and in each other one with the probability 1/(2 · parameters).
  func child(of parent: Observation, using random: inout RandomStream) throws -> Configuration {
    try first(using: &random) { random in
      var point = filled(parent, &random)
      let open = genes.indices.filter { genes[$0].canVary && parent.isActive[$0] }
      guard let one = open.randomElement(using: &random) else { return point }
      for index in open where index == one || random.nextUnit() < 0.5 / Double(open.count) {
        point[index] = genes[index].mutated(point[index], using: &random)
      }
      return point
    }
  }

  /// One that two parents are crossed for and that is then mutated, in one parameter on average.
  func child(of mother: Observation, and father: Observation, using random: inout RandomStream) throws -> Configuration {
    try first(using: &random) { random in
      var (point, other) = (filled(mother, &random), filled(father, &random))
      let open = genes.indices.filter { genes[$0].canVary }
      if random.nextUnit() < 0.9 {
        for index in open where random.nextUnit() < 0.5 { genes[index].cross(&point[index], &other[index], using: &random) }
        // Either of the two children is as good.
        if random.nextUnit() < 0.5 { point = other }
      }
      for index in open where random.nextUnit() < 1 / Double(open.count) {
        point[index] = genes[index].nudged(point[index], using: &random)
      }
      return point
    }
  }

  /// The first of some attempts that is allowed and new; else a newcomer.
  private func first(
    using random: inout RandomStream, _ make: (inout RandomStream) -> [Double]
  ) throws -> Configuration {
    for _ in 0..<Self.tries {
      let configuration = space.configuration(at: make(&random))
      if space.satisfiesConstraints(configuration), !tried.contains(configuration, of: space) { return configuration }
    }
    return try newcomer(using: &random)
  }

  /// The point, with something drawn for parameters that are absent: a mutation may bring them in.
  private func filled(_ observation: Observation, _ random: inout RandomStream) -> [Double] {
    genes.indices.map { observation.isActive[$0] ? observation.point[$0] : genes[$0].drawn(using: &random) }
  }
}
