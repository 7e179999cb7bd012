// swift-tools-version: 6.2
import PackageDescription

// The rooms and their arrows: Docs/Decisions/0001-rooms.md. CI refuses an import that is not declared here.

let package = Package(
  name: "attune",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Attune", targets: ["Attune"]),
    .library(name: "AttuneCore", targets: ["AttuneCore"]),
  ],
  dependencies: [],
  targets: [
    // What programs embed: live variables, triggers, reports. Plain POSIX; whoever embeds it inherits nothing else.
    .target(name: "Attune", dependencies: ["AttuneWire", "AttuneValues"]),
    .testTarget(name: "AttuneTests", dependencies: ["Attune", "AttuneWire", "AttuneWireTesting", "AttuneValues"]),

    // Values and JSON, shared by the program's side and the experiment's side. No dependency.
    .target(name: "AttuneValues"),
    .testTarget(name: "AttuneValuesTests", dependencies: ["AttuneValues"]),

    // Lines between processes: JSON-RPC, sockets on one thread, the live protocol. Plain POSIX, no dependency.
    .target(name: "AttuneWire", dependencies: ["AttuneValues"]),
    .testTarget(name: "AttuneWireTests", dependencies: ["AttuneWire", "AttuneWireTesting", "AttuneValues"]),
    .target(name: "AttuneWireTesting", dependencies: ["AttuneWire"], path: "Tests/AttuneWireTesting"),

    // What the engine and every algorithm see: spaces, trials, reports, events, and the ports.
    .target(name: "AttuneCore", dependencies: ["AttuneValues", "AttuneMath"]),
    .testTarget(name: "AttuneCoreTests", dependencies: ["AttuneCore", "AttuneMath", "AttuneValues"]),

    // Counter-based random numbers and numerical kernels.
    .target(name: "AttuneMath"),
    .testTarget(name: "AttuneMathTests", dependencies: ["AttuneMath"]),
  ],
  swiftLanguageModes: [.v6]
)
