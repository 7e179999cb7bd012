"""The figures of HyperDrive's evaluation (Rasley et al., Middleware 2017), from recorded traces and, for figures 10 and 12a, live.

Usage: hyperdrive.py [--page FILE] [--repeats R] [--rounds N] [--trials N] [--only PART,…]. Fails when the simulator is further from live
experiments than promised.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path
from typing import Callable, Optional

import hyperdrive_figures as figures
import hyperdrive_live as live
import hyperdrive_paper as paper
import simulated
import suspend
from hyperdrive_live import Run
from hyperdrive_paper import Workload
from pages import head, kept, number, percent, table
from simulated import CIFAR, LANDER

WORDS = """The paper's numbers beside ours, and the
ratio of the two. In parentheses after ratios to POP are 90 % intervals (bootstrap, repeats drawn together: all schedulers had the same
configurations in the same order). A repeat in which a scheduler misses the target counts as long as its experiment and then as long as
`fifo` needs, as if one began anew. POP is `boundary: 4` with the predictor `last`; the other boundary, and `average`, stand beside it.

The paper's networks trained for 120 epochs of about a minute, ours for 40, so that a boundary means another part of a training. POP has
`boundary` 4 and 2 (the paper: 10 of 120) and the paper's `kill_threshold`. Bandit has the paper's 10, and 3, the same part of 40;
EarlyTerm the paper's 30, which of 40 leaves one decision, and 10. `asha` and `iepoch` were not in the paper.
"""
CIFAR_WORDS = """Convolutional networks on CIFAR-10 (Klein et al. 2017): 265 recorded
configurations of 40 epochs, 100 of them in a set. The target is {target:g}; the paper's was .77, of other networks on 4 GPUs.
"""
DIGITS_WORDS = """The trace that comes with this repository: 120 small networks of 40 epochs, 100 of them in a set, target {target:g}.
"""
LANDER_WORDS = """Figure 9: {count} configurations of a double deep Q-learner, 100 reports
each, {slots} slots, target {target:g}, {repeats} orders. Policies decide every tenth of a training, as the paper's did, which had five
repeats on {slots} machines; POP is `boundary: 10` here. It does not say what its variation is; ours is the standard deviation.
"""
FIGURE_7_WORDS = """{count} The paper's POP took about {theirs:g} times as long in its longest repeat as in its shortest: ten
repeats of one set, whose trainings were not deterministic. To the simplest policies its abstract claims up to {most:g}.
"""
SUSPEND_WORDS = """Examples/digits under `asha`. Beside `checkpoint` stand the paper's CNNs,
which their framework saves (§6.2.3), beside `signal` its lander, of which CRIU keeps whole processes (figure 10); `signal` keeps them, too,
but in memory.
"""
LIVE_WORDS = """{configurations} configurations of {steps} steps in {slots} slots,
`suspend: signal`; {rounds} rounds, median, in parentheses lowest and highest. Trained: each round's `fifo` records what that round's others
are simulated on; meanwhile the machine's speed changes. Played: real processes and suspensions, but each training sleeps as long as the
trace says. Seconds are those to the report that reached the target, or to the last report. On its own steps: simulated with what the steps
that the live experiment did took there. The paper's largest error is {error}; so much is promised of played trainings on their trace, and
of trained ones on their own steps.
"""
LIVE_REASONS = """What live experiments have and the simulator has not: processes start (of played
trainings all of it; of trained ones the trace has it, at the speed of that hour), and slots change hands, of which the simulator is told
the suspension only. A step that comes a moment later may also let another trial go first, and a target be reached much sooner or later: the
time to it is no steady function of the machine's speed.
"""


def supervised(title: str, words: str, workload: Workload, folder: Optional[Path]) -> str:
    played = simulated.play(workload.setting, workload.words, details=True)
    count = f"{workload.setting.repeats} random sets, {workload.setting.slots} slots."
    parts = [f"## {title}\n", words.format(target=workload.setting.target)]
    seven = FIGURE_7_WORDS.format(count=count, theirs=paper.LONGEST_TO_SHORTEST["POP"], most=paper.DEFAULT_TO_POP)
    parts += ["### Figure 7: time to the target\n", seven, figures.time_to_target(workload, played)]
    parts += ["With other targets and slots:\n", figures.other_settings(workload)]
    parts += [f"### Figure 6: how long jobs hold slots\n\n{count}\n", figures.durations(workload, played)]
    parts += ["### Figure 4c: slots of promising trials\n", figures.allocation(played)]
    parts += [figures.plots(workload, folder)] if folder else []
    parts += ["### Figure 12b: slots\n\nMean time to the target, and to POP's.\n", figures.capacity(workload)]
    parts += ["### Figure 12c: orders\n", figures.orders(workload)]
    return "\n".join(parts)


def lander(workload: Workload, folder: Optional[Path]) -> str:
    setting = workload.setting
    words = LANDER_WORDS.format(count=setting.configurations, slots=setting.slots, target=setting.target, repeats=setting.repeats)
    played = simulated.play(setting, workload.words, details=True)
    parts = ["## Lunar lander\n", words, figures.lander(workload, played), figures.allocation(played)]
    parts += [figures.plots(workload, folder)] if folder else []
    parts += ["### Figure 12b: slots\n\nMean time to the target, and to POP's.\n", figures.capacity(workload)]
    return "\n".join(parts + ["### Figure 12c: orders\n", figures.orders(workload)])


def suspending(trials: int) -> str:
    """Figure 10, and §6.2.3."""
    lines = []
    for mode in ("checkpoint", "signal"):
        rows = suspend.suspensions(mode, "asha", trials)
        latency, size = [1000 * row["seconds"] for row in rows], [row["bytes"] / 1000 for row in rows]
        is_files = mode == "checkpoint"
        for quantity, unit, value, published in (
            ("latency, mean", "ms", statistics.fmean(latency), suspend.PUBLISHED["latency, mean"] if is_files else None),
            ("latency, 95th percentile", "ms", suspend.percentile(latency), suspend.PUBLISHED["latency, p95"] if is_files else None),
            ("latency, largest", "ms", max(latency), None if is_files else 1000 * paper.LANDER_SUSPEND_SECONDS),
            ("size, mean", "kB", statistics.fmean(size), suspend.PUBLISHED["size, mean"] if is_files else None),
            ("size, 95th percentile", "kB", suspend.percentile(size), suspend.PUBLISHED["size, p95"] if is_files else None),
            ("size, largest", "kB", max(size), None if is_files else 1000 * paper.LANDER_SUSPEND_MEGABYTES),
        ):
            theirs = f"{published:,.0f} {unit}" if published else ""
            ratio = number(value / published if published else None, 3)
            lines.append((f"`{mode}`, {len(rows)}", quantity, theirs, f"{value:,.0f} {unit}", ratio))
    words = f"## Figure 10: suspending\n\n{SUSPEND_WORDS}\n"
    return words + table(("How, suspensions", "Quantity", "Paper", "Here", "Here to paper"), lines)


def is_near(ratios: list[float]) -> bool:
    return abs(statistics.median(ratios) - 1) <= paper.SIMULATION_ERROR


def is_promised(title: str, runs: list[Run]) -> bool:
    """Played trainings are compared with their trace, trained ones with their own steps, for their speed drifts."""
    return is_near([run.ratio if title.endswith("played") else run.own_ratio for run in runs])


def simulation(measured: dict[str, list[list[Run]]]) -> str:
    """Figure 12a."""
    lines, costs = [], []
    error = percent(paper.SIMULATION_ERROR)
    for title, arms in measured.items():
        for runs in arms:
            one = runs[0]
            ends = "the last report" if one.target is None else f"{one.target:.4g} reached"
            ends += "" if all(run.reached == run.simulated_reached == (run.target is not None) for run in runs) else " (not always)"
            ratios, own = [run.ratio for run in runs], [run.own_ratio for run in runs]
            near = [live.spread(each) + ("" if is_near(each) else f", over {error}") for each in (ratios, own)]
            seconds = (live.spread([run.live for run in runs], 1), live.spread([run.simulated for run in runs], 1))
            lines.append((title, f"`{one.scheduler}`", ends, *seconds, *near, kept(is_promised(title, runs))))
            starts = statistics.fmean(each for run in runs for each in run.starts)
            hands = [each for run in runs for each in run.handovers]
            middle = f"{1000 * statistics.median(hands):.0f} ms" if hands else ""
            latency = f"{1000 * statistics.fmean(run.suspend for run in runs):.0f} ms"
            steps = number(statistics.median(run.steps for run in runs), 3)
            costs.append((title, f"`{one.scheduler}`", f"{1000 * starts:+.0f} ms", steps, middle, latency))
    words = LIVE_WORDS.format(
        configurations=live.CONFIGURATIONS, steps=live.STEPS, slots=live.SLOTS, error=error,
        rounds=max(len(runs) for arms in measured.values() for runs in arms),
    )  # fmt: skip
    head = ("Trainings", "Scheduler")
    handed = ("First step beyond the trace's", "Later steps to the trace's", "Last report to the next start", "Suspension")
    return "\n".join([
        "## Figure 12a: the simulator beside live experiments\n", words,
        table((*head, "Ends with", "Live, s", "Simulated, s", "Live to simulated", "To that on its own steps", f"Within {error}"), lines),
        LIVE_REASONS, table((*head, *handed), costs),
    ])  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=Path, help="write the page into this file, and plots into the folder of its name")
    parser.add_argument("--repeats", type=int, default=30, help="sets; orders are 25 of these at most")
    parser.add_argument("--rounds", type=int, default=live.ROUNDS, help="of live experiments")
    parser.add_argument("--trials", type=int, default=27, help="of the experiments whose suspensions are measured")
    parser.add_argument("--only", default="", help="parts, separated by commas: cifar, digits, lander, suspend, live")
    options = parser.parse_args()
    folder = options.page.with_suffix("") if options.page else None
    runs: dict[str, list[list[Run]]] = {}

    def simulator() -> str:
        runs.update(live.measure(CIFAR, options.rounds))
        return simulation(runs)

    parts: dict[str, Callable[[], str]] = {
        "cifar": lambda: supervised("CIFAR-10", CIFAR_WORDS, paper.cifar(options.repeats), folder),
        "digits": lambda: supervised("Examples/digits", DIGITS_WORDS, paper.digits(options.repeats), folder),
        "lander": lambda: lander(paper.lander(options.repeats), folder),
        "suspend": lambda: suspending(options.trials),
        "live": simulator,
    }
    needs = {"cifar": CIFAR, "lander": LANDER}
    page = [head("HyperDrive's figures", "make reproduce-hyperdrive", WORDS)]
    for name, part in parts.items():
        if options.only and name not in options.only.split(","):
            continue
        print(f"== {name}", file=sys.stderr, flush=True)
        is_there = name not in needs or needs[name].path.exists()
        page.append(part() if is_there else f"{needs[name].title}: left out, for {needs[name].path.name} is not there.\n")
        if options.page:  # after each part, for all of them take an hour
            options.page.write_text("\n".join(page))
    print("\n".join(page))
    return 0 if all(is_promised(title, arm) for title, arms in runs.items() for arm in arms) else 1


if __name__ == "__main__":
    sys.exit(main())
