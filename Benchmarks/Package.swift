// swift-tools-version: 6.2
import PackageDescription

// Measurements, apart from the package so that nobody who uses it builds them.

let package = Package(
  name: "attune-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "attune", path: "..")],
  targets: [
    // Nanoseconds a read of a live variable, against the limits promised.
    .executableTarget(name: "HotPath", dependencies: [.product(name: "Attune", package: "attune")])
  ],
  swiftLanguageModes: [.v6]
)
