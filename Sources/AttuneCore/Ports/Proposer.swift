import AttuneMath

/// Chooses configurations.
///
/// A function of the history and of the trial's own random stream: asked twice the same, it answers twice the same. What a
/// proposer keeps besides is a cache. Usable without any service: make one, call `propose`, append the trial to a `History`.
public protocol Proposer: Sendable {
  /// The configuration of the trial numbered `trial`.
  /// - Parameter random: a stream that belongs to this trial alone.
  /// - Returns: a configuration that `history.space` validates; `nil` when there is nothing more to try.
  /// - Throws: an error with a `description` for people, when the space cannot be searched this way.
  mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal?
  /// Whether it proposes a configuration again only when it means to, like a list that somebody wrote: then nobody replaces it.
  var repeatsOnPurpose: Bool { get }
}

extension Proposer {
  /// No.
  public var repeatsOnPurpose: Bool { false }
}

/// What a proposer wants tried, and how it came to it.
public struct Proposal: Hashable, Sendable, Codable {
  /// What to try.
  public let configuration: Configuration
  /// The trial whose checkpoint this one begins with; `nil` to begin with nothing.
  public let parent: TrialID?
  /// For people: which algorithm was chosen and why, or why this proposal is not what the proposer's name promises (a space with one
  /// point, no trial with a value yet); `nil` where there is nothing to say.
  public let note: String?

  /// That configuration.
  public init(_ configuration: Configuration, parent: TrialID? = nil, note: String? = nil) {
    self.configuration = configuration
    self.parent = parent
    self.note = note
  }
}
