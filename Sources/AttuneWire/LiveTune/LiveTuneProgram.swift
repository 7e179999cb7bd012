import AttuneValues

/// What a `LiveTuneServer` asks of the program it serves; on the server's thread.
public protocol LiveTuneProgram: Sendable {
  /// What the program has under a tag.
  /// - Throws: `WireFailure` with `.unknownTag`.
  func kind(of tag: String) throws(WireFailure) -> LiveTuneKind
  /// Changes a variable.
  /// - Throws: `WireFailure` with the reason why it keeps its value.
  func change(_ tag: String, to value: Value) throws(WireFailure)
  /// Fires a trigger.
  /// - Throws: `WireFailure` with the reason why it did not.
  func fire(_ tag: String) throws(WireFailure)
  /// A client, or its value, was refused; why, in one line. The original's clients never learn of it. Told a hundred times at most.
  func refused(_ problem: String)
}
