#!/bin/sh
# Builds and runs the example, and proves that embedding Attune fetches no other package.
set -eu
cd "$(dirname "$0")"
swift build -j 2
if [ -d .build/checkouts ] && [ -n "$(ls -A .build/checkouts)" ]; then
  echo "embedding Attune fetched other packages: $(ls .build/checkouts)" >&2
  exit 1
fi
if [ -f Package.resolved ] && grep -q '"identity"' Package.resolved; then
  echo "embedding Attune pinned other packages: $(grep '"identity"' Package.resolved)" >&2
  exit 1
fi
.build/debug/swift-live 60 | grep -q "distance = 3.6"
echo "swift-live: runs, and fetched nothing"
