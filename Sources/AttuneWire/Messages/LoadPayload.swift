import AttuneValues

/// What is fired with `attune.load`: `{"checkpoint": DIRECTORY, "values": {…}, "trial": 3, "step": 40}`.
///
/// The program loads the checkpoint; the library gives its variables the values when the program takes notice, so that both change at the
/// same step, in one recorded change.
public enum LoadPayload {
  /// The values that are taken over, by tag; none for any other trigger.
  public static func values(of trigger: String?, _ payload: JSON?) -> [String: Value] {
    guard trigger == ReservedTag.load.rawValue else { return [:] }
    return payload?["values"]?.object?.compactMapValues(Value.init(json:)) ?? [:]
  }
}
