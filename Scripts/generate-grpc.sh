#!/usr/bin/env bash
# Makes Sources/AttuneFleet/Generated from Sources/AttuneFleet/Protocol/agent.proto. The result is committed: compiling protoc with
# every clean build would take minutes. Needs protoc (Debian: protobuf-compiler); builds the two plugins where PLUGINS (a
# directory) does not hold them yet, from the versions that Package.swift names.
set -euo pipefail
cd "$(dirname "$0")/.."

plugins="${PLUGINS:-.build/grpc-plugins}"
if [ ! -x "$plugins/protoc-gen-swift" ] || [ ! -x "$plugins/protoc-gen-grpc-swift-2" ]; then
  mkdir -p "$plugins"
  version() { grep -oE "/$1\", exact: \"[0-9.]+\"" Package.swift | grep -oE '[0-9.]+"$' | tr -d '"'; }
  mkdir -p .build/grpc-plugins-package/Sources/Plugins
  cat > .build/grpc-plugins-package/Package.swift <<EOF
// swift-tools-version: 6.2
import PackageDescription
let package = Package(
  name: "plugins", platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf", exact: "$(version swift-protobuf)"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "$(version grpc-swift-protobuf)"),
    .package(url: "https://github.com/grpc/grpc-swift-2", exact: "$(version grpc-swift-2)"),
  ],
  targets: [
    .executableTarget(name: "Plugins", dependencies: [
      .product(name: "protoc-gen-swift", package: "swift-protobuf"),
      .product(name: "protoc-gen-grpc-swift-2", package: "grpc-swift-protobuf"),
    ])
  ])
EOF
  echo "@main struct Plugins { static func main() {} }" > .build/grpc-plugins-package/Sources/Plugins/Plugins.swift
  for product in protoc-gen-swift protoc-gen-grpc-swift-2; do
    swift build --package-path .build/grpc-plugins-package --product "$product"
    cp ".build/grpc-plugins-package/.build/debug/$product" "$plugins/"
  done
fi

out=Sources/AttuneFleet/Generated
mkdir -p "$out"
protoc --proto_path=Sources/AttuneFleet/Protocol agent.proto \
  --plugin="$plugins/protoc-gen-swift" --swift_out="$out" --swift_opt=Visibility=Internal,UseAccessLevelOnImports=true \
  --plugin="$plugins/protoc-gen-grpc-swift-2" --grpc-swift-2_out="$out" \
  --grpc-swift-2_opt=Visibility=Internal,UseAccessLevelOnImports=true
