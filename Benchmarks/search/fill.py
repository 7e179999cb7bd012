"""Makes other libraries' searches ahead of a measurement, so that hours of computing are over when it begins.

Usage: fill.py [--library Optuna] [--samplers tpe,cmaes,gp,random] [--functions branin,…] [--seeds 0-19]
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter

import methods
from functions import FUNCTIONS
from runs import Runs, Search


def main() -> None:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--library", default="Optuna")
    parser.add_argument("--samplers", default="tpe,cmaes,gp,random")
    parser.add_argument("--functions", default=",".join(function.name for function in FUNCTIONS))
    parser.add_argument("--seeds", default="0-19")
    given = parser.parse_args()
    first, last = map(int, given.seeds.split("-"))
    chosen = [method for method in methods.of_peers() if method.library == given.library and method.name in given.samplers.split(",")]
    for seed in range(first, last + 1):
        for function in given.functions.split(","):
            for method in chosen:
                search, runs = Search(method, function, seed), Runs()
                if search not in runs.values:
                    runs.keep(search, methods.run(search))
                    print(f"{method.label} {function} seed {seed}: {min(runs.values[search]):.6g}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
