#!/bin/sh
# Runs the measurements of the simulator, writes their table, and fails when a figure is not what is promised.
set -u
cd "$(dirname "$0")/.."
figures=$(mktemp)
trap 'rm -f "$figures"' EXIT
status=0

python3 Benchmarks/simulate.py --json "$figures" || status=1

mkdir -p Docs/results
python3 Benchmarks/table.py "$figures" "the simulator" "make bench-simulate" >Docs/results/simulator.md || status=1
exit $status
