/// When an attempt's processes were stopped: no time limit runs then, and no report's time counts it.
struct FrozenTimes {
  /// Nanoseconds of the system's monotonic clock, in order; only the last may be open.
  private var times: [(from: Int, until: Int?)]

  init(_ times: [ProtoFrozenTime]) { self.times = times.map { (Int($0.from), $0.until == 0 ? nil : Int($0.until)) } }

  /// Whether they are.
  var isFrozen: Bool { times.last.map { $0.until == nil } ?? false }

  mutating func begin(at time: Int) { if !isFrozen { times.append((time, nil)) } }

  mutating func end(at time: Int) { if isFrozen { times[times.count - 1].until = time } }

  /// Seconds before that moment in which they were stopped.
  func seconds(until time: Int) -> Double {
    Double(times.reduce(0) { $0 + max(0, min(time, $1.until ?? time) - $1.from) }) / 1e9
  }
}
