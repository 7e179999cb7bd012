#!/bin/sh
# Builds and runs the example, and proves two things: embedding Attune fetches no package but Attune itself, and a run that was changed
# live can be replayed to the last bit.
set -eu
cd "$(dirname "$0")"
fetched=$(swift package show-dependencies --format flatlist)
if [ "$(printf '%s\n' "$fetched" | wc -l)" -ne 1 ]; then
  echo "embedding Attune fetches other packages too: $(printf '%s\n' "$fetched" | tail -n +2 | tr '\n' ' ')" >&2
  exit 1
fi
swift build -j 2
.build/debug/swift-live 60 | grep -q "distance = [34]\."
python3 drive.py .build/debug/swift-live
echo "swift-live: runs, and fetched nothing"
