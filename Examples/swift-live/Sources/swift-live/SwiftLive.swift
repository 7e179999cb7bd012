import Attune
import Foundation

/// Stochastic gradient descent that can be tuned while it runs: how far does a car roll after braking, given its speed?
///
/// The data are Ezekiel's 50 measurements (Methods of Correlation Analysis, 1930). Usage: `swift-live [PASSES]`, and in another terminal
/// `attune set learning_rate=0.05 batch=25`, `attune fire save`, `attune fire attune.pause`. With `ATTUNE_RECORD` it leaves what was
/// changed, and with `ATTUNE_REPLAY` it does that again, to the last bit.
@main
struct SwiftLive {
  static let save = LiveTrigger("save", counted: true)

  static func main() throws {
    let passes = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? configured("passes", 60)
    var trainer = Trainer(seed: LiveRegistry.shared.environment.seed ?? 1)
    for pass in 1...max(1, passes) {
      for _ in 0..<20 { trainer.descend() }
      report(step: pass, ["loss": trainer.line.loss])
      if trainer.$learningRate.isChanged() { print("pass \(pass): learning rate \(trainer.learningRate)") }
      while let press = save.take() { try trainer.line.save(as: press.payload?["name"]?.string ?? "line", at: pass) }
    }
    let line = trainer.line
    print("loss \(line.loss): distance = \(line.slope) x speed + \(line.intercept)")
    print("weights \(line.bits)")
  }
}

/// What is trained, with what and how.
struct Trainer {
  @Live("learning_rate", in: 0.000_01...0.5, scale: .log, help: "size of a step down the gradient", applies: .atStep)
  var learningRate = 0.05
  @Live("batch", in: 1...50, help: "measurements a step", applies: .atStep) var batch = 10
  var line = Line()
  private var random: SplitMix

  init(seed: UInt64) { random = SplitMix(state: seed) }

  mutating func descend() {
    let chosen = (0..<batch).map { _ in measurements[Int.random(in: 0..<measurements.count, using: &random)] }
    line.descend(learningRate, chosen)
  }
}

/// Random numbers of its own, the same for the same seed: Steele, Lea and Flood (2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// Miles per hour, and feet.
let measurements: [(speed: Double, distance: Double)] = [
  (4, 2), (4, 10), (7, 4), (7, 22), (8, 16), (9, 10), (10, 18), (10, 26), (10, 34), (11, 17), (11, 28), (12, 14), (12, 20), (12, 24),
  (12, 28), (13, 26), (13, 34), (13, 34), (13, 46), (14, 26), (14, 36), (14, 60), (14, 80), (15, 20), (15, 26), (15, 54), (16, 32),
  (16, 40), (17, 32), (17, 40), (17, 50), (18, 42), (18, 56), (18, 76), (18, 84), (19, 36), (19, 46), (19, 68), (20, 32), (20, 48),
  (20, 52), (20, 56), (20, 64), (22, 66), (23, 54), (24, 70), (24, 92), (24, 93), (24, 120), (25, 85),
]

/// A straight line through the measurements; inside, speeds are centred and scaled so that both weights learn alike.
struct Line {
  private static let mean = measurements.map(\.speed).reduce(0, +) / Double(measurements.count)
  private static let scale = 5.0
  private var weight = 0.0
  private var bias = 0.0

  var slope: Double { weight / Self.scale }
  var intercept: Double { bias - weight * Self.mean / Self.scale }
  /// Both weights to the last bit.
  var bits: String { [weight, bias].map { String($0.bitPattern, radix: 16) }.joined(separator: " ") }

  /// Mean squared error, in square feet.
  var loss: Double { measurements.map { pow(error($0), 2) }.reduce(0, +) / Double(measurements.count) }

  mutating func descend(_ rate: Double, _ chosen: [(speed: Double, distance: Double)]) {
    var (slope, level) = (0.0, 0.0)
    for measurement in chosen {
      slope += error(measurement) * (measurement.speed - Self.mean) / Self.scale
      level += error(measurement)
    }
    weight -= rate * slope / Double(chosen.count)
    bias -= rate * level / Double(chosen.count)
  }

  func save(as name: String, at pass: Int) throws {
    let directory = LiveRegistry.shared.environment.checkpointDirectory ?? FileManager.default.currentDirectoryPath
    let file = name.split(separator: "/").last.map(String.init) ?? "line"
    try "\(slope) \(intercept)\n".write(toFile: "\(directory)/\(file).txt", atomically: true, encoding: .utf8)
    print("pass \(pass): saved \(file).txt: \(bits)")
  }

  private func error(_ measurement: (speed: Double, distance: Double)) -> Double {
    weight * (measurement.speed - Self.mean) / Self.scale + bias - measurement.distance
  }
}
