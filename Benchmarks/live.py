"""Live tuning in numbers, beside the original LiveTune 0.0.8 in the same run.

Latency, the command, changes a second, many variables, what a flood costs the training loop, and whether every program that starts can
be tuned.

Usage: live.py [--repeats N] [--starts N] [--only WORD] [--json FILE]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

import harness
import live_peer
import livetune_peer
from harness import Figure, Place

SPEED = harness.ROOT / "Benchmarks" / ".build" / "release" / "LiveSpeed"


class Program:
    """A running `LiveSpeed` program in a place of its own."""

    def __init__(self, place: Place, *words: str) -> None:
        self.process = subprocess.Popen(
            [SPEED, *words], env=place.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.socket = place.sockets / "attune" / f"LiveSpeed-{self.process.pid}.sock"
        assert self.line() == "ready"

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def say(self, word: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(word + "\n")

    def client(self, *words: str) -> str:
        """A `LiveSpeed` client to its end: what it printed."""
        return subprocess.run([SPEED, words[0], self.socket, *words[1:]], check=True, capture_output=True, text=True).stdout

    def count(self, what: str) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/{what}"))

    def megabytes(self) -> float:
        """Of memory that it alone has."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def program(*words: str) -> Iterator[tuple[Place, Program]]:
    with Place() as place:
        running = Program(place, *words)
        try:
            yield place, running
        finally:
            running.process.kill()
            running.process.communicate()


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def first_sights(values: list[int], seen: dict[int, int]) -> Iterator[tuple[int, int]]:
    """When each value, or one that was set after it, was seen: a program that was held up sees only the last."""
    moment = None
    for value in sorted(values, reverse=True):
        moment = seen.get(value, moment)
        assert moment is not None, "the last value was never seen"
        yield value, moment


def pin(process: int, *, training: int, others: int) -> None:
    """The thread that trains on one processor, the library's own on another."""
    for thread in os.listdir(f"/proc/{process}/task"):
        os.sched_setaffinity(int(thread), {training if int(thread) == process else others})


def latency(repeats: int) -> list[Figure]:
    """Microseconds from the moment before a client's write to the moment at which the program, looking all the time, sees the value."""
    medians, tails, their_medians, their_tails = [], [], [], []
    for _ in range(repeats):
        with program("spin") as (_, tuned):
            pin(tuned.process.pid, training=0, others=1)
            sent = dict(map(int, line.split()) for line in tuned.client("latency", "2000").splitlines())
            seen = {}
            while (line := tuned.line()) != "over":
                value, moment = map(int, line.split())
                seen[value] = moment
        ours = [(moment - sent[value]) / 1e3 for value, moment in first_sights(list(sent), seen)]
        theirs = [seconds * 1e6 for seconds in live_peer.latencies(200)]
        medians.append(quantile(ours, 0.5))
        tails.append(quantile(ours, 0.99))
        their_medians.append(quantile(theirs, 0.5))
        their_tails.append(quantile(theirs, 0.99))
    name = "set → visible, raw protocol"
    return [
        Figure.beside(name, "p50 of 2,000", "µs", medians, live_peer.NAME, their_medians, limit=60),
        Figure.beside(name, "p99 of 2,000", "µs", tails, live_peer.NAME, their_tails, limit=1000),
    ]


def command(repeats: int) -> list[Figure]:
    """Milliseconds from the start of the command to its end, which is behind the acknowledgement."""
    ours, theirs = [], []
    with program("hold", "1") as (place, tuned), live_peer.running() as peer:
        for _ in range(repeats):
            ours.append(quantile([timed(lambda: must(place.call("set", f"v0={index}"))) for index in range(40)], 0.5))
            tune = [str(Path(livetune_peer.interpreter()).parent / "tune"), "-p", str(peer.dictionary), "-t", "v0", "-v", "0.5"]
            theirs.append(quantile([timed(lambda: subprocess.run(tune, capture_output=True, check=False)) for _ in range(15)], 0.5))
    return [Figure.beside("the command", "`attune set`, p50 of 40", "ms", ours, live_peer.NAME + " `tune`", theirs, limit=15)]


def rates(repeats: int) -> list[Figure]:
    """Changes a second, each checked, recorded and acknowledged by itself."""
    figures: dict[str, list[float]] = {"batches": [], "many": [], "single": [], "alone": []}
    one, eight = [], []
    with program("hold", "100") as (_, tuned):
        for _ in range(repeats):
            figures["batches"].append(float(tuned.client("pipeline", "200000", "64")))
            figures["many"].append(float(tuned.client("many", "10000", "100")))
            figures["single"].append(float(tuned.client("single", "20000", "8")))
            figures["alone"].append(float(tuned.client("single", "20000", "1")))
            one.append(live_peer.rate(1, 2))
            eight.append(live_peer.rate(8, 2))
    peer = live_peer.NAME
    return [
        Figure.beside("changes a second", "one client, 64 requests at a time", "/s", figures["batches"], peer, one, at_least=100_000),
        Figure.beside("changes a second", "one client, requests of 100 variables", "/s", figures["many"], peer, one, at_least=100_000),
        Figure.beside("changes a second", "8 clients, one by one", "/s", figures["single"], peer, eight, at_least=20_000),
        Figure.beside("changes a second", "one client, one by one", "/s", figures["alone"], peer, one),
    ]


def variables(repeats: int) -> list[Figure]:
    """What 10,000 variables cost a program: threads and descriptors beyond one without any, memory beyond one with ten; the peer,
    which has a thread for each, with 1,000."""
    threads, descriptors, memory, ratios = [], [], [], []
    for _ in range(repeats):
        with program("hold", "0") as (_, none), program("hold", "10") as (_, few), program("hold", "10000") as (_, many):
            threads.append(many.count("task") - none.count("task"))
            descriptors.append(many.count("fd") - none.count("fd"))
            memory.append(many.megabytes() - few.megabytes())
            pairs = [(float(few.client("single", "5000", "1")), float(many.client("single", "5000", "1"))) for _ in range(5)]
            ratios.append(statistics.median(small / large for small, large in pairs))
    with live_peer.running(1) as base, live_peer.running(1000) as peer:
        both = [[len(os.listdir(f"/proc/{one.process.pid}/{what}")) for one in (base, peer)] for what in ("task", "fd")]
        count = [large - small for small, large in both]
        pages = [int(Path(f"/proc/{one.process.pid}/statm").read_text().split()[1]) for one in (base, peer)]
    grown = (pages[1] - pages[0]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    name, thousand = "10,000 variables", live_peer.NAME + ", 1,000 variables"
    return [
        Figure.beside(name, "threads", "", threads, thousand, [count[0]] * repeats, limit=1),
        Figure.beside(name, "descriptors", "", descriptors, thousand, [count[1]] * repeats, limit=3),
        Figure.beside(name, "memory", "MB", memory, thousand, [grown] * repeats, limit=4),
        Figure.of(name, "time of a change, to that with 10", "", ratios, limit=1.1),
    ]


def flood(repeats: int) -> list[Figure]:
    """How much slower a loop that reads three variables a step is while 10,000 changes a second arrive; its processor is its own."""
    lost, lost_processor, reached = [], [], []
    with program("compute") as (_, tuned):
        pin(tuned.process.pid, training=0, others=1)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        client = subprocess.Popen([SPEED, "flood", tuned.socket, "10000"], text=True, bufsize=1, **pipes)
        os.sched_setaffinity(client.pid, {1})
        assert client.stdin and client.stdout and client.stdout.readline() == "ready\n"

        def window(is_flooded: bool) -> list[float]:
            tuned.say("window")
            client.stdin.write("window\n" if is_flooded else "quiet\n")
            count = float(client.stdout.readline())
            if is_flooded:
                reached.append(count)
            return [float(word) for word in tuned.line().split()]

        window(False)
        for _ in range(repeats * 16):
            first, during, last = window(False), window(True), window(False)
            quiet = [(before + after) / 2 for before, after in zip(first, last)]
            lost.append((1 - during[0] / quiet[0]) * 100)
            lost_processor.append((1 - during[1] / quiet[1]) * 100)
        client.kill()
        client.communicate()
    name = "a flood of 10,000 changes/s"
    return [
        Figure.of(name, "changes a second that were acknowledged", "/s", reached, at_least=9_900),
        Figure.of(name, "slowdown of the training loop, by the clock", "%", lost, limit=1),
        Figure.of(name, "slowdown of the training loop, by its processor time", "%", lost_processor),
    ]


def starts(count: int) -> list[Figure]:
    """Of programs started six at a time, how many take a change right away. The peer: a tenth as many, for each takes long."""

    def ours(_: int) -> bool:
        with program("hold", "1") as (_, tuned):
            return float(tuned.client("single", "1", "1")) > 0

    def theirs(_: int) -> bool:
        peer = live_peer.Program()
        tunable = peer.is_tunable
        peer.process.kill()
        peer.process.communicate()
        return tunable

    livetune_peer.interpreter()
    with ThreadPoolExecutor(6) as pool:
        tuned = sum(pool.map(ours, range(count)))
        fewer = max(1, count // 10)
        reached = sum(pool.map(theirs, range(fewer)))
    return [Figure.beside("starts, six at a time", "programs that can be tuned", "%", [100 * tuned / count], live_peer.NAME,
                          [100 * reached / fewer], at_least=100)]  # fmt: skip


def timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1e3


def must(ended: subprocess.CompletedProcess[str]) -> None:
    assert ended.returncode == 0, ended.stderr


def more(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repeats", type=int, default=5, help="of each measurement (default 5)")
    parser.add_argument("--starts", type=int, default=1000, help="programs to start (default 1000)")
    parser.add_argument("--only", help="measure only this: latency, command, rates, variables, flood or starts")


def main() -> int:
    given = harness.options(__doc__, more)
    package = ["--package-path", str(harness.ROOT / "Benchmarks"), "-c", "release"]
    if not os.environ.get("ATTUNE_BUILT"):
        subprocess.run(["swift", "build", *package, "--product", "LiveSpeed", "-j", "2"], check=True, stdout=sys.stderr)
    status = 0
    for measure in (latency, command, rates, variables, flood, starts):
        if given.only in (None, measure.__name__):
            status |= harness.publish(measure(given.starts if measure is starts else given.repeats), given.json)
    return status


if __name__ == "__main__":
    sys.exit(main())
