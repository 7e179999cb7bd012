// swift-tools-version: 6.2
import PackageDescription

// The rooms and their arrows: Docs/Decisions/0001-rooms.md. CI refuses an import that is not declared here.

let package = Package(
  name: "attune",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "AttuneCore", targets: ["AttuneCore"])
  ],
  dependencies: [],
  targets: [
    // Values and JSON, shared by the program's side and the experiment's side. No dependency.
    .target(name: "AttuneValues"),
    .testTarget(name: "AttuneValuesTests", dependencies: ["AttuneValues"]),

    // What the engine and every algorithm see: spaces, trials, reports, events, and the ports.
    .target(name: "AttuneCore", dependencies: ["AttuneValues", "AttuneMath"]),
    .testTarget(name: "AttuneCoreTests", dependencies: ["AttuneCore", "AttuneMath", "AttuneValues"]),

    // Counter-based random numbers and numerical kernels.
    .target(name: "AttuneMath"),
    .testTarget(name: "AttuneMathTests", dependencies: ["AttuneMath"]),

    // The rules of the house that have a number: ceilings, arrows, catalogs.
    .testTarget(name: "TidyTests"),
  ],
  swiftLanguageModes: [.v6]
)

// A warning is an error here. Packages that depend on this one are spared.
for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
