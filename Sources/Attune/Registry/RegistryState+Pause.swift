import AttuneWire

/// Where a pause stands, as a value.
struct Pause {
  enum Standing {
    case none
    /// Asked for; it waits for the next step.
    case wanted
    /// The program waits in a step.
    case inEffect
    /// A signal's handler has run in the program, which may want to end: it has one step to do so.
    case interrupted
  }

  var standing = Standing.none
  /// Asked for and not yet in effect.
  var wishes: [RegistryState.Wish] = []
}

extension RegistryState {
  /// Whether the program waits in a step.
  var isHeld: Bool { pause.standing == .inEffect }

  /// Accepts a pause. In effect already, it is told at once.
  mutating func acceptPause(_ circumstances: Circumstances, step: Int, time: Double) throws(WireFailure) -> (Int, [ChangeNotice]) {
    if let number = circumstances.number, accepted.contains(number) { return (number, []) }
    guard pause.wishes.count < Self.pendingLimit else { throw tooMany }
    let wish = Wish(trigger: ReservedTag.pause.rawValue, number: take(circumstances.number), circumstances: circumstances)
    switch pause.standing {
    case .inEffect: return (wish.number, [note(wish, step: step, time: time)])
    case .none, .wanted: pause.standing = .wanted
    case .interrupted: break
    }
    pause.wishes.append(wish)
    return (wish.number, [])
  }

  /// Ends a pause, or one that waits for its step.
  mutating func acceptResume(_ circumstances: Circumstances, step: Int, time: Double) -> (Int, [ChangeNotice]) {
    if let number = circumstances.number, accepted.contains(number) { return (number, []) }
    let wish = Wish(trigger: ReservedTag.resume.rawValue, number: take(circumstances.number), circumstances: circumstances)
    let ended = (pause.wishes + [wish]).map { note($0, step: step, time: time) }
    pause = Pause()
    return (wish.number, ended)
  }

  /// The program has completed a step: a pause that waited for it takes effect.
  mutating func beginPause(step: Int, time: Double) -> [ChangeNotice] {
    if pause.standing == .interrupted { pause.standing = .inEffect }
    let due = pause.wishes.filter { ($0.circumstances.atStep ?? 0) <= step }
    guard !due.isEmpty else { return [] }
    pause.wishes.removeAll { ($0.circumstances.atStep ?? 0) <= step }
    pause.standing = .inEffect
    return due.map { note($0, step: step, time: time) }
  }
}
