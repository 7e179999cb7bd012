// swift-tools-version: 6.2
import PackageDescription

// A program of its own that embeds the library, as a user's would. Nothing else is fetched for it.

let package = Package(
  name: "swift-live",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "attune", path: "../..")],
  targets: [
    .executableTarget(name: "swift-live", dependencies: [.product(name: "Attune", package: "attune")])
  ],
  swiftLanguageModes: [.v6]
)
