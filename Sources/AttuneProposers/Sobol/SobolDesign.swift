import AttuneCore
import AttuneMath

/// The points of a proposer that fill a space evenly: all of `sobol`, the first ones of a proposer that learns.
///
/// The first point of a proposer is random; where it lies fixes the whole sequence, so that the history alone tells it.
struct SobolDesign: Sendable {
  /// Points that are looked at for one that keeps the constraints and is new.
  private static let patience = 10_000
  /// By whose trials the sequence is fixed.
  private let proposer: String
  private var sequence: DesignSequence?

  /// The points of the proposer of that word.
  init(of proposer: String) { self.proposer = proposer }

  /// The first point of the sequence that keeps the constraints and is in no trial.
  /// - Throws: `SpaceError.constraintsTooTight` when 10,000 points in a row break a constraint.
  mutating func next(after history: History, using random: inout RandomStream) throws(SpaceError) -> Proposal {
    guard let first = history.trials.first(where: { $0.proposer == proposer })?.configuration else {
      return Proposal(try history.space.sample(using: &random))
    }
    var sequence = sequence.flatMap { $0.continues(history, first) ? $0 : nil } ?? DesignSequence(history.space, through: first)
    defer { self.sequence = sequence }
    sequence.take(history)
    var repeated: Configuration?
    for cursor in sequence.cursor..<(sequence.cursor + Self.patience) {
      let configuration = sequence.configuration(at: cursor)
      guard history.space.satisfiesConstraints(configuration) else { continue }
      if !sequence.tried.contains(configuration) {
        sequence.cursor = cursor
        return Proposal(configuration)
      }
      repeated = repeated ?? configuration
      if let count = history.space.configurationCount, sequence.tried.count >= count { break }
    }
    guard let repeated else { throw .constraintsTooTight(constraints: history.space.constraints.map(\.text)) }
    return Proposal(repeated, note: "every configuration of the space has been tried; this one is repeated")
  }
}

/// A Sobol' sequence of a space, and how far a history has used it up.
struct DesignSequence: Sendable {
  /// No point of a lower number is new; point 0 is the first trial itself.
  var cursor = 1
  /// Configurations of all trials.
  private(set) var tried: Set<Configuration> = []
  private let space: SearchSpace
  private let axes: [Axis]
  private let first: Configuration
  private let points: SobolSequence
  /// Digits to flip, so that point 0 lies where the first trial does.
  private let shift: [UInt32]
  private var trialCount = 0

  /// The sequence whose point 0 is that configuration.
  init(_ space: SearchSpace, through first: Configuration) {
    (self.space, self.first, axes) = (space, first, space.axes)
    let point = space.point(of: first)
    let seed = point.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ $1.bitPattern) &* 0x100_0000_01B3 }
    points = SobolSequence(dimensions: space.dimensions, seed: seed)
    shift = zip(points.point(at: 0), point).map { Self.digits($0) ^ Self.digits($1) }
  }

  /// Whether it is the sequence of that history, too.
  func continues(_ history: History, _ first: Configuration) -> Bool {
    space == history.space && self.first == first && trialCount <= history.trials.count
  }

  /// Takes in what was tried.
  mutating func take(_ history: History) {
    for trial in history.trials[trialCount...] { tried.insert(trial.configuration) }
    trialCount = history.trials.count
  }

  /// What stands at that point, constraints not looked at.
  func configuration(at index: Int) -> Configuration {
    let shares = zip(points.point(at: index), shift).map { (Double(Self.digits($0) ^ $1) + 0.5) * 0x1p-32 }
    return space.configuration(at: zip(axes, shares).map { $0.coordinate(at: $1) })
  }

  private static func digits(_ unit: Double) -> UInt32 { UInt32(min(max(unit, 0) * 0x1p32, 0x1p32 - 1)) }
}
