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

    def advance(self, step: int, variables: Mapping[str, Live[Any]]) -> None:
        self._step = step
        moved = {tag: variables[tag] for tag in self._changes if tag in variables and self._replay(variables[tag])}
        follow(moved)

    def forget(self, tag: str) -> None:
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


class Schedule:
    """The changes of a file (ATTUNE_REPLAY), each at its step. What does not fit is said once, with its line, and passed over."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._entries: list[tuple[int, int, dict[str, Any]]] = []  # step, line, change: in the order of both

    @staticmethod
    def read(path: str | None) -> Schedule | None:
        if not path:
            return None
        schedule = Schedule(path)
        try:
            for line, text, entry in _lines(path):
                schedule._add(line, text, entry)
        except OSError as problem:
            print(f"attune: ATTUNE_REPLAY: {problem}. Nothing is replayed.", file=sys.stderr)
        schedule._entries.sort(key=lambda entry: entry[:2])
        return schedule

    def __bool__(self) -> bool:
        return bool(self._entries)

    def declared(self, variable: Live[Any]) -> None:
        """Tells at once what will not fit it."""
        for entry in [entry for entry in self._entries if variable.tag in entry[2].get("values", ())]:
            try:
                variable.accept(entry[2]["values"][variable.tag])
            except Refused as problem:
                self._warn(entry[1], str(problem))
                self._entries.remove(entry)

    def due(self, step: int, variables: Mapping[str, Live[Any]], triggers: Mapping[str, Trigger]) -> Iterable[dict[str, Any]]:
        """Takes out what is due at the step and declared."""
        if not self._entries or self._entries[0][0] > step:
            return ()
        due: list[dict[str, Any]] = []
        left: list[tuple[int, int, dict[str, Any]]] = []
        for index, (at, line, change) in enumerate(self._entries):
            if at > step:
                left += self._entries[index:]
                break
            if not all(tag in variables for tag in change.get("values", ())) or "trigger" in change and change["trigger"] not in triggers:
                left.append((at, line, change))
                continue
            try:
                due.append({**change, **self._accepted(change, variables)})
            except Refused as problem:
                self._warn(line, str(problem))
        self._entries = left
        return due

    def warn_of_undeclared(self) -> None:
        """At the end: what never found its variable."""
        for _, line, change in self._entries:
            for tag in [*change.get("values", ()), *([change["trigger"]] if "trigger" in change else ())]:
                self._warn(line, f"'{tag}' was not there at its step: allowed is what the program declares. It was not changed.")
        self._entries = []

    def _accepted(self, change: dict[str, Any], variables: Mapping[str, Live[Any]]) -> dict[str, Any]:
        if "values" not in change:
            return {}
        return {"values": {tag: variables[tag].accept(change["values"][tag]) for tag in sorted(change["values"])}}

    def _add(self, line: int, text: str, entry: Any) -> None:
        values, trigger = (entry.get("values"), entry.get("trigger")) if isinstance(entry, dict) else (None, None)
        step = entry.get("step") if isinstance(entry, dict) else None
        if type(step) is not int or step < 0 or (isinstance(values, dict) and len(values) > 0) == (type(trigger) is str):
            shown = text if len(text) <= 80 else text[:77] + "..."
            return self._warn(line, f'{shown} refused: allowed is an object with "step" from 0 and either "values" or "trigger". Passed over.')
        if trigger in (PAUSE, RESUME) or entry.get("by") == "program" and entry.get("number") == 0:
            return  # a pause is not repeated; what the program changed by itself, it changes again
        said = {key: entry[key] for key in ("reason", "payload", "values", "trigger") if key in entry}
        self._entries.append((step, line, {"number": 0, "by": str(entry.get("by") or "schedule"), **said}))

    def _warn(self, line: int, problem: str) -> None:
        print(f"attune: ATTUNE_REPLAY: {self.path}:{line}: {problem}", file=sys.stderr)


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
