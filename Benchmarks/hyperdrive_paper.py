"""What HyperDrive's paper (Rasley et al., Middleware 2017) publishes, and the policies and workloads in which it is repeated here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional

import simulated
from simulated import OURS, Setting, Trace

# Figure 6, §6.2.1: the share of jobs that took 30 minutes and more, a quarter of 120 epochs of a minute.
LONG_JOBS = {"POP": 0.05, "Bandit": 0.15, "EarlyTerm": 0.15}
LONG_PART = 0.25
# Figure 7, §6.2.2: mean hours to 77 %, 10 repeats on 4 GPUs; the longest of POP to its shortest.
HOURS_TO_TARGET = {"POP": 2.8, "Bandit": 4.5, "EarlyTerm": 6.1}
LONGEST_TO_SHORTEST = {"POP": 2.0}
# Figure 9, §6.3.1: median time to POP's, and how much less POP's times vary; 5 repeats on 15 machines.
LANDER_TO_POP = {"Bandit": 2.07, "EarlyTerm": 1.26}
LANDER_VARIATION = {"Bandit": 9.7, "EarlyTerm": 3.5}
LANDER_SLOTS = 15
# Figure 10, §6.3.2: CRIU on the lander, at most.
LANDER_SUSPEND_SECONDS, LANDER_SUSPEND_MEGABYTES = 22.36, 43.75
# Figure 12a, §7.1: the largest error of the simulator.
SIMULATION_ERROR = 0.13
# Figure 12c, §7.2.2: hours between the fastest and the slowest of 25 orders, 5 machines.
ORDER_SPREAD_HOURS = {"POP": 4.05, "Bandit": 8.33, "EarlyTerm": 8.50, "Default": 25.74}
# The abstract: "up to", to the basic approaches.
DEFAULT_TO_POP = 6.7
SLOTS = (1, 2, 4, 5, 8, 16)


@dataclass(frozen=True)
class Policy:
    word: str
    paper: Optional[str] = None
    """The paper's name for it, where this is the paper's configuration, or its nearest."""

    @property
    def cell(self) -> str:
        return f"`{self.word}`" + (f" ({self.paper})" if self.paper else "")


@dataclass(frozen=True)
class Workload:
    setting: Setting
    policies: tuple[Policy, ...]
    targets: tuple[float, ...]
    """Other targets that are tried as well."""
    file: str
    """The beginning of the names of plots."""
    orders: int = 25

    @property
    def pop(self) -> Policy:
        return self.policies[0]

    @property
    def words(self) -> list[str]:
        return [policy.word for policy in self.policies]


def policies(
    kill: str, limits: str = "", bandit: tuple[int, ...] = (10, 3), earlyterm: tuple[int, ...] = (30, 10), boundary: int = 4
) -> list[Policy]:
    """POP first; of each of the paper's policies the first is the paper's."""
    boundaries = [boundary, *(number for number in (4, 2) if number != boundary)]
    found = [Policy(f"pop:boundary={number}:predictor=last{kill}{limits}") for number in boundaries]
    found += [Policy(f"pop:boundary={number}{kill}{limits}") for number in boundaries]
    found += [Policy(f"bandit:boundary={number}{limits}", "Bandit" if number == bandit[0] else None) for number in bandit]
    found += [Policy(f"earlyterm:boundary={number}{limits}", "EarlyTerm" if number == earlyterm[0] else None) for number in earlyterm]
    found += [Policy("fifo", "Default"), *(Policy(f"asha:min_steps={number}") for number in (1, 2, 4)), Policy("iepoch"), Policy(OURS)]
    return [replace(found[0], paper="POP"), *found[1:]]


def workload(
    trace: Trace, target: float, slots: int, lineup: list[Policy], file: str, targets: tuple[float, ...], repeats: int
) -> Workload:
    known = set(simulated.known(policy.word for policy in lineup))
    count = min(100, len(trace.curves()))
    setting = Setting(trace, slots, repeats, "sets", count, target)
    return Workload(setting, tuple(policy for policy in lineup if policy.word in known), targets, file)


def cifar(repeats: int) -> Workload:
    return workload(simulated.CIFAR, 0.83, 5, policies(":kill_threshold=0.15"), "cifar10", (0.82, 0.84), repeats)


def digits(repeats: int) -> Workload:
    return workload(simulated.DIGITS, 0.9833, 5, policies(":kill_threshold=0.15"), "digits", (), repeats)


def lander(repeats: int) -> Workload:
    """The paper decides every 2,000 of 20,000 episodes: every tenth of a training, for all three policies."""
    lineup = policies(":kill_threshold=-100", ":range=-500..300", (10,), (10,), boundary=10)
    return workload(simulated.LANDER, 200, LANDER_SLOTS, lineup, "lander", (), repeats)
