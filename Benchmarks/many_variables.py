"""What 10,000 variables cost a Python program, and what a thousand cost with the original LiveTune in the same run.

Memory, threads and descriptors are those that come with the variables, behind the first one. Looking up is asking for one value: over a
connection that is open with us, over the dictionary with the original.
"""

from __future__ import annotations

import statistics
import sys
import time

import harness
import livetune_peer
from live_program import Client, Program, running

BODY = """
import gc
variables = []
tell(None)
for line in sys.stdin:
    begin, end = map(int, line.split())
    variables += [declare(f"v{i}", 0.5) for i in range(begin, end)]
    gc.collect()
    tell(address())
"""
# So few look-ups that they are no flood, which a program answers in its own time.
MANY, FEW, PEERS_MANY, LOOKUPS, ROUNDS = 10_000, 10, 1000, 50, 9


def measure(program: Program, count: int) -> tuple[dict[str, float], object]:
    """What the variables behind the first cost, and the program's address."""
    program.hear()
    bare = program.count("task"), program.count("fd")
    address = program.ask("0 1")
    time.sleep(0.2)  # until its thread has come to rest
    memory = program.memory
    program.ask(f"1 {count}")
    return {"memory": program.memory - memory, "threads": program.count("task") - bare[0], "fds": program.count("fd") - bare[1]}, address


def peer_seconds(port: int, tag: str) -> float:
    began = time.perf_counter()
    livetune_peer.look_up(port, tag)
    return time.perf_counter() - began


def peers(place: harness.Place) -> tuple[dict[str, float], float]:
    """Its costs and seconds a look-up. Its listener dies at the start of many a program: then another one is tried."""
    for _ in range(20):
        with running(place, BODY, is_peer=True) as program:
            cost, port = measure(program, PEERS_MANY)
            try:
                seconds = [peer_seconds(int(str(port)), f"v{PEERS_MANY // 2}") for _ in range(100)]
            except (OSError, ValueError):
                continue
            return cost, statistics.median(seconds)
    sys.exit("LiveTune's listener died at 20 starts in a row. Nothing was measured.")


def main() -> int:
    options = harness.options(__doc__)
    with harness.Place() as place, running(place, BODY) as many, running(place, BODY) as few:
        cost, path = measure(many, MANY)
        _, other = measure(few, FEW)
        clients = Client(str(path)), Client(str(other))
        ours: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for client, seconds, tag in zip(clients, ours, (f"v{MANY // 2}", f"v{FEW // 2}")):
                seconds.append(statistics.median(client.seconds("variables.get", tags=[tag]) for _ in range(LOOKUPS)) * 1e6)
        base = many.memory
        assert len(clients[0].ask("variables.list")["result"]["variables"]) == MANY
        listed = cost["memory"] + many.memory - base
        theirs, look_up = peers(place)
    name, peer = "10,000 variables (Python)", f"LiveTune, {PEERS_MANY} variables"
    figures = [
        harness.Figure.of(name, "threads", "", [cost["threads"]], limit=1, peer=peer, peer_value=theirs["threads"], ratio=0),
        harness.Figure.of(name, "descriptors", "", [cost["fds"]], limit=3, peer=peer, peer_value=theirs["fds"], ratio=0),
        harness.Figure.of(name, "memory", "MB", [cost["memory"]], limit=4, peer=peer, peer_value=theirs["memory"], ratio=0),
        harness.Figure.of(name, "memory after all were listed", "MB", [listed], limit=4),
        harness.Figure.beside(name, "look-up", "us", ours[0], "with 10 variables", ours[1]),
        harness.Figure.of(name, "look-up", "us", ours[0], peer=peer, peer_value=look_up * 1e6, ratio=0),
    ]
    for figure in figures:
        if figure.ratio == 0 and figure.peer_value:
            figure.ratio = figure.value / figure.peer_value
    status = harness.publish(figures, options.json)
    slower = (figures[4].ratio or 0) > 1.1
    return 1 if slower else status


if __name__ == "__main__":
    sys.exit(main())
