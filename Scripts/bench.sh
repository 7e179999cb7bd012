#!/bin/sh
# Runs every benchmark of the package in Benchmarks; fails when one of them is over its limit.
set -u
cd "$(dirname "$0")/.."
swift build -c release --package-path Benchmarks || exit 1
status=0
for benchmark in Benchmarks/Sources/*/; do
  name=$(basename "$benchmark")
  echo "== $name"
  swift run -c release --skip-build --package-path Benchmarks "$name" || status=1
done
exit $status
