import Attune
import Foundation

/// Gradient descent that can be tuned while it runs: how far does a car roll after braking, given its speed?
///
/// The data are Ezekiel's 50 measurements (Methods of Correlation Analysis, 1930). Usage: `swift-live [PASSES]`, and in another terminal
/// `attune set learning_rate=0.5`, `attune fire save`.
@main
struct SwiftLive {
  static let learningRate = LiveVariable(
    "learning_rate", 0.002, in: 0.000_01...1.5, scale: .log, help: "size of a step down the gradient", applies: .atStep)
  static let save = LiveTrigger("save")

  static func main() throws {
    let passes = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? configured("passes", 60)
    var line = Line()
    for pass in 1...max(1, passes) {
      for _ in 0..<20 { line.descend(learningRate()) }
      report(step: pass, ["loss": line.loss])
      if learningRate.isChanged() { print("pass \(pass): learning rate \(learningRate())") }
      if save.fired() { try line.save() }
    }
    print("loss \(line.loss): distance = \(line.slope) x speed + \(line.intercept)")
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

  /// Mean squared error, in square feet.
  var loss: Double { measurements.map { pow(error($0), 2) }.reduce(0, +) / Double(measurements.count) }

  mutating func descend(_ rate: Double) {
    var (slope, level) = (0.0, 0.0)
    for measurement in measurements {
      slope += error(measurement) * (measurement.speed - Self.mean) / Self.scale
      level += error(measurement)
    }
    weight -= rate * slope / Double(measurements.count)
    bias -= rate * level / Double(measurements.count)
  }

  func save() throws {
    let directory = LiveRegistry.shared.environment.checkpointDirectory ?? FileManager.default.currentDirectoryPath
    try "\(slope) \(intercept)\n".write(toFile: "\(directory)/line.txt", atomically: true, encoding: .utf8)
    print("saved to \(directory)/line.txt")
  }

  private func error(_ measurement: (speed: Double, distance: Double)) -> Double {
    weight * (measurement.speed - Self.mean) / Self.scale + bias - measurement.distance
  }
}
