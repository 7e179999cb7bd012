// swift-tools-version: 6.2
import PackageDescription

// Measurements, apart from the package so that nobody who uses it builds them.

let package = Package(
  name: "attune-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "attune", path: "..")],
  targets: [
    // Nanoseconds a read of a live variable, against the limits promised.
    .executableTarget(name: "HotPath", dependencies: ["System", .product(name: "Attune", package: "attune")]),
    // A program that is tuned and a client that tunes it: latency, changes a second, what a flood costs the training loop.
    .executableTarget(name: "LiveSpeed", dependencies: ["System", .product(name: "Attune", package: "attune")]),
    // A proposer behind lines of JSON, for the search benchmark.
    .executableTarget(
      name: "AskTell",
      dependencies: ["System", .product(name: "AttuneProposers", package: "attune"), .product(name: "AttuneTesting", package: "attune")]),
    // Importance behind a line of JSON, for the search benchmark.
    .executableTarget(name: "TrialImportance", dependencies: ["System", .product(name: "AttuneImportance", package: "attune")]),
    // Curve predictors against the curves of traces, and their cost.
    .executableTarget(
      name: "CurveScores",
      dependencies: ["System", .product(name: "AttuneSchedulers", package: "attune"), .product(name: "AttuneTraces", package: "attune")]),
    // Events that one core simulates in a second, and what a million trials need.
    .executableTarget(
      name: "SimulatorSpeed",
      dependencies: ["System", .product(name: "AttuneSimulator", package: "attune"), .product(name: "AttuneSchedulers", package: "attune")]),
    // The published curve predictor: its cost, and its numbers beside the reference's.
    .executableTarget(name: "CurveReference", dependencies: ["System", .product(name: "AttuneSchedulers", package: "attune")]),
    // Nanoseconds of a scheduler's decision among ten thousand trials.
    .executableTarget(name: "SchedulerSpeed", dependencies: ["System", .product(name: "AttuneSchedulers", package: "attune")]),
    // Clocks, processors and plain sockets.
    .target(name: "System"),
  ],
  swiftLanguageModes: [.v6]
)
