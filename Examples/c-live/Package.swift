// swift-tools-version: 6.2
import PackageDescription

// The C program as a package, for those who build with SwiftPM; check.sh compiles it, and the C++ one, by hand, too.

let package = Package(
  name: "c-live",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "attune", path: "../..")],
  targets: [
    .executableTarget(
      name: "train", dependencies: [.product(name: "AttuneC", package: "attune")], path: ".", exclude: ["check.sh", "drive.py", "train.cpp"],
      sources: ["train.c"])
  ]
)
