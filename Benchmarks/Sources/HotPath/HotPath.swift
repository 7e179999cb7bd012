import Attune
import System

/// Nanoseconds that a training loop pays for a live variable, measured from another module in a release build.
///
/// Each line: the median of 15 repeats of 50 million calls, the fastest and the slowest repeat, and the limit. The time is the
/// thread's own processor time, so that what else runs on the machine counts less. Exit code 1 when a median is above its limit.
@main
struct HotPath {
  static let repeats = 15
  static let calls = 50_000_000
  static let rate = LiveVariable("rate", 0.1, in: 0...1)
  static let wrapped = Wrapped()
  static let derived = rate.map { $0 / 2 }
  static let save = LiveTrigger("save")
  static let plain = Plain()

  static func main() {
    let lines = [
      Measurement("LiveVariable<Double> read", limit: 0.6) { readLive(rate) },
      Measurement("@Live Double read", limit: 0.6) { readWrapped(wrapped) },
      Measurement("LiveDerived<Double> read", limit: 0.6) { readDerived(derived) },
      Measurement("LiveVariable<Double>.isChanged()", limit: 0.2) { askChanged(rate) },
      Measurement("LiveTrigger.fired()", limit: 0.2) { askFired(save) },
      Measurement("stored property read, for comparison", limit: nil) { readPlain(plain) },
    ]
    for line in lines { print(line.text) }
    LiveRegistry.shared.finish(within: .zero)
    if lines.contains(where: \.isAboveLimit) { exitFailing() }
  }

  /// Four sums, so that the additions do not wait for each other: the reads are measured, and every one counts.
  @inline(never)
  static func readLive(_ variable: LiveVariable<Double>) -> Double {
    var sums = (0.0, 0.0, 0.0, 0.0)
    for _ in 0..<(calls / 4) {
      sums.0 += variable()
      sums.1 += variable()
      sums.2 += variable()
      sums.3 += variable()
    }
    return sums.0 + sums.1 + sums.2 + sums.3
  }

  @inline(never)
  static func readWrapped(_ wrapped: Wrapped) -> Double {
    var sums = (0.0, 0.0, 0.0, 0.0)
    for _ in 0..<(calls / 4) {
      sums.0 += wrapped.rate
      sums.1 += wrapped.rate
      sums.2 += wrapped.rate
      sums.3 += wrapped.rate
    }
    return sums.0 + sums.1 + sums.2 + sums.3
  }

  @inline(never)
  static func readDerived(_ derived: LiveDerived<Double>) -> Double {
    var sums = (0.0, 0.0, 0.0, 0.0)
    for _ in 0..<(calls / 4) {
      sums.0 += derived()
      sums.1 += derived()
      sums.2 += derived()
      sums.3 += derived()
    }
    return sums.0 + sums.1 + sums.2 + sums.3
  }

  @inline(never)
  static func askFired(_ trigger: LiveTrigger) -> Double {
    var count = 0
    for _ in 0..<(calls / 4) {
      if trigger.fired() { count += 1 }
      if trigger.fired() { count += 1 }
      if trigger.fired() { count += 1 }
      if trigger.fired() { count += 1 }
    }
    return Double(count)
  }

  @inline(never)
  static func askChanged(_ variable: LiveVariable<Double>) -> Double {
    var count = 0
    for _ in 0..<(calls / 4) {
      if variable.isChanged() { count += 1 }
      if variable.isChanged() { count += 1 }
      if variable.isChanged() { count += 1 }
      if variable.isChanged() { count += 1 }
    }
    return Double(count)
  }

  @inline(never)
  static func readPlain(_ plain: Plain) -> Double {
    var sums = (0.0, 0.0, 0.0, 0.0)
    for _ in 0..<(calls / 4) {
      sums.0 += plain.value
      sums.1 += plain.value
      sums.2 += plain.value
      sums.3 += plain.value
    }
    return sums.0 + sums.1 + sums.2 + sums.3
  }
}

/// A type with a live property.
struct Wrapped {
  @Live("wrapped_rate", in: 0...1) var rate = 0.1
}

/// What the read is compared with.
final class Plain: @unchecked Sendable {
  var value = 0.1
}

/// Several repeats of one loop.
struct Measurement {
  let name: String
  let limit: Double?
  let nanoseconds: [Double]

  init(_ name: String, limit: Double?, _ loop: () -> Double) {
    self.name = name
    self.limit = limit
    var sink = loop()
    nanoseconds = (0..<HotPath.repeats).map { _ in
      let start = threadNanoseconds()
      sink += loop()
      return (threadNanoseconds() - start) / Double(HotPath.calls)
    }.sorted()
    precondition(sink.isFinite, "the results were used")
  }

  var median: Double { nanoseconds[nanoseconds.count / 2] }
  var isAboveLimit: Bool { limit.map { median > $0 } ?? false }

  var text: String {
    let figures = "\(short(median)) ns (\(short(nanoseconds[0]))...\(short(nanoseconds[nanoseconds.count - 1])))"
    guard let limit else { return "\(name): \(figures)" }
    return "\(name): \(figures), limit \(limit) ns: \(isAboveLimit ? "ABOVE" : "within")"
  }

  private func short(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
}
