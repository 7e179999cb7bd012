/// How much of the differences between trials each parameter makes.
public struct Importance: Hashable, Sendable {
  /// The part of one parameter, or of what two do together beyond what each does alone.
  public struct Share: Hashable, Sendable {
    /// One name or two.
    public let parameters: [String]
    /// A part of 1.
    public let share: Double
    /// The standard error of the share, by leaving out a fifth of the trials at a time; `nil` where it is not known.
    public let deviation: Double?

    /// A share.
    public init(parameters: [String], share: Double, deviation: Double?) {
      self.parameters = parameters
      self.share = share
      self.deviation = deviation
    }
  }

  /// One for each parameter, in the order of the space.
  public let shares: [Share]
  /// Of two parameters together, the greatest first; empty unless they were asked for.
  public let pairs: [Share]
  /// The part of the variance that the model predicts of trials it has not seen, at most 1; `nil` where there is no model.
  public let explained: Double?
  /// Trials it rests on.
  public let trials: Int
  /// What a person has to know about the trials or the model, each a line.
  public let remarks: [String]
}
