"""Searches by our proposers and by Optuna and Hyperopt on the same functions, what an ask costs, and the page that says it all.

Usage: measure.py [--seeds 20] [--instances 3] [--proposers auto,gp,tpe,cmaes,random] [--page FILE] [--json FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import json
import os
import statistics
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import coco
import compare
import costs
import harness
import methods
import page
import peers
from functions import BY_NAME, FUNCTIONS
from harness import Figure
from runs import Method, Runs, Search

PROMISED = {"branin": 0.39790, "hartmann6": -3.3222, "rosenbrock5": 8, "ackley10s": 4.5, "mixed6": 3e-5}
PARALLEL = 8
AUTO = f"{methods.OURS} auto"


def main() -> int:
    def add(parser: ArgumentParser) -> None:
        parser.add_argument("--seeds", type=int, default=20, help="of the five functions")
        parser.add_argument("--instances", type=int, default=3, help="of every function of COCO; 0 leaves COCO out")
        parser.add_argument("--proposers", default="auto,gp,tpe,cmaes,random", help="of the five functions; COCO is searched by auto")
        parser.add_argument("--samplers", default=",".join(peers.OPTUNA), help="of Optuna's")
        parser.add_argument("--kept", action="store_true", help="of other libraries only the searches that are kept; no new ones are made")
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="searches at a time")
        parser.add_argument("--rounds", type=int, default=3, help="of the costs; 0 leaves them out")
        parser.add_argument("--also", type=Path, help="figures of other scripts, as lines of JSON, for the page")
        parser.add_argument("--page", type=Path, help="where the page goes")

    given = harness.options(__doc__, add)
    ours = methods.of_ours(given.proposers.split(","))
    theirs = [method for method in methods.of_peers() if method.library != "Optuna" or method.name in given.samplers.split(",")]
    for name in sorted(set(given.proposers.split(",")) - {method.name for method in ours}):
        print(f"left out: {name}, for the catalog has no such proposer", flush=True)
    for library in sorted({"Optuna", "Hyperopt"} - {method.library for method in theirs}):
        print(f"left out: {library}, for it is not installed", flush=True)
    figures, pages = of_five(given, theirs, ours)
    found, more = of_coco(given, theirs, ours)
    figures += found
    if given.rounds:
        figures += costs.measure([name for name in costs.COSTS if name in given.proposers.split(",")], given.rounds)
    if given.page:
        versions = ", ".join(dict.fromkeys(f"{method.library} {method.version}" for method in theirs))
        also = [Figure(**json.loads(line)) for line in given.also.read_text().splitlines()] if given.also else []
        given.page.write_text(page.promised([*figures, *also], versions) + "".join([*pages, *more]))
    return harness.publish(figures, given.json)


def of_five(given: Namespace, theirs: list[Method], ours: list[Method]) -> tuple[list[Figure], list[str]]:
    """The five functions that are known, one trial at a time and eight."""
    names, seeds = [function.name for function in FUNCTIONS], range(given.seeds)
    chosen = {**{method.label: (method, 1) for method in [*ours, *theirs]}}
    chosen |= {f"{method.label}, {PARALLEL} at a time": (method, PARALLEL) for method in ours if method.name != "random"}
    plan = [Search(method, name, seed, parallel=parallel) for method, parallel in chosen.values() for seed in seeds for name in names]
    values = searched(plan, given)
    table = {
        label: {
            name: [values[search] for seed in seeds if (search := Search(method, name, seed, parallel=parallel)) in values] for name in names
        }
        for label, (method, parallel) in chosen.items()
    }
    figures = [figure for name in names for figure in promises(name, {label: found[name] for label, found in table.items()})]
    return figures, [page.quality(table, given.seeds, PARALLEL)]


def promises(function: str, found: dict[str, list[list[float]]]) -> list[Figure]:
    """What is promised of one function, as far as it was searched."""
    best = {label: [min(values) for values in searches] for label, searches in found.items()}
    optimum, figures = BY_NAME[function].optimum, []
    for name in ("auto", "gp"):
        label = f"{methods.OURS} {name}"
        for title in (label, f"{label}, {PARALLEL} at a time"):
            if title in best:
                figures.append(Figure.of("best of 100", f"{function}, {title}", "", best[title], limit=PROMISED[function]))
    ours, theirs = f"{methods.OURS} tpe", "Optuna tpe"
    if ours in best and theirs in best:
        median = statistics.median(best[theirs])
        figures.append(Figure.of("tpe at Optuna's tpe", f"{function}, {ours}", "", best[ours], limit=median))
    for label in found:
        together = f"{label}, {PARALLEL} at a time"
        if together in found:
            regrets = [compare.median_regret(found[title], [optimum] * len(found[title]), 100) for title in (together, label)]
            quantity, ratio = f"{function}, {label}", regrets[0] / regrets[1]
            promised = 1.1 if label in (AUTO, f"{methods.OURS} gp") else None
            figures.append(Figure.of(f"regret with {PARALLEL} at a time, to that with one", quantity, "", [ratio], limit=promised))
    return figures


def of_coco(given: Namespace, theirs: list[Method], ours: list[Method]) -> tuple[list[Figure], list[str]]:
    """The functions that nobody tuned for: auto beside Optuna's samplers."""
    rivals = [method for method in theirs if method.library == "Optuna"]
    chosen = [method for method in ours if method.name == "auto"] + rivals
    seeds = range(1, given.instances + 1)
    try:
        coco.problem("bbob-f01-d05", 1)
    except ImportError as error:
        print(f"left out: bbob and bbob-mixint, for COCO is not installed ({error})", flush=True)
        return [], []
    if len(chosen) < 2 or not seeds:
        return [], []
    places = [(suite, dimension) for suite in coco.SUITES for dimension in coco.DIMENSIONS]
    names = [name for place in places for name in coco.names(*place)]
    values = searched([Search(method, name, seed) for seed in seeds for name in names for method in chosen], given)
    whole = [seed for seed in seeds if all(Search(method, name, seed) in values for name in names for method in chosen)]
    if len(whole) < len(seeds):
        print(f"left out: instances of bbob and bbob-mixint that not all have searched; there remain {whole}", flush=True)
    if not whole:
        return [], []
    figures, pages, all_final = [], [], []
    for place in places:
        regrets = {
            count: {
                name: {
                    method.label: compare.median_regret(
                        [values[Search(method, name, seed)] for seed in whole], [coco.optimum(name, seed) for seed in whole], count
                    )
                    for method in chosen
                }
                for name in coco.names(*place)
            }
            for count in page.CHECKPOINTS
        }
        final = list(regrets[page.CHECKPOINTS[-1]].values())
        all_final += final
        figures += against(f"{place[0]}, {place[1]} dimensions", final, [method.label for method in rivals])
        pages.append(page.coco(*place, whole, regrets))
    return against("bbob and bbob-mixint", all_final, [method.label for method in rivals], promise_wins=True) + figures, pages


def against(title: str, functions: Sequence[dict[str, float]], rivals: Sequence[str], promise_wins: bool = False) -> list[Figure]:
    """auto's duels and its mean rank, beside the strongest of the rivals."""
    if AUTO not in functions[0]:
        return []
    strongest, ranks = compare.strongest(functions, rivals), compare.mean_ranks(functions)
    needed = len(functions) // 2 + 1 if promise_wins else None
    unit = f"of {len(functions)}"
    each, one = compare.duel(functions, AUTO, rivals), compare.duel(functions, AUTO, [strongest])
    return [
        Figure.of(title, f"functions where auto is better than {strongest}, the best sampler", unit, [one.wins], at_least=needed),
        Figure.of(title, f"ties with {strongest}", unit, [one.ties]),
        Figure.of(title, "functions where auto is better than whichever sampler is best there", unit, [each.wins], at_least=needed),
        Figure.of(title, f"mean rank of auto; {strongest}: {ranks[strongest]:.2f}", "", [ranks[AUTO]], limit=1.2 * ranks[strongest]),
    ]


def searched(plan: Sequence[Search], given: Namespace) -> dict[Search, list[float]]:
    """The values of every search: kept ones, and the rest made now."""
    runs = Runs()
    missing = [search for search in dict.fromkeys(plan) if search not in runs.values]
    if given.kept:
        missing = [search for search in missing if search.method.library == methods.OURS]
    # Threads of numerical libraries do not survive a fork.
    with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn")) as pool:
        under_way = {pool.submit(methods.run, search): search for search in missing}
        for number, done in enumerate(as_completed(under_way), start=1):
            search = under_way[done]
            runs.keep(search, done.result())
            where = f"{search.method.label} {search.function} seed {search.seed}"
            print(f"\r{number} of {len(missing)} searches, {where}\033[K", end="", file=sys.stderr, flush=True)
    if missing:
        print(file=sys.stderr)
    return runs.values


if __name__ == "__main__":
    sys.exit(main())
