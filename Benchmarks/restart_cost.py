"""What one change of a hyperparameter costs: live with Attune, live with the original LiveTune, and by starting the training again.

After the study in §5.1 of LiveTune (Zibakhsh Shabgahi et al., 2024), which measured restarts only: the same training, a network of several
widths, is changed in the three ways in turn. For each, the time from the wish to the first step with the new value, and the longest time
without a step meanwhile. Of a restart, also where its time goes. The peer: pip install LiveTune. Energy is measured where the machine lets
this user read it.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Optional

import harness

TRAINER = harness.ROOT / "Benchmarks" / "restart" / "trainer.py"
STAGES = ("Python and libraries", "model", "data and checkpoint", "first step")
ENERGY = Path("/sys/class/powercap/intel-rapl:0/energy_uj")


class Training:
    """A trainer that runs; its lines as they come."""

    def __init__(self, place: harness.Place, mode: str, width: int, checkpoint: Path, rate: float) -> None:
        self.place, self.mode, self.began = place, mode, time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, str(TRAINER), mode, str(width), str(checkpoint), str(rate)], stdout=subprocess.PIPE, text=True,
            env=place.environment(PYTHONUNBUFFERED="1", OPENBLAS_NUM_THREADS="1"))
        self.steps: list[float] = []
        self.port: Optional[str] = None
        self.stages: dict[str, float] = {}

    def read(self) -> tuple[str, float, float]:
        """The next line: what, when and with which rate. Raises EOFError."""
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"dictionary: \x1b\[93m(\d+)", line):
                self.port = found[1]
            words = line.split()
            if len(words) == 3 and words[0] in ("libraries", "model", "data", "step"):
                if words[0] == "step":
                    self.steps.append(float(words[1]))
                else:
                    self.stages[words[0]] = float(words[1])
                return words[0], float(words[1]), float(words[2])
        raise EOFError(f"the training in mode {self.mode} has ended")

    def run(self, steps: int) -> None:
        for _ in range(steps):
            while self.read()[0] != "step":
                pass

    def catch_up(self) -> None:
        """Forgets what was said while nobody listened, and makes some steps."""
        now = time.monotonic()
        while self.read()[1] < now:
            pass
        self.steps.clear()
        self.run(20)

    def until(self, rate: float) -> float:
        """When the first step with that rate was made."""
        while True:
            what, when, now = self.read()
            if what == "step" and now == rate:
                return when

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def longest_gap(steps: list[float]) -> float:
    return max(later - earlier for earlier, later in zip(steps, steps[1:]))


def live(training: Training, command: list[str], rate: float) -> tuple[float, float]:
    """Seconds to the first step with the new rate, and the longest time without a step meanwhile."""
    training.catch_up()
    wish = time.monotonic()
    client = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=training.place.environment())
    seen = training.until(rate)
    training.run(20)
    assert client.wait() == 0
    return seen - wish, longest_gap(training.steps)


def again(training: Training, width: int, checkpoint: Path, rate: float) -> tuple[float, float, Training]:
    """The same by stopping, saving, starting and loading; and the new training."""
    training.catch_up()
    wish = time.monotonic()
    training.process.send_signal(signal.SIGTERM)
    try:
        while True:
            training.read()
    except EOFError:
        training.process.wait()
    following = Training(training.place, "plain", width, checkpoint, rate)
    seen = following.until(rate)
    return seen - wish, seen - training.steps[-1], following


def start_original(place: harness.Place, width: int, checkpoint: Path) -> Training:
    """The original loses a race at a quarter of its starts, and cannot be tuned then: another one is started."""
    probe = "import sys; from LiveTune.tools.tune import tune; tune('0.1', int(sys.argv[1]), 'rate', False)"
    while True:
        training = Training(place, "livetune", width, checkpoint, 0.1)
        training.run(1)
        if subprocess.run([sys.executable, "-c", probe, training.port or "0"], capture_output=True, check=False).returncode == 0:
            return training
        training.kill()


def joules() -> Optional[float]:
    try:
        return int(ENERGY.read_text()) / 1e6
    except (OSError, ValueError):
        return None


def study(place: harness.Place, width: int, repeats: int) -> list[harness.Figure]:
    paths = {mode: place.folder / f"{mode}-{width}.npz" for mode in ("attune", "livetune", "plain")}
    ours, theirs = Training(place, "attune", width, paths["attune"], 0.1), start_original(place, width, paths["livetune"])
    taken: dict[str, list[tuple[float, float]]] = {"attune": [], "original": [], "restart": []}
    stages: list[dict[str, float]] = []
    restarted = Training(place, "plain", width, paths["plain"], 0.1)
    tune = str(Path(sys.executable).parent / "tune")
    spent: list[float] = []
    # One at a time: the other two stand still, so that nobody is measured under the others' load.
    trainings = [ours, theirs, restarted]
    for number in range(repeats):
        rate = round(0.1 + 0.01 * (number + 1), 2)
        for index, name in enumerate(taken):
            for other, training in enumerate(trainings):
                training.process.send_signal(signal.SIGCONT if other == index else signal.SIGSTOP)
            before = joules()
            if name == "restart":
                asked, gap, following = again(trainings[index], width, paths["plain"], rate)
                ends = [following.began, *(following.stages[stage] for stage in ("libraries", "model", "data")), following.steps[0]]
                stages.append(dict(zip(STAGES, (later - earlier for earlier, later in zip(ends, ends[1:])))))
                trainings[index] = following
                after = joules()
                if before is not None and after is not None:
                    spent.append(after - before)
            else:
                command = [harness.binary(), "set", f"rate={rate}", "--program", str(ours.process.pid)] if name == "attune" else [
                    tune, "--port", theirs.port or "", "--tag", "rate", "--value", str(rate)]
                asked, gap = live(trainings[index], command, rate)
            taken[name].append((asked, gap))
    for training in trainings:
        training.process.send_signal(signal.SIGCONT)
        training.kill()
    return figures(width, taken, stages, spent)


def figures(
    width: int, taken: dict[str, list[tuple[float, float]]], stages: list[dict[str, float]], spent: list[float]
) -> list[harness.Figure]:
    parameters = 16 * width + width * width + width * 10
    where, result = f"{parameters:,} weights", []
    for which, quantity in enumerate(("from the wish to the first step with it", "longest time without a step meanwhile")):
        times = {name: [1000 * pair[which] for pair in pairs] for name, pairs in taken.items()}
        for name in ("original", "restart"):
            peer = "the original LiveTune" if name == "original" else "a restart from the checkpoint"
            result.append(harness.Figure.beside("restart_cost", f"{where}: {quantity}", "ms", times["attune"], peer, times[name]))
    for stage in stages[0]:
        result.append(harness.Figure.of("restart_cost", f"{where}: a restart, {stage}", "ms", [1000 * one[stage] for one in stages]))
    if spent:
        result.append(harness.Figure.of("restart_cost", f"{where}: a restart, energy of the processor", "J", spent))
    else:
        print(f"{where}: energy not measured: {ENERGY} cannot be read")
    return result


def main() -> int:
    def add(parser: Any) -> None:
        parser.add_argument("--widths", type=int, nargs="+", default=[64, 256, 1024], help="units of each of the two hidden layers")
        parser.add_argument("--repeats", type=int, default=6, help="changes in each way; the paper made 6")

    options = harness.options(__doc__, add)
    found: list[harness.Figure] = []
    with harness.Place() as place:
        for width in options.widths:
            found += study(place, width, options.repeats)
    return harness.publish(found, options.json)


if __name__ == "__main__":
    sys.exit(main())
