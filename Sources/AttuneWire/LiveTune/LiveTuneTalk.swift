/// One conversation of a `LiveTuneServer`: bytes in, answers out.
struct LiveTuneTalk {
  /// Which port the client called.
  enum Place: Hashable {
    case dictionary
    case variable(String)
  }

  /// What the client is told.
  struct Reply: Hashable {
    var text = ""
    var isOver = true
    static let wait = Reply(isOver: false)
  }

  let place: Place
  private var heard: [UInt8] = []
  /// What the client was told that its variable is.
  private var kind: LiveTuneKind?

  init(_ place: Place) { self.place = place }

  /// Takes what one read gave.
  ///
  /// What the program refuses is answered with the reason, where the original would be silent: its own client ends with the text in its
  /// complaint when it asked for a port, and has hung up already when it sent a value.
  mutating func take(
    _ bytes: some Sequence<UInt8>, _ program: any LiveTuneProgram, portOf: (String) throws(WireFailure) -> Int
  ) -> Reply {
    heard.append(contentsOf: bytes)
    do throws(WireFailure) {
      guard heard.count <= LiveTuneKind.messageLimit else {
        throw WireFailure(.refused, "a message of LiveTune's has at most \(LiveTuneKind.messageLimit) bytes. Nothing was changed.")
      }
      switch place {
      case .dictionary: return try port(program, portOf)
      case .variable(let tag):
        guard let kind else { return try greet(tag, program) }
        return try take(tag, kind, program)
      }
    } catch {
      return Reply(text: error.message)
    }
  }

  private func port(
    _ program: any LiveTuneProgram, _ portOf: (String) throws(WireFailure) -> Int
  ) throws(WireFailure) -> Reply {
    let opening = Array(LiveTuneKind.dictionaryEntry.utf8)
    if opening.starts(with: heard) { return .wait }
    guard heard.starts(with: opening) else { return Reply() }
    let tag = String(decoding: heard[opening.count...], as: UTF8.self)
    _ = try program.kind(of: tag)
    return Reply(text: String(try portOf(tag)))
  }

  private mutating func greet(_ tag: String, _ program: any LiveTuneProgram) throws(WireFailure) -> Reply {
    let opening = Array(LiveTuneKind.updateVariable.utf8)
    guard heard == opening else { return opening.starts(with: heard) ? .wait : Reply() }
    let kind = try program.kind(of: tag)
    self.kind = kind
    heard = []
    return Reply(text: kind.rawValue, isOver: false)
  }

  private func take(_ tag: String, _ kind: LiveTuneKind, _ program: any LiveTuneProgram) throws(WireFailure) -> Reply {
    let text = String(decoding: heard, as: UTF8.self)
    if kind != .trigger {
      try program.change(tag, to: kind.value(of: text))
    } else if text == LiveTuneKind.triggerVariable {
      try program.fire(tag)
    } else {
      throw WireFailure(.refused, "'\(tag)' is a trigger: '\(text)' refused: allowed '\(LiveTuneKind.triggerVariable)'. Nothing was fired.")
    }
    return Reply()
  }
}
