"""Nanoseconds a read of a live variable in Python, beside the original LiveTune's in the same run.

Usage: PYTHONPATH=Python python Benchmarks/live_read.py    (the peer: pip install LiveTune)
Prints one line a quantity: median of the repeats, fastest and slowest, without the cost of the empty call around it.
"""

import contextlib
import io
import os
import statistics
import sys
import tempfile
import timeit

REPEATS, CALLS = 15, 300_000


def measure(name, call, empty):
    times = sorted((timeit.timeit(call, number=CALLS) / CALLS * 1e9) - empty for _ in range(REPEATS))
    print(f"{name}: {statistics.median(times):.1f} ns ({times[0]:.1f}...{times[-1]:.1f})")
    return statistics.median(times)


def main():
    empty = min(timeit.repeat(lambda: None, number=CALLS, repeat=REPEATS)) / CALLS * 1e9
    with tempfile.TemporaryDirectory() as directory:
        os.environ["XDG_RUNTIME_DIR"] = directory
        import attune

        rate, save = attune.live("rate", 0.1), attune.trigger("save")
        ours = {
            "read": measure("attune  read", lambda: rate(), empty),
            "changed": measure("attune  is_changed", lambda: rate.is_changed(), empty),
            "trigger": measure("attune  fired", lambda: save.fired(), empty),
        }
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                from LiveTune import liveTrigger, liveVar

                peer_rate, peer_save = liveVar(0.1, "rate"), liveTrigger("save")
        except ImportError:
            print("LiveTune is not installed: pip install LiveTune")
            return 0
        theirs = {
            "read": measure("LiveTune read", lambda: peer_rate(), empty),
            "changed": measure("LiveTune changed", lambda: peer_rate.changed(), empty),
            "trigger": measure("LiveTune trigger", lambda: peer_save(), empty),
        }
        print("ratio attune / LiveTune: " + ", ".join(f"{name} {ours[name] / theirs[name]:.2f}" for name in ours))
        sys.stdout.flush()
        attune.registry.finish()
        os._exit(0)  # the peer's listening threads keep the interpreter alive


if __name__ == "__main__":
    sys.exit(main())
