import AttuneValues
import AttuneWire

/// The way of a change: found, checked outside the lock by the variable's own validator, accepted, applied.
extension RegistryState {
  static let pendingLimit = 10_000

  /// The variables that a request names.
  /// - Throws: `WireFailure` with `.unknownTag`.
  func find(_ tags: some Collection<String>) throws(WireFailure) -> [String: Variable] {
    var found: [String: Variable] = [:]
    for tag in tags.sorted() {
      guard let variable = variables[tag] else { throw unknown("variable", tag, known: self.tags) }
      found[tag] = variable
    }
    return found
  }

  /// Accepts checked values. Applies them now, unless they must wait for a step.
  /// - Returns: the change's number, and the change if it took effect.
  mutating func accept(
    _ values: [String: Value], _ circumstances: Circumstances, step: Int, time: Double
  ) throws(WireFailure) -> (number: Int, change: ChangeNotice?) {
    if let number = circumstances.number, accepted.contains(number) { return (number, nil) }
    let waits = circumstances.atStep.map { $0 > step } ?? false
    // A program that is held stands at a step: what waits for one need wait no longer.
    let waitsForNext = !isHeld && values.keys.contains { variables[$0]?.descriptor.applies == .atStep }
    if waits || waitsForNext, pending.count >= Self.pendingLimit { throw tooMany }
    let wish = Wish(values: values, number: take(circumstances.number), circumstances: circumstances)
    if waits || waitsForNext {
      pending.append(wish)
      return (wish.number, nil)
    }
    return (wish.number, apply(wish, step: step, time: time, isImmediate: !isHeld))
  }

  /// Accepts the firing of a trigger.
  mutating func fire(_ request: FireRequest, step: Int) throws(WireFailure) -> Int {
    guard triggers[request.trigger] != nil else { throw unknown("trigger", request.trigger, known: triggerTags) }
    if let number = request.circumstances.number, accepted.contains(number) { return number }
    guard pending.count + (triggers[request.trigger]?.waiting.count ?? 0) < Self.pendingLimit else { throw tooMany }
    let wish = Wish(
      trigger: request.trigger, payload: request.payload, number: take(request.circumstances.number),
      circumstances: request.circumstances)
    if let atStep = request.circumstances.atStep, atStep > step {
      pending.append(wish)
    } else {
      pull(wish)
    }
    return wish.number
  }

  /// A change that the program makes by itself.
  mutating func applyOwn(_ values: [String: Value], reason: String?, step: Int, time: Double) -> ChangeNotice {
    apply(Wish(values: values, number: 0, circumstances: Circumstances(reason: reason, by: "program")), step: step, time: time)
  }

  /// The program has completed a step: what waited for it takes effect, in the order of acceptance.
  mutating func advance(to step: Int, time: Double) -> [ChangeNotice] {
    for (tag, value) in replay.advance(to: step) {
      guard let descriptor = variables[tag]?.descriptor else { continue }
      let configured = configuration[tag].flatMap(descriptor.converted)
      let fallback = configured ?? variables[tag]?.initial
      if let value = value.flatMap(descriptor.converted) ?? fallback { give(tag, value) }
    }
    var applied = followSchedule(step: step, time: time)
    let due = pending.filter { ($0.circumstances.atStep ?? 0) <= step }
    guard !due.isEmpty else { return applied }
    pending.removeAll { ($0.circumstances.atStep ?? 0) <= step }
    for wish in due {
      if wish.trigger != nil { pull(wish) } else { applied.append(apply(wish, step: step, time: time)) }
    }
    return applied
  }

  /// The program has seen that the trigger fired: the oldest firing of a counted one is consumed, all of another.
  mutating func consume(_ tag: String, step: Int, time: Double) -> [ChangeNotice] {
    guard let trigger = triggers[tag] else { return [] }
    let wishes = trigger.waiting.prefix(trigger.isCounted ? 1 : .max)
    triggers[tag]?.waiting.removeFirst(wishes.count)
    trigger.cell.isFired.store(wishes.count < trigger.waiting.count, ordering: .relaxed)
    return wishes.map { wish in
      var wish = wish
      wish.values = takenOver(by: wish)
      return wish.values.isEmpty ? note(wish, step: step, time: time) : apply(wish, step: step, time: time)
    }
  }

  /// What a program that loads a checkpoint takes over with it. It was checked when it was accepted; in a schedule it is checked here.
  private func takenOver(by wish: Wish) -> [String: Value] {
    var values: [String: Value] = [:]
    for (tag, value) in LoadPayload.values(of: wish.trigger, wish.payload) {
      guard let variable = variables[tag] else { continue }
      values[tag] = try? variable.descriptor.accepting(value, current: variable.value)
    }
    return values
  }

  /// The change of that number, if it took effect and is kept.
  func change(numbered number: Int) -> ChangeNotice? {
    changes.from(changes.first).last { $0.number == number }
  }

  mutating func apply(_ wish: Wish, step: Int, time: Double, isImmediate: Bool = false) -> ChangeNotice {
    for (tag, value) in wish.values {
      replay.forget(tag)
      give(tag, value)
    }
    return note(wish, step: step, time: time, isImmediate: isImmediate)
  }

  /// Writes down that something took effect.
  mutating func note(_ wish: Wish, step: Int, time: Double, isImmediate: Bool = false) -> ChangeNotice {
    let change = ChangeNotice(
      n: changes.last + 1, number: wish.number, step: step, values: wish.values, trigger: wish.trigger,
      payload: wish.payload, isImmediate: isImmediate, by: wish.circumstances.by ?? "unknown", reason: wish.circumstances.reason, time: time
    )
    changes.append(change)
    return change
  }

  /// Puts a firing where the program finds it.
  mutating func pull(_ wish: Wish) {
    guard let tag = wish.trigger else { return }
    triggers[tag]?.waiting.append(wish)
    triggers[tag]?.cell.isFired.store(true, ordering: .releasing)
  }

  /// Gives an accepted request its number.
  mutating func take(_ number: Int?) -> Int {
    let number = number ?? highestNumber + 1
    highestNumber = max(highestNumber, number)
    accepted.insert(number)
    return number
  }

  var tooMany: WireFailure {
    WireFailure(.refused, "\(Self.pendingLimit) changes wait for a step already. Nothing was changed.")
  }

  func unknown(_ what: String, _ tag: String, known: [String]) -> WireFailure {
    let listed = known.isEmpty ? "none" : known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
    return WireFailure(.unknownTag, "unknown \(what) '\(tag)': the program has \(listed). Nothing was changed.")
  }
}
