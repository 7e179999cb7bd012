import AttuneValues

/// The types that the original LiveTune knows, with what their values look like on its wire.
///
/// The original's protocol has no frames: a message is what one `recv` of 1,024 bytes gives. Docs/LiveTune.md has the whole of it.
public enum LiveTuneKind: String, Hashable, Sendable {
  case bool, int, float, string, trigger

  /// What begins the question for a tag's port.
  static let dictionaryEntry = "request_type: dictionary_entry - "
  /// What begins a change.
  static let updateVariable = "request_type: update_var"
  /// What a trigger takes for its value.
  static let triggerVariable = "request_type: trigger_var"
  /// Bytes of a message.
  static let messageLimit = 1024

  /// The kind that a variable is told as. A choice is told as what its choices are.
  public init(_ descriptor: VariableDescriptor) {
    switch descriptor.kind {
    case .bool: self = .bool
    case .int: self = .int
    case .float: self = .float
    case .string: self = .string
    case .choice:
      switch descriptor.choices.first {
      case .bool: self = .bool
      case .int: self = .int
      case .float: self = .float
      default: self = .string
      }
    }
  }

  /// The kind of a word on the wire; `nil` for one that is none. The original says `str`, its client understands only `string`.
  init?(word: String) {
    guard let kind = LiveTuneKind(rawValue: word == "str" ? "string" : word) else { return nil }
    self = kind
  }

  /// The value of a text on the wire. What is of another type stays a string, for the variable to refuse with its reason.
  func value(of text: String) -> Value {
    guard self != .string else { return .string(text) }
    let start = text.drop(while: \.isWhitespace)
    let word = String(start.prefix(start.lastIndex { !$0.isWhitespace }.map { start.distance(from: start.startIndex, to: $0) + 1 } ?? 0))
    let value = Value(typed: word)
    if self == .bool, case .bool = value { return value }
    if self != .bool, value.number != nil { return value }
    return .string(text)
  }

  /// A value as a person typed it, in the form that the original takes.
  /// - Returns: `nil` for a value of another type, and for nan and the infinities, which the original would take.
  func text(ofTyped typed: String) -> String? {
    switch (self, Value(typed: typed)) {
    case (.bool, .bool(let flag)): flag ? "True" : "False"
    case (.int, .int(let integer)): String(integer)
    case (.int, .float(let float)): Int(exactly: float).map(String.init)
    case (.float, .int(let integer)): Double(integer).description
    case (.float, .float(let float)): float.isFinite ? float.description : nil
    // An empty text cannot be told from a client that hung up.
    case (.string, _): typed.isEmpty || typed.utf8.count > Self.messageLimit ? nil : typed
    default: nil
    }
  }

  /// What values it takes, as the end of `allowed …`.
  var allowed: String {
    switch self {
    case .bool: "true or false"
    case .int: "any integer"
    case .float: "any finite number"
    case .string: "a text of 1...\(Self.messageLimit) bytes"
    case .trigger: "no value: a trigger is fired"
    }
  }
}
