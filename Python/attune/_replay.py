"""Changes that come from a file: those of earlier attempts, and a schedule."""

from __future__ import annotations

import json
import math
import os
import sys
from typing import Any, Callable, Iterable, Mapping

from . import _files
from ._triggers import PAUSE, RESUME, Trigger
from ._values import Live, Refused, follow


class Earlier:
    """What earlier attempts of a trial changed (ATTUNE_CHANGES), applied again at the same steps, and not told again.

    A resumed program that has not told its step yet is taken to be behind all of them. When its first step is an earlier one, the values
    go back to those of that step.
    """

    def __init__(self) -> None:
        self._changes: dict[str, list[tuple[int, Any]]] = {}
        self._defaults: dict[str, Any] = {}
        self._step: float = math.inf if _files.resuming() else 0
        self._next: float = -1.0  # before that step there is nothing to do

    @staticmethod
    def read(path: str | None, number: Callable[[int], None]) -> Earlier | None:
        earlier = Earlier()
        for _, _, change in _lines(path) if path and os.path.exists(path) else ():
            try:
                if change.get("number", 0) > 0:
                    number(int(change["number"]))
                for tag, value in change.get("values", {}).items():
                    earlier._changes.setdefault(tag, []).append((int(change["step"]), value))
            except (KeyError, TypeError, ValueError, AttributeError):  # a line that a crash cut off
                continue
        return earlier if earlier._changes else None

    def __bool__(self) -> bool:
        return bool(self._changes)

    def declared(self, variable: Live[Any]) -> None:
        """Gives it the value of the step reached."""
        if variable.tag in self._changes:
            self._defaults[variable.tag] = variable()
            self._replay(variable)
            self._next = -1.0

    def advance(self, step: int, variables: Mapping[str, Live[Any]]) -> None:
        """Moves on to the step; back only at first, because a resumed program that tells its step was not behind all of them."""
        if self._step != math.inf and not self._step <= step or step < self._next:
            return
        self._step = step
        follow([variables[tag] for tag in self._changes if tag in variables and self._replay(variables[tag])])
        for tag in [tag for tag, changes in self._changes.items() if tag in variables and all(at <= step for at, _ in changes)]:
            del self._changes[tag]  # over
        self._next = min((at for tag, changes in self._changes.items() for at, _ in changes if at > step), default=math.inf)

    def forget(self, tag: str) -> None:
        """A newer change has come: the old ones of that tag do not count any more."""
        self._changes.pop(tag, None)

    def _replay(self, variable: Live[Any]) -> bool:
        value = self._defaults[variable.tag]
        for at, earlier in self._changes[variable.tag]:
            try:
                value = variable.accept(earlier) if at <= self._step else value
            except Refused:  # a script whose ranges have shrunk goes on
                continue
        if value == variable():
            return False
        variable._value, variable._changed = value, True
        return True


class Entry:
    """A line of a schedule."""

    __slots__ = ("step", "line", "change", "is_missed")

    def __init__(self, step: int, line: int, change: dict[str, Any]) -> None:
        self.step, self.line, self.change, self.is_missed = step, line, change, False

    def became(self, change: Any) -> bool:
        """Whether that recorded change is what this line led to."""
        own = self.change
        return (
            isinstance(change, dict) and change.get("number") == 0 and change.get("step", -1) >= self.step
            and all(change.get(key) == own.get(key) for key in ("values", "trigger", "payload", "by"))
        )  # fmt: skip


class Schedule:
    """The changes of a file (ATTUNE_REPLAY), each at its step. What does not fit is said once, with its line, and passed over."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._entries: list[Entry] = []  # by step, and in the order of the file

    @staticmethod
    def read(path: str | None, done: str | None) -> Schedule | None:
        """Without what an earlier attempt has done of it: that is applied again by `Earlier`."""
        if not path:
            return None
        schedule = Schedule(path)
        try:
            for line, text, entry in _lines(path):
                schedule._add(line, text, entry)
        except OSError:
            print(f"attune: ATTUNE_REPLAY: cannot read '{path}'. The program runs without its schedule.", file=sys.stderr)
        schedule._entries.sort(key=lambda entry: (entry.step, entry.line))
        for _, _, change in _lines(done) if done and os.path.exists(done) else ():
            entry = next((entry for entry in schedule._entries if entry.became(change)), None)
            if entry:
                schedule._entries.remove(entry)
        return schedule

    def __bool__(self) -> bool:
        return bool(self._entries)

    def declared(self, variable: Live[Any]) -> None:
        """Tells at once what will not fit it."""
        for entry in [entry for entry in self._entries if variable.tag in entry.change.get("values", ())]:
            try:
                variable.accept(entry.change["values"][variable.tag])
            except Refused as problem:
                self._warn(entry.line, str(problem))
                self._entries.remove(entry)

    def due(self, step: int, variables: Mapping[str, Live[Any]], triggers: Mapping[str, Trigger]) -> Iterable[dict[str, Any]]:
        """Takes out what is due at the step and declared."""
        if not self._entries or self._entries[0].step > step:
            return ()
        due: list[dict[str, Any]] = []
        left: list[Entry] = []
        for index, entry in enumerate(self._entries):
            if entry.step > step:
                left += self._entries[index:]
                break
            values, trigger = entry.change.get("values", {}), entry.change.get("trigger")
            missing = next((tag for tag in sorted(values) if tag not in variables), None)
            if missing is not None or trigger is not None and trigger not in triggers:
                self._miss(entry, step, "variable" if values else "trigger", missing or trigger, list(variables if values else triggers))
                left.append(entry)
                continue
            try:
                accepted = {tag: variables[tag].accept(values[tag]) for tag in sorted(values)}
                due.append({**entry.change, **({"values": accepted} if values else {})})
            except Refused as problem:
                self._warn(entry.line, str(problem))
        self._entries = left
        return due

    def _miss(self, entry: Entry, step: int, what: str, tag: Any, known: list[str]) -> None:
        if step > 0 and not entry.is_missed:
            entry.is_missed = True
            listed = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
            problem = f"unknown {what} '{tag}': the program has {listed or 'none'}. Nothing was changed."
            self._warn(entry.line, f"{problem} The line takes effect when that is declared.")

    def _add(self, line: int, text: str, entry: Any) -> None:
        entry = entry if isinstance(entry, dict) else {}
        step, trigger, values = entry.get("step"), entry.get("trigger"), entry.get("values")
        if type(step) is not int or step < 0 or type(trigger) is not str and not (isinstance(values, dict) and values):
            allowed = '{"step":5,"values":{"lr":0.1}} or {"step":5,"trigger":"save"}, steps from 0'
            return self._warn(line, f"{text[:200]} refused: allowed {allowed}.")
        if trigger in (PAUSE, RESUME) or (entry.get("by") == "program" and entry.get("number") == 0):
            return  # a pause is not repeated; what the program changed by itself, it changes again
        kept = ("reason", "payload", "values" if trigger is None else "trigger")
        said = {key: entry[key] for key in kept if entry.get(key) is not None}
        self._entries.append(Entry(step, line, {"number": 0, "by": str(entry.get("by") or "schedule"), **said}))

    def _warn(self, line: int, problem: str) -> None:
        print(f"attune: ATTUNE_REPLAY: '{self.path}' line {line}: {problem} The rest of the schedule goes on.", file=sys.stderr)


def _lines(path: str | None) -> Iterable[tuple[int, str, Any]]:
    """Number, text and JSON of each line; None for what is no JSON. Blank lines and comments are passed over."""
    if not path:
        return
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            text = line.strip()
            if text and not text.startswith("#"):
                try:
                    yield number, text, json.loads(text)
                except (ValueError, RecursionError):
                    yield number, text, None
