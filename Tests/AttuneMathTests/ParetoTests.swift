import AttuneMath
import Testing

/// Against the definitions, on small whole numbers, where everything is exact and equal values are frequent.
@Suite struct ParetoTests {
  /// Points with coordinates 0 ..< 5.
  private static func points(_ random: inout RandomStream, objectives: Int, upTo count: Int) -> [[Double]] {
    (0..<Int.random(in: 0...count, using: &random)).map { _ in
      (0..<objectives).map { _ in Double(Int.random(in: 0..<5, using: &random)) }
    }
  }

  @Test func `fronts are what is left undominated, layer by layer`() { for seed in 0..<200 { checkFronts(seed: seed) } }

  private func checkFronts(seed: Int) {
    var random = RandomStream(seed: 1, purpose: "fronts", index: seed)
    let points = Self.points(&random, objectives: 1 + seed % 5, upTo: 30)
    var left = Set(points.indices)
    var expected: [[Int]] = []
    while !left.isEmpty {
      let front = left.filter { index in !left.contains { ParetoRanking.dominates(points[$0], points[index]) } }
      expected.append(front.sorted())
      left.subtract(front)
    }
    #expect(ParetoRanking.fronts(of: points) == expected, "seed \(seed)")
    #expect(ParetoRanking.front(of: points) == expected.first ?? [], "seed \(seed)")
  }

  @Test func `the hypervolume is the number of dominated unit cells`() { for seed in 0..<200 { checkHypervolume(seed: seed) } }

  private func checkHypervolume(seed: Int) {
    var random = RandomStream(seed: 2, purpose: "hypervolume", index: seed)
    let objectives = 1 + seed % 5
    let points = Self.points(&random, objectives: objectives, upTo: 12)
    // Within the points' range, so that some lie outside.
    let reference = (0..<objectives).map { _ in Double(Int.random(in: 3...5, using: &random)) }
    let whole = Self.cells(points, reference)
    #expect(Hypervolume.value(of: points, reference: reference) == whole, "seed \(seed)")
    let alone = points.indices.map { index in
      whole - Self.cells(points.indices.filter { $0 != index }.map { points[$0] }, reference)
    }
    #expect(Hypervolume.contributions(of: points, reference: reference) == alone, "seed \(seed)")
    let front = ParetoRanking.front(of: points).map { points[$0] }
    let aloneInFront = front.indices.map { index in
      whole - Self.cells(front.indices.filter { $0 != index }.map { front[$0] }, reference)
    }
    #expect(Hypervolume.contributions(of: front, reference: reference) == aloneInFront, "seed \(seed)")
  }

  /// Unit cells below the reference whose lower corner some point reaches.
  private static func cells(_ points: [[Double]], _ reference: [Double]) -> Double {
    let count = reference.reduce(1) { $0 * Int($1) }
    return Double(
      (0..<count).count { number in
        var rest = number
        let corner = reference.map { extent in
          defer { rest /= Int(extent) }
          return Double(rest % Int(extent))
        }
        return points.contains { zip($0, corner).allSatisfy { $0 <= $1 } }
      })
  }

  @Test func `many objectives and many points agree with the inclusion of boxes`() {
    // Two boxes in six objectives: the sum less what they share.
    let reference = [Double](repeating: 1, count: 6)
    let points = [[0.5, 0, 0, 0, 0, 0], [0, 0.5, 0, 0, 0, 0], [0.75, 0.75, 0.5, 0.5, 0.5, 0.5]]
    #expect(Hypervolume.value(of: points, reference: reference) == 0.75)
    #expect(Hypervolume.contributions(of: points, reference: reference) == [0.25, 0.25, 0])
  }

  @Test func `crowding is the share of the extent between the neighbours`() {
    let front = [[0.0, 8], [1, 4], [2, 3], [4, 0]]
    #expect(ParetoRanking.crowding(of: front) == [.infinity, 2.0 / 4 + 5.0 / 8, 3.0 / 4 + 4.0 / 8, .infinity])
    #expect(ParetoRanking.crowding(of: [[1, 1], [1, 1], [1, 1]]) == [.infinity, 0, .infinity])
    #expect(ParetoRanking.crowding(of: []) == [])
    #expect(ParetoRanking.crowding(of: [[3, 3]]) == [.infinity])
  }
}
