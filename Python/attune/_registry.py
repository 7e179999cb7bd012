"""What the program has declared, what waits for a step, what happened."""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import os
import re
import sys
import threading
import time
from typing import Any, Iterator, Optional, Sequence, SupportsFloat

from ._link import Client, Failure, Link
from ._live import Live, Refused, T, Trigger

Message = dict[str, Any]


class Log:
    """The last of many things, numbered from 1 without gaps."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.last, self.forgotten, self.items = capacity, 0, 0, dict[int, Message]()

    def append(self, item: Message) -> None:
        self.last += 1
        self.items[self.last] = item
        self.forget(self.last - self.capacity)

    def forget(self, through: int) -> None:
        while self.forgotten < min(through, self.last):
            self.forgotten += 1
            del self.items[self.forgotten]


class Registry:
    """The process's. Its thread begins with the first declaration or report; what fails there fails nothing else."""

    def __init__(self) -> None:
        self.address, self.began = os.environ.get("ATTUNE_SOCKET"), time.monotonic()
        self.lock, self.flushed = threading.RLock(), threading.Event()
        self.name = re.sub(r"[^A-Za-z0-9._-]", "_", os.path.splitext(os.path.basename(sys.argv[0]))[0])[:40] or "python"
        self.socket_name = f"{'program-' * self.name.startswith('experiment')}{self.name}-{os.getpid()}.sock"
        self.variables, self.triggers, self.pending = dict[str, Live[Any]](), dict[str, Trigger](), list[Message]()
        self.changes, self.reports = Log(10_000), Log(100_000 if self.address else 10_000)
        self.logs = {"changed": self.changes, "reported": self.reports}
        self.step = self.last_step = self.declared = 0
        self.link: Optional[Link] = None
        self.is_started = self.was_greeted = False
        self.replay = list(read_changes())
        self.replayed = math.inf if os.environ.get("ATTUNE_RESUME") == "1" else 0
        self.is_replaying, self.accepted = bool(self.replay), {change["number"] for change in self.replay}
        atexit.register(self.finish)
        os.register_at_fork(after_in_child=self._forked)

    def live(
        self, tag: str, default: T, *, min: Optional[float] = None, max: Optional[float] = None, choices: Optional[Sequence[T]] = None,
        scale: str = "linear", step: Optional[float] = None, unit: Optional[str] = None, help: Optional[str] = None,
        group: Optional[str] = None, applies: str = "immediately",
    ) -> Live[T]:
        """Declares a value that can be changed while the program runs; with `applies="atStep"`, at the next `step` or `report` only.

        A parameter of that name replaces the default. The same tag again gives the same object. Raises ValueError for a value out of range.
        """
        variable = Live(self, tag, default, min, max, choices, scale, applies, step=step, unit=unit, help=help, group=group)
        with self.lock:
            if tag not in self.variables:
                variable.initial = variable.accept(read_configuration().get(tag, default))
                variable._value = self._replayed(variable)
            known = self.variables.setdefault(tag, variable)
            if known.kind != variable.kind:
                raise ValueError(f"'{tag}' is declared as {known.kind} and as {variable.kind}")
            self._publish(declares=True)
            return known

    def trigger(self, tag: str) -> Trigger:
        """Declares a button that can be pressed while the program runs."""
        with self.lock:
            self.triggers.setdefault(tag, Trigger(self, tag))
            self._publish(declares=True)
            return self.triggers[tag]

    def report(self, step: Optional[int] = None, **metrics: SupportsFloat) -> None:
        """Reports numbers of a completed step: from 1; without one, of the next. Never waits. nan and infinity are allowed."""
        if step is not None and step < 1:
            raise ValueError(f"report: step = {step} refused: it counts completed steps, from 1. Nothing was reported.")
        with self.lock:
            self.last_step = step or (self.step if self.step > self.last_step else self.last_step + 1)
            words = {name: float(value) if math.isfinite(value) else str(float(value)) for name, value in metrics.items()}
            self.flushed.clear()
            self.reports.append({"step": self.last_step, "metrics": words, "elapsed": time.monotonic() - self.began})
            if self.address and self.reports.last % self.reports.capacity == 0 and len(self.reports.items) == self.reports.capacity:
                self.warn("nobody takes the reports: of more than 100,000 the oldest are dropped. The program goes on.")
            self._publish()
        self.advance(self.last_step)

    def advance(self, step: int) -> None:
        """Tells that so many steps are completed; changes that waited for it take effect now. `report` does it too."""
        self.step = step
        if self.pending or self.is_replaying:
            with self.lock:
                self._replay_to(step)
                due = [wish for wish in self.pending if (wish["atStep"] or 0) <= step]
                self.pending = [wish for wish in self.pending if wish not in due]
                for wish in due:
                    self._apply(wish)

    def change(self, variable: Live[T], value: T) -> None:
        with self.lock:
            self._apply({"number": 0, "by": "program", "values": {variable.tag: variable.accept(value)}})

    def consume(self, trigger: Trigger) -> bool:
        with self.lock:
            waiting, trigger.waiting = trigger.waiting, []
            for wish in waiting:
                self._note(wish)
        return bool(waiting)

    def finish(self, limit: float = 5.0) -> None:
        """Waits for the acknowledgement of the last report, and closes the socket. What nobody takes is left to the next agent in a file."""
        deadline = time.monotonic() + limit
        while self.link and self.address and not self.link.is_refused and self.reports.items and time.monotonic() < deadline:
            self.flushed.wait(0.1)
        if self.link:
            self.link.stop()
            if self.reports.items and self.address and not self.link.is_refused:
                left = self.reports.items.items()
                self._write("ATTUNE_REPORTS", [{**report, "n": number, "pid": os.getpid()} for number, report in left])

    def warn(self, problem: str) -> None:
        sys.stderr.write(f"attune: {problem}\n")

    def greeting(self) -> Message:
        return {"attempt": os.environ.get("ATTUNE_ATTEMPT_ID", ""), "token": os.environ.get("ATTUNE_TOKEN", ""), "name": self.name,
                "pid": os.getpid(), "protocol": 1, "reported": self.reports.last}

    def greeted(self, answer: Message, client: Client) -> None:
        known, log = int(answer.get("acknowledged") or 0), self.reports
        with self.lock:
            if not self.was_greeted:  # what an earlier process of the attempt has reported comes before ours
                log.last, log.forgotten, log.items = log.last + known, log.forgotten + known, {n + known: r for n, r in log.items.items()}
            self.was_greeted = True
            log.forget(known)
            client.next = {"changed": int(answer.get("changes") or 0) + 1, "reported": log.forgotten + 1}

    def declaration(self) -> Message:
        variables = [{**variable.descriptor, "value": variable._value} for variable in self.variables.values()]
        return {"variables": variables, "triggers": list(self.triggers)}

    def answer(self, method: str, params: Message, client: Client) -> Message:
        """The result of a request. Raises Failure."""
        with self.lock:
            if method == "hello":
                attempt = os.environ.get("ATTUNE_ATTEMPT_ID")
                return {"name": self.name, "pid": os.getpid(), "protocol": 1, "step": self.step, "attempt": attempt}
            if method == "variables.list":
                return self.declaration()
            if method == "variables.get":
                tags = params.get("tags", self.variables)
                return {"step": self.step, "values": {tag: find(self.variables, "variable", tag)() for tag in tags}}
            if method in ("variables.set", "trigger.fire"):
                return {"number": self._wish(params, client)}
            if method in ("reports.subscribe", "changes.subscribe"):
                name = "reported" if method == "reports.subscribe" else "changed"
                client.next[name] = max(int(params.get("from", 1)), self.logs[name].forgotten + 1)
                return {"from": client.next[name], "last": self.logs[name].last}
            if method != "acknowledged" or not client.is_upstream:
                raise Failure(-32601, f"unknown method '{method}'. Nothing was changed.")
            self.reports.forget(min(int(params["n"]), client.next["reported"] - 1))
            if not self.reports.items:
                self.flushed.set()
            return {}

    def _wish(self, params: Message, client: Client) -> int:
        number, at_step = params.get("number"), params.get("atStep")
        if type(number or 1) is not int or type(at_step or 0) is not int or number is not None and number < 1 or (at_step or 0) < 0:
            raise Failure(-32602, '"number" counts from 1 and "atStep" from 0, in integers. Nothing was changed.')
        if number in self.accepted:
            for n in [n for n, change in self.changes.items.items() if change["number"] == number]:
                client.send(method="changed", params={**self.changes.items[n], "n": n})
            return int(number or 0)
        wish: Message = {"by": "unknown", **{key: params[key] for key in ("by", "reason") if key in params}, "atStep": at_step}
        found = {tag: find(self.variables, "variable", tag) for tag in sorted(params.get("values", ()))}
        try:
            wish["values"] = {tag: variable.accept(params["values"][tag]) for tag, variable in found.items()}
        except Refused as refusal:
            raise Failure(2, str(refusal)) from None
        if not found:
            wish["trigger"] = find(self.triggers, "trigger", params["trigger"]).tag
        if len(self.pending) >= 10_000:
            raise Failure(2, "10000 changes wait for a step already. Nothing was changed.")
        wish["number"] = number or max(self.accepted, default=0) + 1
        self.accepted.add(wish["number"])
        waits = (at_step or 0) > self.step or any(variable.applies == "atStep" for variable in found.values())
        self.pending.append(wish) if waits else self._apply(wish)
        return int(wish["number"])

    def _apply(self, wish: Message) -> None:
        if "trigger" in wish:
            return self.triggers[wish["trigger"]].waiting.append(wish)
        for tag, value in wish["values"].items():
            self.variables[tag]._value, self.variables[tag]._changed = value, True
            for change in self.replay:
                change["values"].pop(tag, None)  # a newer change has come: the old ones do not count any more
        self._note(wish)

    def _note(self, wish: Message) -> None:
        kept = ("by", "number", "reason", "trigger" if "trigger" in wish else "values")
        self.changes.append({**{key: wish[key] for key in kept if key in wish}, "step": self.step, "time": time.time()})
        self._publish()
        self._write("ATTUNE_RECORD", [{**self.changes.items[self.changes.last], "n": self.changes.last}])

    def _write(self, name: str, messages: list[Message]) -> None:
        try:
            if os.environ.get(name):
                with open(os.open(os.environ[name], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
                    file.writelines(json.dumps(message) + "\n" for message in messages)
        except OSError as problem:
            self.warn(f"{name}: {problem}. Lines that are lost: {len(messages)}.")

    def _replay_to(self, step: int) -> None:
        """A resumed script is taken to be behind all earlier changes, until it tells its step."""
        self.replayed, self.is_replaying = step, any(change["step"] > step for change in self.replay)
        for variable in [self.variables[tag] for tag in {tag for c in self.replay for tag in c["values"]} & set(self.variables)]:
            value = self._replayed(variable)
            variable._changed, variable._value = variable._changed or value != variable._value, value

    def _replayed(self, variable: Live[Any]) -> Any:
        for change in reversed(self.replay):
            with contextlib.suppress(Refused):  # a script whose ranges have shrunk goes on
                if change["step"] <= self.replayed and variable.tag in change["values"]:
                    return variable.accept(change["values"][variable.tag])
        return variable.initial

    def _publish(self, declares: bool = False) -> None:
        self.declared += declares
        processes = sys.modules.get("multiprocessing.process")
        if not self.is_started and not (processes and processes.parent_process()):  # the script's helpers keep to themselves
            self.is_started = True
            try:
                self.link = Link(self)
            except OSError as problem:
                self.warn(f"{problem}. The program cannot be tuned; it goes on with its values.")
        if self.link:
            self.link.wake()

    def _forked(self) -> None:
        self.lock, self.is_started, self.link = threading.RLock(), True, None


def read_configuration() -> Message:
    """The object in ATTUNE_CONFIG; empty without it. Raises OSError or ValueError."""
    path = os.environ.get("ATTUNE_CONFIG")
    content = json.loads(open(path, encoding="utf-8").read()) if path else {}
    if not isinstance(content, dict):
        raise ValueError(f"ATTUNE_CONFIG: '{path}' holds no JSON object")
    return content


def read_changes() -> Iterator[Message]:
    """The changes in ATTUNE_CHANGES; a line that is none, as one cut off by a crash, is passed over."""
    path = os.environ.get("ATTUNE_CHANGES")
    for line in open(path, encoding="utf-8") if path and os.path.exists(path) else ():
        try:
            change = json.loads(line)
            yield {"number": int(change["number"]), "step": int(change["step"]), "values": dict(change.get("values") or {})}
        except (ValueError, KeyError, TypeError, AttributeError):
            pass


def find(known: dict[str, Any], what: str, tag: Any) -> Any:
    if tag not in known:
        raise Failure(1, f"unknown {what} '{tag}': the program has {', '.join(known) or 'none'}. Nothing was changed.")
    return known[tag]
