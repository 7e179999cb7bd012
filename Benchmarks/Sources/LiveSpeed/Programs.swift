import Attune
import System

/// Programs that are tuned while they are measured.
enum Programs {
  /// Looks at `rate` all the time, and notes when it saw which value.
  static func spin() {
    let rate = LiveVariable("rate", 0.0)
    let isOver = LiveTrigger("over")
    say("ready")
    var seen: [(value: Double, at: Double)] = []
    seen.reserveCapacity(100_000)
    while !isOver.fired() {
      for _ in 0..<100 where rate.isChanged() { seen.append((rate(), monotonicNanoseconds())) }
    }
    for sight in seen { print(Int(sight.value), Int(sight.at)) }
    say("over")
    waitForEndOfInput()
  }

  /// Declares so many variables `v0`, `v1` …, and waits.
  static func hold(_ count: Int) {
    let variables = (0..<count).map { LiveVariable("v\($0)", 0.5, in: 0...1e9) }
    say("ready")
    waitForEndOfInput()
    precondition(variables.count == count, "they were there to the end")
  }

  /// Windows of a training loop that reads three variables a step: steps a second, by the clock and by the thread's
  /// processor time.
  static func compute() {
    let rate = LiveVariable("rate", 0.01, in: 0...1e9)
    let momentum = LiveVariable("momentum", 0.9, in: 0...1)
    let isOn = LiveVariable("on", true)
    say("ready")
    var weights = [Double](repeating: 0.5, count: 4096)
    while let line = readLine(), line == "window" {
      let (start, used) = (monotonicNanoseconds(), threadNanoseconds())
      var steps = 0
      while monotonicNanoseconds() - start < LiveSpeed.window {
        for _ in 0..<10 { train(&weights, rate() * 1e-9, isOn() ? momentum() : 0) }
        steps += 10
      }
      let (seconds, processor) = ((monotonicNanoseconds() - start) / 1e9, (threadNanoseconds() - used) / 1e9)
      say("\(Double(steps) / seconds) \(Double(steps) / processor)")
    }
    precondition(weights.allSatisfy(\.isFinite), "the results were used")
  }

  /// One step: some microseconds of arithmetic on memory of its own.
  @inline(never)
  private static func train(_ weights: inout [Double], _ rate: Double, _ momentum: Double) {
    for index in weights.indices { weights[index] -= rate * (weights[index] * momentum - 0.1) }
  }
}
