"""Ask for trials and tell what became of them, in a program of one's own: `with attune.Study("search.yaml") as study: …`.

The experiment is the same as that of `attune ask` in a shell: one journal, which has what was answered. A child `attune ask --serve` keeps
it open, so that a question costs a fraction of a millisecond.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from dataclasses import dataclass
from typing import IO, Any, Iterator, Mapping, Optional, Union

__all__ = ["Exhausted", "Refused", "Study", "StudyGone", "Trial"]


class Refused(ValueError):
    """What was wished makes no sense now; the message says why. Nothing was recorded."""


class Exhausted(Refused):
    """There is nothing more to try; the message says why."""


class StudyGone(ConnectionError):
    """The process that keeps the experiment is gone. What was answered is in the journal; a new `Study` goes on."""


@dataclass(frozen=True)
class Trial:
    """A configuration to try. `trial["rate"]` is `trial.configuration["rate"]`."""

    number: int
    configuration: Mapping[str, Any]
    seed: int
    """For the program's own random generators; the same whenever this trial is asked for again."""
    experiment: str
    note: Optional[str] = None
    """What the proposer said of it."""

    def __getitem__(self, name: str) -> Any:
        return self.configuration[name]


class Study:
    """An experiment whose trials this program runs. Threads may share it; a question waits for the one before.

    When the program dies, what it told is kept, and what it asked for and did not tell stays open: `open_trials` lists it for the next one.
    """

    def __init__(
        self, target: Union[str, os.PathLike[str]], *, store: Union[str, os.PathLike[str], None] = None, new: bool = False, attune: str = "attune"
    ) -> None:
        """`target` is an experiment file, which needs no command, or an experiment's name. `new` begins another experiment with the
        file. `attune` is the program to start. Raises Refused when it cannot be opened."""
        words = [attune, "ask", "--serve", *(["--new"] if new else []), *(["--store", os.fspath(store)] if store is not None else [])]
        self._lock, self._count = threading.Lock(), 0
        try:
            # In a session of its own: Ctrl-C is for the program, which may want to tell something yet.
            self._process = subprocess.Popen(
                [*words, "--", os.fspath(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
            )
        except OSError as problem:
            raise Refused(f"'{attune}' cannot be started ({problem.strerror}); `make install` puts it on the PATH") from None
        try:
            self.name: str = self._request("hello")["name"]
        except StudyGone as problem:
            self.close()
            raise Refused(str(problem)) from None

    def ask(self) -> Trial:
        """The next trial. Raises Exhausted when there is none."""
        answer = self._request("trial.ask")
        if answer["trial"] is None:
            raise Exhausted(answer["reason"])
        return _trial(answer)

    def ask_again(self, number: int) -> Trial:
        """A trial that was asked for and never told, to be begun anew."""
        return _trial(self._request("trial.ask", again=number))

    def open_trials(self) -> list[Trial]:
        """Trials that were asked for and not told, by this program or another."""
        return [_trial(answer) for answer in self._request("trials.asked")]

    def trials(self, limit: Optional[int] = None) -> Iterator[Trial]:
        """One trial after the other, until there is nothing more to try or so many were asked for."""
        count = 0
        while limit is None or count < limit:
            try:
                trial = self.ask()
            except Exhausted:
                return
            yield trial
            count += 1

    def tell(self, trial: Union[Trial, int], **metrics: float) -> str:
        """The trial is done. Returns its state: "completed"; "failed" when the objective is no finite number; "stopped"."""
        return self._tell(trial, metrics=_numbers(metrics))

    def report(self, trial: Union[Trial, int], step: int, **metrics: float) -> bool:
        """After `step` completed steps. Returns whether the trial shall go on; if not, it is over and needs no more to be told."""
        return self._tell(trial, step=step, metrics=_numbers(metrics)) == "running"

    def fail(self, trial: Union[Trial, int], reason: Optional[str] = None) -> str:
        """The trial came to nothing. Returns "failed", or "waiting" when the file's `limits.retries` lets it be asked for again."""
        return self._tell(trial, failed=True, **({} if reason is None else {"reason": reason}))

    @property
    def best(self) -> Optional[tuple[Trial, float]]:
        """The best trial and its value; None before the first."""
        best = self._request("experiment.status")["best"]
        return best and (Trial(best["trial"], best["configuration"], 0, self.name), best["value"])

    def close(self) -> None:
        """Lets go of the experiment; trials that were asked for stay so."""
        with self._lock:
            for end in (self._process.stdin, self._process.stdout, self._process.stderr):
                try:
                    _there(end).close()
                except OSError:
                    pass
            self._process.wait()

    def __enter__(self) -> Study:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tell(self, trial: Union[Trial, int], **parameters: Any) -> str:
        number = trial.number if isinstance(trial, Trial) else trial
        return str(self._request("trial.tell", trial=number, **parameters)["state"])

    def _request(self, method: str, **parameters: Any) -> Any:
        with self._lock:
            self._count += 1
            line = json.dumps({"jsonrpc": "2.0", "id": self._count, "method": method, "params": parameters}) + "\n"
            try:
                _there(self._process.stdin).write(line.encode())
                _there(self._process.stdin).flush()
                answer = _there(self._process.stdout).readline()
            except (OSError, ValueError):
                answer = b""
            if not answer.endswith(b"\n"):
                raise StudyGone(self._farewell())
        message = json.loads(answer)
        if "error" in message:
            raise Refused(message["error"]["message"])
        return message["result"]

    def _farewell(self) -> str:
        """What the child said at its end."""
        if _there(self._process.stderr).closed:
            return "the study is closed"
        status = self._process.wait()
        said = _there(self._process.stderr).read().decode(errors="replace").strip()
        return said or f"`attune ask --serve` ended with status {status}; what was answered is kept, and a new Study goes on"


def _there(end: Optional[IO[bytes]]) -> IO[bytes]:
    assert end is not None
    return end


def _trial(answer: Mapping[str, Any]) -> Trial:
    return Trial(answer["trial"], answer["configuration"], answer["seed"], answer["experiment"], answer.get("note"))


def _numbers(metrics: Mapping[str, float]) -> dict[str, Any]:
    """JSON has no nan and no infinities: they travel as words."""
    numbers = {name: float(value) for name, value in metrics.items()}
    return {name: value if value - value == 0 else repr(value) for name, value in numbers.items()}
