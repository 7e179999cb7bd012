import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The other curves of a request, as templates and as what trust is learned from. What it keeps is a cache.
struct CurveCompanions: Sendable {
  /// Templates at most; of more curves it takes every so-manyth.
  static let limit = 96
  /// Finished curves at which trust is learned anew.
  private static let rungs = [6, 8, 10, 12, 16, 20, 24, 32, 48, 64, TrustLearning.limit]

  /// Other curves that go on behind what is seen.
  private(set) var templates: [CurveTemplate] = []
  /// The last step that any other curve has reached; 0 where there is none.
  private(set) var end = 0.0
  private var known: [Int: (curve: LearningCurve, template: CurveTemplate?)] = [:]
  /// Finished curves of the request, and those that trust was learned from, by half octaves of values seen.
  private var finished: [LearningCurve] = []
  private var learned: (curves: [LearningCurve], end: Double, trust: [Int: [Double]]) = ([], 0, [:])

  /// Takes over the curves of a request.
  /// - Parameter first: the first step asked.
  mutating func update(_ others: [LearningCurve], first: Int) {
    let ends = others.map { $0.steps.last ?? 0 }
    let longest = ends.max() ?? 0
    end = Double(longest)
    let reaching = others.indices.filter { ends[$0] >= first }
    let whole = reaching.filter { 10 * ends[$0] >= 9 * longest }
    var chosen = Self.some(whole, Self.limit)
    if chosen.count < Self.limit {
      chosen += Self.some(reaching.filter { 10 * ends[$0] < 9 * longest }, Self.limit - chosen.count)
      chosen.sort()
    }
    templates = chosen.compactMap { template(of: others[$0], at: $0) }
    var finished: [LearningCurve] = []
    for (curve, end) in zip(others, ends) where 10 * end >= 9 * longest && finished.count < TrustLearning.limit {
      if curve.steps.count >= 3, curve.values.last?.isFinite == true { finished.append(curve) }
    }
    self.finished = finished
  }

  /// The trust in hypotheses that finished curves teach; `nil` when there are too few.
  /// - Parameter seen: values seen of the curve asked about.
  mutating func trust(seen: Int, shapes: inout GrowthShapes) -> [Double]? {
    guard let count = Self.rungs.last(where: { $0 <= finished.count }) else { return nil }
    let curves = Array(finished[..<count])
    if learned.end != shapes.end || learned.curves != curves { learned = (curves, shapes.end, [:]) }
    let level = Int((2 * log2(Double(max(1, seen)))).rounded())
    if let trust = learned.trust[level] { return trust }
    let trust = TrustLearning.trust(from: curves, seen: Int(exp2(0.5 * Double(level)).rounded()), shapes: &shapes)
    learned.trust[level] = trust
    return trust
  }

  private mutating func template(of curve: LearningCurve, at index: Int) -> CurveTemplate? {
    if let entry = known[index], entry.curve == curve { return entry.template }
    let template = CurveTemplate(curve)
    known[index] = (curve, template)
    return template
  }

  private static func some(_ indices: [Int], _ count: Int) -> [Int] {
    indices.count <= count ? indices : (0..<count).map { indices[$0 * indices.count / count] }
  }
}
