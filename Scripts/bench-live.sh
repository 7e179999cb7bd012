#!/bin/sh
# Runs the measurements of live tuning, writes their table, and fails when a figure is not what is promised.
set -u
cd "$(dirname "$0")/.."
figures=$(mktemp)
trap 'rm -f "$figures"' EXIT
status=0

for script in hot_path live live_read many_variables start_race flood_python; do
  echo "== $script"
  python3 "Benchmarks/$script.py" --json "$figures" || status=1
done

mkdir -p Docs/results
python3 Benchmarks/table.py "$figures" "live tuning" "make bench-live" >Docs/results/live.md || status=1
exit $status
