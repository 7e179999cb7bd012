#!/bin/sh
# Repeats the figures of HyperDrive's evaluation, writes the page and its plots, and fails when the simulator is further from live experiments
# than promised. Arguments go to the script.
set -eu
cd "$(dirname "$0")/.."
mkdir -p Docs/results
python3 Benchmarks/hyperdrive.py --page Docs/results/hyperdrive.md "$@"
