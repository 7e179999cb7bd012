import AttuneValues
import AttuneWire

/// What is to take effect at given steps of this run, as a value: `ATTUNE_REPLAY`.
///
/// A line is checked like a request once all that it names is declared, and taken out when its step has come. One whose step comes
/// before its declaration waits for it.
struct Schedule {
  /// A line of the file.
  struct Entry: Sendable {
    /// Its place in the file, from 1.
    let number: Int
    var line: ScheduleLine
    fileprivate var standing = Standing.undeclared

    init(number: Int, line: ScheduleLine) {
      self.number = number
      self.line = line
    }
  }

  fileprivate enum Standing {
    case undeclared
    /// Undeclared at its step, and the person told.
    case missed
    case beingChecked
    case ready
    case over
  }

  private enum Name: Hashable {
    case variable(String)
    case trigger(String)
  }

  /// By step, and at the same step by their order in the file.
  private var entries: [Entry]
  /// The first whose step has not come.
  private var head = 0
  /// Those whose step has come before their declaration.
  private var late: [Int] = []
  /// Those that wait for a declaration.
  private var undeclared: [Name: [Int]] = [:]

  init(_ entries: [Entry] = []) {
    self.entries = entries.sorted { ($0.line.step, $0.number) < ($1.line.step, $1.number) }
    for (place, entry) in self.entries.enumerated() {
      if let trigger = entry.line.trigger { undeclared[.trigger(trigger), default: []].append(place) }
      for tag in entry.line.values.keys { undeclared[.variable(tag), default: []].append(place) }
    }
  }

  /// Reads a file.
  /// - Returns: the schedule, and what is wrong with single lines, each with its place.
  static func reading(_ bytes: [UInt8]) -> (schedule: Schedule, problems: [(number: Int, message: String)]) {
    var entries: [Entry] = []
    var problems: [(Int, String)] = []
    for (index, bytes) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      do throws(WireFailure) {
        if let line = try ScheduleLine(parsing: bytes) { entries.append(Entry(number: index + 1, line: line)) }
      } catch {
        problems.append((index + 1, error.message))
      }
    }
    return (Schedule(entries), problems)
  }

  /// Whether nothing is left to do.
  var isOver: Bool { head == entries.count && late.isEmpty }

  /// Takes out what an earlier attempt has done of it: that is applied again by `Replay`.
  mutating func drop(done changes: [ChangeNotice]) {
    guard !entries.isEmpty else { return }
    var places: [[String]: [Int]] = [:]
    for (place, entry) in entries.enumerated() { places[entry.line.key, default: []].append(place) }
    for change in changes where change.number == 0 {
      let key = [change.trigger ?? "", change.by] + change.values.keys.sorted()
      let place = places[key]?.first { entries[$0].standing != .over && entries[$0].line.became(change) }
      if let place { entries[place].standing = .over }
    }
  }

  /// A variable was declared: the lines that can be checked now.
  mutating func claim(variable tag: String, isDeclared: (String) -> Bool) -> [(place: Int, entry: Entry)] {
    guard let places = undeclared.removeValue(forKey: .variable(tag)) else { return [] }
    var claimed: [(Int, Entry)] = []
    for place in places where entries[place].isOpen {
      guard entries[place].line.values.keys.allSatisfy(isDeclared) else { continue }
      entries[place].standing = .beingChecked
      claimed.append((place, entries[place]))
    }
    return claimed
  }

  /// A claimed line is checked; `nil` when it was refused.
  mutating func settle(_ place: Int, _ values: [String: Value]?) {
    if let values { entries[place].line.values = values }
    entries[place].standing = values == nil ? .over : .ready
    if values == nil { late.removeAll { $0 == place } }
  }

  /// A trigger was declared: its lines need no check.
  mutating func declared(trigger tag: String) {
    for place in undeclared.removeValue(forKey: .trigger(tag)) ?? [] where entries[place].isOpen { entries[place].standing = .ready }
  }

  /// The program has completed a step: what is to take effect now.
  mutating func takeDue(at step: Int) -> [ScheduleLine] {
    var due: [Int] = []
    if !late.isEmpty {
      due = late.filter { entries[$0].standing == .ready }
      late.removeAll { entries[$0].standing == .ready }
    }
    while head < entries.count, entries[head].line.step <= step {
      switch entries[head].standing {
      case .ready: due.append(head)
      case .undeclared, .missed, .beingChecked: late.append(head)
      case .over: break
      }
      head += 1
    }
    for place in due { entries[place].standing = .over }
    return due.map { entries[$0].line }
  }

  /// Lines whose step has come and that name what is not declared; each is told once.
  mutating func takeMissed() -> [Entry] {
    let missed = late.filter { entries[$0].standing == .undeclared }
    for place in missed { entries[place].standing = .missed }
    return missed.map { entries[$0] }
  }
}

extension Schedule.Entry {
  fileprivate var isOpen: Bool { standing == .undeclared || standing == .missed }
}

extension ScheduleLine {
  /// Who makes the change when the line does not say.
  static let author = "schedule"

  fileprivate var key: [String] { [trigger ?? "", by ?? Self.author] + values.keys.sorted() }

  /// Whether that change is what this line led to.
  fileprivate func became(_ change: ChangeNotice) -> Bool {
    change.step >= step && change.payload == payload
      && values.allSatisfy { tag, value in
        let applied = change.values[tag]
        return applied == value || (value.number != nil && applied?.number == value.number)
      }
  }
}
