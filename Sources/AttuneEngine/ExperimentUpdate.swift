import AttuneCore

/// What one transaction of the journal brought.
public struct ExperimentUpdate: Sendable {
  /// In order.
  public let events: [Event]
  /// The trials that changed, as they are now.
  public let touched: [Trial]
  /// How the experiment ended, when it did.
  public let outcome: Outcome?

  /// An update.
  public init(events: [Event], touched: [Trial], outcome: Outcome?) {
    self.events = events
    self.touched = touched
    self.outcome = outcome
  }
}
