// swift-tools-version: 6.2
import PackageDescription

// The rooms and their arrows: Docs/Decisions/0001-rooms.md. CI refuses an import that is not declared here.

let package = Package(
  name: "attune",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "AttuneCore", targets: ["AttuneCore"])
  ],
  dependencies: [
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2")
  ],
  targets: [
    // Values and JSON, shared by the program's side and the experiment's side. No dependency.
    .target(name: "AttuneValues"),
    .testTarget(name: "AttuneValuesTests", dependencies: ["AttuneValues"]),

    // What the engine and every algorithm see: spaces, trials, reports, events, and the ports.
    .target(name: "AttuneCore", dependencies: ["AttuneValues", "AttuneMath"]),
    .testTarget(name: "AttuneCoreTests", dependencies: ["AttuneCore", "AttuneMath", "AttuneValues"]),

    // The experiment file: read with every mistake located, written back, its schema, and the interview of `attune init`.
    .target(name: "AttuneFiles", dependencies: ["AttuneCore", "AttuneValues", .product(name: "Yams", package: "Yams")]),
    .testTarget(
      name: "AttuneFilesTests", dependencies: ["AttuneFiles", "AttuneCore", "AttuneMath", "AttuneValues"], exclude: ["Fixtures"]),

    // Counter-based random numbers and numerical kernels.
    .target(name: "AttuneMath"),
    .testTarget(name: "AttuneMathTests", dependencies: ["AttuneMath"]),
  ],
  swiftLanguageModes: [.v6]
)
