"""A rank that does nothing but step, at its own uneven pace, and prints each step at which it saw a change. The twin of Tests/RankWorker.

Arguments: the seed of its pace, the longest step in microseconds, the step it goes on from, the milliseconds that ranks have to answer, and,
where each change has a variable of its own, how many: `level 1`, `level 2` …
"""

import os
import random
import sys
import threading

import attune
import attune.ranks


def main() -> None:
    seed, pace, start, patience, *more = (int(argument) for argument in sys.argv[1:])
    rank = int(os.environ["ATTUNE_RANK"])
    draw = random.Random(f"{seed} {rank}")
    rate = attune.live(
        "rate", 0.5, min=0.0, max=1.0, validate=lambda value: "rank 2 does not go below 0.1" if value < 0.1 and rank == 2 else None)
    level, save, stop = attune.live("level", 0), attune.trigger("save"), attune.trigger("stop")
    levels = [attune.live(f"level {number}", 0) for number in range(1, sum(more) + 1)]
    attune.step(start)
    attune.ranks.join(patience=patience / 1000)
    print(f"joined {rate()} {level()}", flush=True)
    rate.is_changed(), level.is_changed()
    step, work = start, threading.Event()  # which nobody sets: a step takes its time
    while not stop.fired():
        work.wait(draw.uniform(0, pace) / 1e6)
        step += 1
        attune.step(step)
        if rate.is_changed() | level.is_changed():
            print(f"{step} {rate()} {level()}", flush=True)
        for number, own in enumerate(levels, start=1):
            if own.is_changed():
                print(f"{step} level {number}", flush=True)
        if save.fired():
            print(f"{step} save", flush=True)
    print(f"end {step}", flush=True)


main()
