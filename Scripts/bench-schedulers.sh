#!/bin/sh
# Measures our own scheduler beside others, writes the page, and fails when a figure is not what is promised. Arguments go to the script.
set -eu
cd "$(dirname "$0")/.."
mkdir -p Docs/results
python3 Benchmarks/schedulers.py --page Docs/results/schedulers.md "$@"
