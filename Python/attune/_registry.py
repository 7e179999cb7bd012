"""What the program has declared, what waits for a step, what happened."""

from __future__ import annotations

import atexit
import json
import math
import os
import re
import sys
import threading
import time
from typing import Any, Iterator, Optional

from ._link import Client, Failure, Link
from ._live import Live, Refused, T, Trigger

Message = dict[str, Any]


class Log:
    """The last of many things, numbered from 1 without gaps."""

    def __init__(self, capacity: int) -> None:
        self.capacity, self.last, self.forgotten = capacity, 0, 0
        self.items: dict[int, Message] = {}

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
        self.address, self.pid, self.began = os.environ.get("ATTUNE_SOCKET"), os.getpid(), time.monotonic()
        self.name = re.sub(r"[^A-Za-z0-9._-]", "_", os.path.splitext(os.path.basename(sys.argv[0]))[0])[:40] or "python"
        self.socket_name = f"{'program-' * self.name.startswith('experiment')}{self.name}-{self.pid}.sock"
        self.variables: dict[str, Live[Any]] = {}
        self.triggers: dict[str, Trigger] = {}
        self.pending: list[Message] = []
        self.changes, self.reports = Log(10_000), Log(100_000 if self.address else 10_000)
        self.logs = {"changed": self.changes, "reported": self.reports}
        self.step = self.last_step = self.declared = 0
        self.lock, self.flushed = threading.RLock(), threading.Event()
        self.link: Optional[Link] = None
        self.is_started = self.was_greeted = self.is_overfull = False
        self.replay = list(read_changes())
        self.replayed = math.inf if os.environ.get("ATTUNE_RESUME") == "1" else 0
        self.is_replaying, self.accepted = bool(self.replay), {change["number"] for change in self.replay}
        atexit.register(self.finish)
        os.register_at_fork(after_in_child=self._forked)

    def declare(self, variable: Live[T]) -> Live[T]:
        with self.lock:
            known = self.variables.setdefault(variable.tag, variable)
            if known.kind != variable.kind:
                raise ValueError(f"'{variable.tag}' is declared as {known.kind} and as {variable.kind}")
            if known is variable:
                self._configure(variable)
                variable._value = self._replayed_value(variable)
            self._begin(declares=True)
            return known

    def declare_trigger(self, tag: str) -> Trigger:
        with self.lock:
            trigger = self.triggers.setdefault(tag, Trigger(self, tag))
            self._begin(declares=True)
            return trigger

    def report(self, step: Optional[int], metrics: dict[str, float]) -> None:
        if step is not None and step < 1:
            raise ValueError(f"report: step = {step} refused: it counts completed steps, from 1. Nothing was reported.")
        with self.lock:
            self.last_step = step or (self.step if self.step > self.last_step else self.last_step + 1)
            words = {name: value if math.isfinite(value) else str(value) for name, value in metrics.items()}
            self.flushed.clear()
            self.reports.append({"step": self.last_step, "metrics": words, "elapsed": time.monotonic() - self.began})
            if self.address and len(self.reports.items) == self.reports.capacity and not self.is_overfull:
                self.is_overfull = True
                self.warn(f"nobody takes the reports: of more than {self.reports.capacity} the oldest are dropped. The program goes on.")
            self._begin()
        self.advance(self.last_step)

    def advance(self, step: int) -> None:
        self.step = step
        if self.pending or self.is_replaying:
            with self.lock:
                if self.replayed == math.inf or step > self.replayed:
                    self._replay_to(step)
                due = [wish for wish in self.pending if (wish["atStep"] or 0) <= step]
                self.pending = [wish for wish in self.pending if wish not in due]
                for wish in due:
                    self._apply(wish)

    def set_own(self, tag: str, value: Any) -> None:
        with self.lock:
            self._apply({"number": 0, "by": "program", "values": {tag: self.variables[tag].accept(value)}})

    def consume(self, trigger: Trigger) -> bool:
        with self.lock:
            waiting, trigger.waiting = trigger.waiting, []
            for wish in waiting:
                self._note(wish)
        return bool(waiting)

    def finish(self, limit: float = 5.0) -> None:
        """Waits for the acknowledgement of the last report, and closes the socket."""
        link, deadline = self.link, time.monotonic() + limit
        if link:
            while self.address and not link.is_refused and self.reports.items and time.monotonic() < deadline:
                self.flushed.wait(0.1)
            link.stop()
            if self.address and not link.is_refused:
                self._leave_reports()

    def _leave_reports(self) -> None:
        """What nobody has taken is left in a file: the next agent finds it there."""
        path = os.environ.get("ATTUNE_REPORTS")
        with self.lock:
            lines = [json.dumps({**report, "n": number, "pid": self.pid}) + "\n" for number, report in self.reports.items.items()]
        if path and lines:
            try:
                with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
                    file.writelines(lines)
            except OSError as problem:
                self.warn(f"ATTUNE_REPORTS: {problem}. The last {len(lines)} reports, which no agent has taken, are lost.")

    def warn(self, problem: str) -> None:
        sys.stderr.write(f"attune: {problem}\n")

    def greeting(self) -> Message:
        return {"attempt": os.environ.get("ATTUNE_ATTEMPT_ID", ""), "token": os.environ.get("ATTUNE_TOKEN", ""), "name": self.name,
                "pid": self.pid, "protocol": 1, "reported": self.reports.last}

    def greeted(self, answer: Message, client: Client) -> None:
        known = int(answer.get("acknowledged") or 0)
        with self.lock:
            if not self.was_greeted:  # what an earlier process of the attempt has reported comes before ours
                self.was_greeted, self.reports.last, self.reports.forgotten = True, self.reports.last + known, self.reports.forgotten + known
                self.reports.items = {number + known: report for number, report in self.reports.items.items()}
            self.reports.forget(known)
            client.next = {"changed": int(answer.get("changes") or 0) + 1, "reported": self.reports.forgotten + 1}

    def declaration(self) -> Message:
        variables = [{**variable.descriptor, "value": variable._value} for variable in self.variables.values()]
        return {"variables": variables, "triggers": list(self.triggers)}

    def answer(self, method: str, params: Message, client: Client) -> Message:
        """The result of a request. Raises Failure."""
        with self.lock:
            if method == "hello":
                attempt = {"attempt": os.environ["ATTUNE_ATTEMPT_ID"]} if "ATTUNE_ATTEMPT_ID" in os.environ else {}
                return {"name": self.name, "pid": self.pid, "protocol": 1, "step": self.step, **attempt}
            if method == "variables.list":
                return self.declaration()
            if method == "variables.get":
                tags = params.get("tags", list(self.variables))
                return {"step": self.step, "values": {tag: find("variable", self.variables, tag)._value for tag in tags}}
            if method in ("variables.set", "trigger.fire"):
                return {"number": self._change(method == "trigger.fire", params, client)}
            if method in ("reports.subscribe", "changes.subscribe"):
                name = "reported" if method == "reports.subscribe" else "changed"
                client.next[name] = max(int(params.get("from", 1)), self.logs[name].forgotten + 1)
                return {"from": client.next[name], "last": self.logs[name].last}
            if method == "acknowledged" and client.is_upstream:
                self.reports.forget(min(int(params["n"]), client.next["reported"] - 1))
                if not self.reports.items:
                    self.flushed.set()
                return {}
            raise Failure(-32601, f"unknown method '{method}'. Nothing was changed.")

    def _change(self, fires: bool, params: Message, client: Client) -> int:
        number, at_step = params.get("number"), params.get("atStep")
        if type(number or 1) is not int or type(at_step or 0) is not int or number is not None and number < 1 or (at_step or 0) < 0:
            raise Failure(-32602, '"number" counts from 1 and "atStep" from 0, in integers. Nothing was changed.')
        if number in self.accepted:
            for n, change in self.changes.items.items():
                if change["number"] == number:
                    client.send(method="changed", params={**change, "n": n})
            return int(number or 0)
        wish: Message = {"by": "unknown", "atStep": at_step, **{key: params[key] for key in ("by", "reason") if key in params}}
        waits = at_step is not None and at_step > self.step
        if fires:
            wish["trigger"] = find("trigger", self.triggers, params["trigger"]).tag
        else:
            found = {tag: find("variable", self.variables, tag) for tag in sorted(params["values"])}
            try:
                wish["values"] = {tag: variable.accept(params["values"][tag]) for tag, variable in found.items()}
            except Refused as refusal:
                raise Failure(2, str(refusal)) from None
            waits = waits or any(variable.applies == "atStep" for variable in found.values())
        if len(self.pending) >= 10_000:
            raise Failure(2, "10000 changes wait for a step already. Nothing was changed.")
        wish["number"] = number or max(self.accepted, default=0) + 1
        self.accepted.add(wish["number"])
        if waits:
            self.pending.append(wish)
        else:
            self._apply(wish)
        return int(wish["number"])

    def _apply(self, wish: Message) -> None:
        if "trigger" in wish:
            self.triggers[wish["trigger"]].waiting.append(wish)
            return
        for tag, value in wish["values"].items():
            self.variables[tag]._value, self.variables[tag]._changed = value, True
            for change in self.replay:
                change["values"].pop(tag, None)  # a newer change has come: the old ones do not count any more
        self._note(wish)

    def _note(self, wish: Message) -> None:
        change = {**{key: value for key, value in wish.items() if key != "atStep"}, "step": self.step, "time": time.time()}
        self.changes.append(change)
        self._begin()
        if os.environ.get("ATTUNE_RECORD"):
            try:
                with open(os.open(os.environ["ATTUNE_RECORD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
                    file.write(json.dumps({**change, "n": self.changes.last}) + "\n")
            except OSError as problem:
                self.warn(f"ATTUNE_RECORD: {problem}. The change is not recorded there.")

    def _configure(self, variable: Live[Any]) -> None:
        try:
            configured = read_configuration().get(variable.tag)
        except (OSError, ValueError) as problem:
            return self.warn(f"ATTUNE_CONFIG: {problem}. The program uses its defaults.")
        if configured is not None:
            try:
                variable.initial = variable.accept(configured)
            except Refused as refusal:
                value = variable.convert(configured)
                self.warn(str(refusal) if value is None else f"{str(refusal).split(' The')[0]} It comes from the configuration: the program uses it.")
                variable.initial = variable.initial if value is None else value

    def _replay_to(self, step: int) -> None:
        """A resumed script is taken to be behind all earlier changes, until it tells its step."""
        self.replayed, self.is_replaying = step, any(change["step"] > step for change in self.replay)
        for tag in {tag for change in self.replay for tag in change["values"] if tag in self.variables}:
            variable, value = self.variables[tag], self._replayed_value(self.variables[tag])
            variable._value, variable._changed = value, variable._changed or value != variable._value

    def _replayed_value(self, variable: Live[Any]) -> Any:
        values = [c["values"][variable.tag] for c in self.replay if c["step"] <= self.replayed and variable.tag in c["values"]]
        return variable.convert(values[-1]) if values else variable.initial

    def _begin(self, declares: bool = False) -> None:
        self.declared += declares
        processes = sys.modules.get("multiprocessing.process")
        if not self.is_started and not (processes and processes.parent_process()):  # the script's helpers keep their values to themselves
            self.is_started = True
            try:
                self.link = Link(self)
            except OSError as problem:
                self.warn(f"{problem} The program cannot be tuned; it goes on with its values.")
        if self.link:
            self.link.wake()

    def _forked(self) -> None:
        self.lock, self.is_started = threading.RLock(), True
        if self.link:
            self.link.sever()
        self.link = None


def read_configuration() -> Message:
    """The object in ATTUNE_CONFIG; empty without it. Raises OSError or ValueError."""
    path = os.environ.get("ATTUNE_CONFIG")
    content = json.loads(open(path, encoding="utf-8").read()) if path else {}
    if not isinstance(content, dict):
        raise ValueError(f"'{path}' holds no JSON object")
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


def find(what: str, known: dict[str, Any], tag: Any) -> Any:
    """What is declared under the tag. Raises Failure."""
    if tag not in known:
        raise Failure(1, f"unknown {what} '{tag}': the program has {', '.join(known) or 'none'}. Nothing was changed.")
    return known[tag]
