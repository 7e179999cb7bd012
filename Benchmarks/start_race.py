"""How many of 1,000 Python programs, started six at a time, can be tuned: as soon as one has declared a variable, it is changed.

The original LiveTune is started as often as `--peers` says in the same run; its listeners lose a race at the start of many programs.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import harness
import livetune_peer
from live_program import Client, running

BODY = """
rate = declare("rate", 0.1)
tell(address())
for line in sys.stdin:
    tell(rate())
"""
AT_ONCE = 6


def is_tunable(place: harness.Place, is_peer: bool) -> bool:
    with running(place, BODY, is_peer) as program:
        address = program.hear()
        try:
            if is_peer:
                livetune_peer.change(livetune_peer.look_up(address, "rate"), "0.5")
            else:
                Client(address).ask("variables.set", values={"rate": 0.5})
        except (OSError, ValueError):
            return False
        return bool(program.ask() == 0.5)


def untunable(place: harness.Place, count: int, is_peer: bool) -> int:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return count - sum(pool.map(lambda _: is_tunable(place, is_peer), range(count)))


def main() -> int:
    options = harness.options(__doc__, lambda parser: (
        parser.add_argument("--starts", type=int, default=1000), parser.add_argument("--peers", type=int, default=300)))
    with harness.Place() as place:
        ours = untunable(place, options.starts, is_peer=False)
        livetune_peer.interpreter()
        theirs = untunable(place, options.peers, is_peer=True)
    figure = harness.Figure.of(
        "start race (Python)", f"programs of {options.starts} that cannot be tuned", "", [ours], limit=0,
        peer=f"LiveTune, of {options.peers}", peer_value=theirs, ratio=ours / options.starts / max(theirs / options.peers, 1e-9))
    return harness.publish([figure], options.json)


if __name__ == "__main__":
    sys.exit(main())
