/// The names of the live protocol. Docs/Protocol.md has the messages with examples.
public enum LiveMethod {
  /// The version that `hello` tells.
  public static let protocolVersion = 1

  /// Who are you; or, from a program that dials, who I am.
  public static let hello = "hello"
  /// Every variable with its description and value, and every trigger.
  public static let listVariables = "variables.list"
  /// Some values.
  public static let getVariables = "variables.get"
  /// New values, all or none.
  public static let setVariables = "variables.set"
  /// Fires a trigger.
  public static let fireTrigger = "trigger.fire"
  /// Holds the program at its next step.
  public static let pauseProgram = "program.pause"
  /// Lets a held program go on.
  public static let resumeProgram = "program.resume"
  /// Reports from a number on.
  public static let subscribeToReports = "reports.subscribe"
  /// Changes from a number on.
  public static let subscribeToChanges = "changes.subscribe"
  /// Notification: a change took effect.
  public static let changed = "changed"
  /// Notification: the program reported metrics.
  public static let reported = "reported"
  /// Notification: what the program has declared so far.
  public static let declared = "declared"
  /// Notification to a program that dialled: its reports up to a number are kept, it may forget them.
  public static let acknowledged = "acknowledged"
  /// Notification, the last before a program ends: its warm-up, time and energy.
  public static let ledger = "ledger"
}
