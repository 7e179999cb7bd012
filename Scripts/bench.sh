#!/bin/sh
# Runs every measurement, writes the table of results, and fails when a figure is above its limit.
set -u
cd "$(dirname "$0")/.."
figures=$(mktemp)
trap 'rm -f "$figures"' EXIT
status=0

measure() {
  echo "== $*"
  script=$1
  shift
  python3 "Benchmarks/$script" "$@" --json "$figures" || status=1
}

measure hot_path.py
measure noop_trials.py --peers
measure same_proposals.py
measure chaos.py
measure chaos.py --fast

mkdir -p Docs/results
python3 Benchmarks/table.py "$figures" >Docs/results/skeleton.md || status=1
exit $status
