import AttuneValues
import AttuneWire

/// Changes of earlier attempts of a trial, to be applied again at their steps.
///
/// A resumed program that has not told its step yet is taken to be behind all of them: that is so when it was suspended. When its
/// first step is an earlier one, because it went on from an older checkpoint, the values go back to those of that step.
struct Replay {
  private var changes: [ChangeNotice]
  /// All that was read, firings too.
  let all: [ChangeNotice]
  private var reached: Int
  /// Their numbers: a request that was carried out in an earlier attempt is not carried out again.
  let numbers: Set<Int>

  init(_ changes: [ChangeNotice] = [], isResuming: Bool = false) {
    all = changes
    self.changes = changes.filter { $0.trigger == nil }
    reached = isResuming ? .max : 0
    numbers = Set(changes.map(\.number).filter { (1...Circumstances.highestNumber).contains($0) })
  }

  /// Reads lines of `ATTUNE_RECORD`'s form. A line that is no change, as one cut off by a crash, is passed over.
  init(lines: [UInt8], isResuming: Bool) {
    let read = lines.split(separator: UInt8(ascii: "\n")).compactMap { line -> ChangeNotice? in
      guard let json = try? JSON(parsing: Array(line)) else { return nil }
      return try? ChangeNotice(json: json)
    }
    self.init(read, isResuming: isResuming)
  }

  /// Whether nothing is left to apply.
  var isOver: Bool { changes.allSatisfy { $0.step <= reached } && reached != .max || changes.isEmpty }

  /// What the tag holds at the step reached; `nil` when no change had touched it by then.
  func value(of tag: String) -> Value? { value(of: tag, at: reached) }

  /// The tags whose value is another one at that step, with that value; `nil` for what it had before all changes.
  mutating func advance(to step: Int) -> [String: Value?] {
    guard reached == .max || step > reached, !changes.isEmpty else { return [:] }
    let crossed = changes.filter { ($0.step > min(step, reached)) && ($0.step <= max(step, reached)) }
    var moved: [String: Value?] = [:]
    for tag in Set(crossed.flatMap(\.values.keys)) { moved.updateValue(value(of: tag, at: step), forKey: tag) }
    reached = step
    return moved
  }

  /// A newer change has come: the old ones of that tag do not count any more.
  mutating func forget(_ tag: String) {
    guard !changes.isEmpty else { return }
    for index in changes.indices { changes[index].values[tag] = nil }
    changes.removeAll { $0.values.isEmpty }
  }

  private func value(of tag: String, at step: Int) -> Value? {
    changes.last { $0.step <= step && $0.values[tag] != nil }?.values[tag]
  }
}
