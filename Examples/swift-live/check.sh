#!/bin/sh
# Builds and runs the example, and proves that embedding Attune fetches no package but Attune itself.
set -eu
cd "$(dirname "$0")"
fetched=$(swift package show-dependencies --format flatlist)
if [ "$(printf '%s\n' "$fetched" | wc -l)" -ne 1 ]; then
  echo "embedding Attune fetches other packages too: $(printf '%s\n' "$fetched" | tail -n +2 | tr '\n' ' ')" >&2
  exit 1
fi
swift build -j 2
.build/debug/swift-live 60 | grep -q "distance = 3.6"
echo "swift-live: runs, and fetched nothing"
