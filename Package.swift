// swift-tools-version: 6.2
import PackageDescription

// The rooms and their arrows: Docs/Decisions/0001-rooms.md. CI refuses an import that is not declared here.

let package = Package(
  name: "attune",
  platforms: [.macOS(.v15)],
  // The command is no product here: SwiftPM fetches what any declared product needs, and whoever embeds `Attune` must not fetch a server
  // stack. `make build` gives it its name, and `Examples/swift-live/check.sh` keeps it so.
  products: [
    .executable(name: "attune-supervise", targets: ["AttuneSupervisor"]),
    .library(name: "Attune", targets: ["Attune"]),
    .library(name: "AttuneC", type: .dynamic, targets: ["AttuneC"]),
    .library(name: "AttuneCore", targets: ["AttuneCore"]),
    .library(name: "AttuneImportance", targets: ["AttuneImportance", "AttuneCore", "AttuneValues"]),
    .library(name: "AttuneProposers", targets: ["AttuneProposers", "AttuneCore", "AttuneMath", "AttuneValues"]),
    .library(name: "AttuneSchedulers", targets: ["AttuneSchedulers", "AttuneCore"]),
    .library(name: "AttuneSimulator", targets: ["AttuneSimulator", "AttuneTraces", "AttuneCore"]),
    .library(name: "AttuneTesting", targets: ["AttuneTesting"]),
    .library(name: "AttuneTraces", targets: ["AttuneTraces", "AttuneCore"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // What programs embed: live variables, triggers, reports. Plain POSIX; whoever embeds it inherits nothing else.
    .target(name: "Attune", dependencies: ["AttuneWire", "AttuneValues"]),
    .testTarget(
      name: "AttuneTests",
      dependencies: ["Attune", "AttuneMath", "AttuneWire", "AttuneWireTesting", "AttuneValues", "RankWorker", "TunedProgram"],
      exclude: ["Corpus"]),
    .executableTarget(name: "RankWorker", dependencies: ["Attune", "AttuneMath"], path: "Tests/RankWorker"),
    .executableTarget(name: "TunedProgram", dependencies: ["Attune"], path: "Tests/TunedProgram"),

    // The same for C and C++, as a dynamic library; its header is `CAttune`.
    .target(name: "AttuneC", dependencies: ["Attune", "AttuneValues", "CAttune"]),
    .target(name: "CAttune"),

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

    // The experiment as a pure machine, and the driver that gives it a clock, a journal and a runner.
    .target(name: "AttuneEngine", dependencies: ["AttuneCore", "AttuneMath", "AttuneValues"]),
    .testTarget(
      name: "AttuneEngineTests",
      dependencies: ["AttuneCore", "AttuneEngine", "AttuneMath", "AttuneProposers", "AttuneSchedulers", "AttuneTesting", "AttuneValues"]),

    // One file an algorithm, and the catalog.
    .target(name: "AttuneProposers", dependencies: ["AttuneCore", "AttuneMath", "AttuneValues", "CAttuneKernels"]),
    .testTarget(
      name: "AttuneProposersTests", dependencies: ["AttuneCore", "AttuneMath", "AttuneProposers", "AttuneTesting", "AttuneValues"]),
    .target(name: "AttuneSchedulers", dependencies: ["AttuneCore", "AttuneMath", "AttuneValues", "CAttuneKernels"]),
    .testTarget(
      name: "AttuneSchedulersTests",
      dependencies: ["AttuneCore", "AttuneMath", "AttuneSchedulers", "AttuneTesting", "AttuneTraces", "AttuneValues"]),

    // What trials reported, and when, as a table in a file.
    .target(name: "AttuneTraces", dependencies: ["AttuneCore"]),
    .testTarget(name: "AttuneTracesTests", dependencies: ["AttuneTraces", "AttuneCore", "AttuneMath"]),

    // SQLite: the journal, and views of it that can be rebuilt.
    .target(
      name: "AttuneStore", dependencies: ["AttuneCore", "AttuneValues", .product(name: "GRDB", package: "GRDB.swift")]),
    .testTarget(
      name: "AttuneStoreTests",
      dependencies: [
        "AttuneCore", "AttuneMath", "AttuneStore", "AttuneTesting", "AttuneValues", "StoreWriter",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .executableTarget(name: "StoreWriter", dependencies: ["AttuneCore", "AttuneStore"], path: "Tests/StoreWriter"),

    // Whole experiments under a virtual clock, with traces in place of programs.
    .target(name: "AttuneSimulator", dependencies: ["AttuneCore", "AttuneEngine", "AttuneMath", "AttuneTraces", "AttuneValues"]),
    .testTarget(
      name: "AttuneSimulatorTests",
      dependencies: ["AttuneSimulator", "AttuneCore", "AttuneMath", "AttuneSchedulers", "AttuneTraces", "AttuneValues"]),

    // The dashboard over HTTP: its page, questions, moves and events. What it shows comes in by ports.
    .target(
      name: "AttuneDashboard",
      dependencies: [
        "AttuneValues", .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["Page"]),
    .testTarget(
      name: "AttuneDashboardTests",
      dependencies: [
        "AttuneDashboard", "AttuneValues", .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
      ]),

    // The command: the only place that knows all the rooms.
    .executableTarget(
      name: "AttuneCommand",
      dependencies: [
        "AttuneCore", "AttuneDashboard", "AttuneEffects", "AttuneEngine", "AttuneFiles", "AttuneFleet", "AttuneImportance",
        "AttuneProposers",
        "AttuneSchedulers", "AttuneSimulator", "AttuneSnapshots",
        "AttuneStore", "AttuneTraces", "AttuneValues", "AttuneWire", "CAttuneSystem",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(
      name: "AttuneCommandTests",
      dependencies: [
        "AttuneCommand", "AttuneCore", "AttuneDashboard", "AttuneEngine", "AttuneFiles", "AttuneMath", "AttuneStore", "AttuneSupervisor",
        "AttuneTesting", "AttuneValues", "AttuneWire",
        "ProgramForTests",
      ]),
    .executableTarget(name: "ProgramForTests", dependencies: ["Attune"], path: "Tests/ProgramForTests"),

    // Contract tests and in-memory twins of the ports, for our tests and for those who write a part of their own.
    .target(name: "AttuneTesting", dependencies: ["AttuneCore", "AttuneMath", "AttuneValues"]),

    // The experiment file: read with every mistake located, written back, its schema, and the interview of `attune init`.
    .target(name: "AttuneFiles", dependencies: ["AttuneCore", "AttuneMath", "AttuneValues", .product(name: "Yams", package: "Yams")]),
    .testTarget(
      name: "AttuneFilesTests", dependencies: ["AttuneFiles", "AttuneCore", "AttuneMath", "AttuneValues"], exclude: ["Fixtures"]),

    // Counter-based random numbers and numerical kernels.
    .target(name: "AttuneMath", dependencies: ["CAttuneKernels"]),
    .testTarget(name: "AttuneMathTests", dependencies: ["AttuneMath"]),

    // Inner loops for whatever vector registers the processor has: Docs/Decisions/0014-linear-algebra.md.
    .target(name: "CAttuneKernels"),

    // What a change did to a metric, with its uncertainty. Numbers in, numbers out.
    .target(name: "AttuneEffects", dependencies: ["AttuneMath"]),
    .testTarget(name: "AttuneEffectsTests", dependencies: ["AttuneEffects", "AttuneMath"]),

    // How much of the differences between trials each parameter makes.
    .target(name: "AttuneImportance", dependencies: ["AttuneCore", "AttuneMath", "AttuneValues"]),
    .testTarget(
      name: "AttuneImportanceTests",
      dependencies: ["AttuneImportance", "AttuneCore", "AttuneMath", "AttuneTesting", "AttuneValues"]),

    // The rules of the house that have a number: ceilings, arrows, catalogs.
    .testTarget(name: "TidyTests"),

    // System calls that Swift cannot make by itself.
    .target(name: "CAttuneSystem"),

    // The small process that watches over one attempt and outlives the agent.
    .executableTarget(name: "AttuneSupervisor", dependencies: ["AttuneSnapshots", "AttuneValues", "CAttuneSystem"]),

    // The command line and the words of CRIU, for whoever calls it. No dependency.
    .target(name: "AttuneSnapshots"),
    .testTarget(name: "AttuneSnapshotsTests", dependencies: ["AttuneSnapshots"]),

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
      dependencies: ["AttuneFleet", "AttuneCore", "AttuneMath", "AttuneValues", "AttuneWire", "AttuneSupervisor", "AgentForTests"]),
    .executableTarget(name: "AgentForTests", dependencies: ["AttuneFleet"], path: "Tests/AgentForTests"),
  ],
  swiftLanguageModes: [.v6]
)

// A warning is an error here. Packages that depend on this one are spared.
for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
