// swift-tools-version: 6.2
import PackageDescription

// The rooms and their arrows: Docs/Decisions/0001-rooms.md. CI refuses an import that is not declared here.

let package = Package(
  name: "attune",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "AttuneCore", targets: ["AttuneCore"]),
    .library(name: "AttuneFleet", targets: ["AttuneFleet"]),
    .executable(name: "attune-supervise", targets: ["AttuneSupervisor"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
  ],
  targets: [
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

    // System calls that Swift cannot make by itself.
    .target(name: "CAttuneSystem"),

    // The small process that watches over one attempt and outlives the agent.
    .executableTarget(name: "AttuneSupervisor", dependencies: ["AttuneValues", "CAttuneSystem"]),

    // Agents, their processes, and the local provider.
    .target(
      name: "AttuneFleet",
      dependencies: [
        "AttuneCore", "AttuneValues", "AttuneWire", "CAttuneSystem",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
      ],
      exclude: ["Protocol"]),
    .testTarget(
      name: "AttuneFleetTests",
      dependencies: ["AttuneFleet", "AttuneCore", "AttuneValues", "AttuneWire", "AttuneSupervisor", "AgentForTests"]),
    .executableTarget(name: "AgentForTests", dependencies: ["AttuneFleet"], path: "Tests/AgentForTests"),
  ],
  swiftLanguageModes: [.v6]
)
