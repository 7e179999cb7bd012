import AttuneValues

/// A wish to change live values of a trial, or to fire a trigger, numbered within the experiment.
public struct ChangeRequest: Hashable, Sendable, Codable {
  /// What is wished.
  public enum Wish: Hashable, Sendable, Codable {
    /// All of these or none.
    case set([String: Value])
    /// With what the trigger brings along, as JSON text, where it brings something.
    case fire(trigger: String, payload: String? = nil)
  }

  /// From 1 within the experiment.
  public let number: Int
  /// The trial it is for.
  public let trial: TrialID
  /// What is wished.
  public let wish: Wish
  /// Not before this step; `nil` for at once.
  public let atStep: Int?
  /// Who wished it.
  public let by: String
  /// Why, in the person's words.
  public let reason: String?

  /// A wish.
  public init(number: Int, trial: TrialID, wish: Wish, atStep: Int? = nil, by: String, reason: String? = nil) {
    self.number = number
    self.trial = trial
    self.wish = wish
    self.atStep = atStep
    self.by = by
    self.reason = reason
  }
}

/// A change that took effect: the record that can be replayed.
public struct Change: Hashable, Sendable, Codable {
  /// The request's number; 0 when the program changed a value by itself.
  public let number: Int
  /// The steps completed when it took effect.
  public let step: Int
  /// The values used. Empty for a trigger, unless values were taken over with it (`attune.load`).
  public let values: [String: Value]
  /// The trigger that was consumed; `nil` for values.
  public let trigger: String?
  /// Who.
  public let by: String
  /// What the trigger brought along, as JSON text.
  public let payload: String?
  /// Why, in the person's words.
  public let reason: String?
  // Not written when false, so that journals of before this was known read alike.
  private let immediate: Bool?

  /// Whether it took effect between two steps, at a moment that a replay cannot find again to the last bit.
  public var isImmediate: Bool { immediate == true }

  /// A change that took effect.
  public init(
    number: Int, step: Int, values: [String: Value], trigger: String? = nil, by: String, payload: String? = nil, reason: String? = nil,
    isImmediate: Bool = false
  ) {
    self.number = number
    self.step = step
    self.values = values
    self.trigger = trigger
    self.by = by
    self.payload = payload
    self.reason = reason
    immediate = isImmediate ? true : nil
  }
}
