#!/bin/sh
# Measures curve predictors, writes the page, and fails when a figure is not what is promised. Each program prints a section of the page.
set -eu
cd "$(dirname "$0")/.."
swift build -c release --package-path Benchmarks --product CurveReference -j "${JOBS:-2}" >&2
swift build -c release --package-path Benchmarks --product CurveScores -j "${JOBS:-2}" >&2
page=$(mktemp)
trap 'rm -f "$page"' EXIT
status=0

printf '# Measured: learning curves\n\nBy `make bench-curves` on %s, %s cores, shared with other work.\n' \
  "$(date +%F)" "$(getconf _NPROCESSORS_ONLN)" >"$page"
for program in CurveReference; do
  echo >>"$page"
  "Benchmarks/.build/release/$program" ../shared/curves >>"$page" || status=1
done
echo >>"$page"
Benchmarks/.build/release/CurveScores ../shared/traces >>"$page" || status=1
mkdir -p Docs/results
cp "$page" Docs/results/curves.md
cat Docs/results/curves.md
exit $status
