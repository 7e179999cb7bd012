#!/bin/sh
# Measures suspending and writes its table.
set -eu
cd "$(dirname "$0")/.."
figures=$(mktemp)
trap 'rm -f "$figures"' EXIT
python3 Benchmarks/suspend.py --json "$figures"
mkdir -p Docs/results
python3 Benchmarks/table.py "$figures" "suspending" "make bench-suspend" >Docs/results/suspend.md
