"""What the process has declared, what waits, what happened."""

from __future__ import annotations

import atexit
import json
import math
import operator
import os
import sys
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence, SupportsFloat, TypeVar

from . import _files
from ._changes import PENDING_LIMIT, Accepted, Message, Snapshot, circumstances, taken_over, unknown
from ._reading import plain
from ._triggers import DECLARABLE, LOAD, PAUSE, RESUME, Trigger
from ._values import KINDS, Live, LiveText, Refused, check_tag, follow, typed_bounds, typed_choices

if TYPE_CHECKING:
    from ._link import Link
    from ._rank_link import Group
    from ._replay import Earlier, Schedule

T = TypeVar("T", bool, int, float, str)
KEPT, KEPT_UPSTREAM = 10_000, 100_000


class Registry:
    """The variables and triggers of a process. What fails on the way to others fails nothing here."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.resumed = threading.Condition(self.lock)
        self.variables: dict[str, Live[Any]] = {}
        self.triggers: dict[str, Trigger] = {}
        self.pending: list[tuple[int, Message]] = []  # changes and firings that wait for a step
        self.pauses: list[Message] = []  # accepted, and not yet taken effect
        self.is_paused = False
        self.is_interrupted = False  # paused, and let through for one step by a signal
        self.accepted = Accepted()
        self.counts = {"changed": 0, "reported": 0}
        self.step = self.last_step = 0
        self.began = time.monotonic()
        self.warmup: float | None = None  # seconds from the process's start to its first report
        self.link: Link | None = None  # from the first news on
        self.group: Group | None = None  # the ranks that change together with this process
        # A child leaves everything to its parent; another rank than the first, under an experiment, to the first.
        self.is_quiet = bool(os.environ.get("ATTUNE_SOCKET")) and _files.is_follower()
        kept = KEPT_UPSTREAM if os.environ.get("ATTUNE_SOCKET") else KEPT
        self.logs: dict[str, deque[Message]] = {"changed": deque(maxlen=KEPT), "reported": deque(maxlen=kept)}
        self.loads: deque[tuple[int, int]] = deque(maxlen=16)  # numbers of changes that loaded, and of the last report before
        self.earlier: Earlier | None = None
        self.schedule: Schedule | None = None
        self._shared: dict[Any, Any] = {}
        self._records = bool(os.environ.get("ATTUNE_RECORD"))
        self._read_replays()
        atexit.register(self.finish)
        os.register_at_fork(after_in_child=self._be_quiet)

    def live(
        self, tag: str, default: T, *, min: float | None = None, max: float | None = None, choices: Sequence[T] | None = None,
        scale: str = "linear", step: float | None = None, unit: str | None = None, help: str | None = None, group: str | None = None,
        applies: str = "immediately", validate: Callable[[T], str | None] | None = None,
    ) -> Live[T]:
        """Declares a value that can be changed while the program runs; with `applies="atStep"`, at the next `step` or `report` only.

        `validate` looks at a value before it is accepted, and returns the reason against it, or None. A parameter of that name replaces the
        default. The same tag gives the same object. Raises ValueError for what is not allowed.
        """
        default = plain(default)
        if type(default) not in KINDS or scale not in ("linear", "log") or applies not in ("immediately", "atStep"):
            raise ValueError(f"'{tag}': allowed are a bool, int, float or str; scale linear or log; applies immediately or atStep")
        check_tag(tag)
        kind = "choice" if choices else KINDS[type(default)][0]
        hints = {
            "choices": typed_choices(tag, type(default), choices or ()), "scale": scale, "step": step, "unit": unit, "help": help,
            "group": group, "applies": applies, "validate": validate,
        }  # fmt: skip
        told = {name: hint for name, hint in hints.items() if hint not in (None, (), "linear", "immediately")}
        with self.lock:
            if tag not in self.variables:
                self._declare(tag, default, typed_bounds(tag, type(default), (min, max)), told)
            variable: Live[T] = self.variables[tag]
            if variable.kind != kind:
                raise ValueError(f"'{tag}' is declared as {variable.kind} and as {kind}")
            self.ring()
            return variable

    def trigger(self, tag: str, counted: bool = False) -> Trigger:
        """Declares a button that can be pressed while the program runs. Of a counted one, each firing is told. Raises ValueError."""
        check_tag(tag, DECLARABLE)
        with self.lock:
            if tag not in self.triggers:
                self.triggers[tag] = Trigger(self, tag, counted)
                self._apply_replays()
            elif self.triggers[tag].counted != counted:
                raise ValueError(f"trigger '{tag}' is declared as counted and as not counted")
            self.ring()
            return self.triggers[tag]

    def report(self, step: int | None = None, **metrics: SupportsFloat) -> None:
        """Reports numbers of a completed step: from 1; without one, of the next. nan and infinity are allowed. It waits only for the end of
        a pause. Raises ValueError."""
        if step is not None and step < 1:
            raise ValueError(f"report: step = {step} refused: it counts completed steps, from 1. Nothing was reported.")
        words = {name: number if math.isfinite(number := float(value)) else str(number) for name, value in metrics.items()}
        with self.lock:
            self.last_step = int(step or (self.step if self.step > self.last_step else self.last_step + 1))
            warmup = self._warm_up() if self.warmup is None else {}
            self._add("reported", {"step": self.last_step, "metrics": words, "elapsed": time.monotonic() - self.began, **warmup})
            if len(self.logs["reported"]) == KEPT_UPSTREAM and self.counts["reported"] % KEPT_UPSTREAM == 0:
                warn("nobody takes the reports: beyond 100,000 the oldest are dropped. The program goes on.")
        self.advance(self.last_step)

    def advance(self, step: int) -> None:
        """Tells that so many steps are completed; changes that waited for it take effect now, and a pause that was asked for. `report` does
        it too. Raises ValueError."""
        if type(step) is not int:
            step = operator.index(step)  # of numpy, for example
        if step < 0:
            raise ValueError(f"step: {step} refused: it counts completed steps, from 0. Nothing was changed.")
        self.step = step
        if self.pending or self.pauses or self.earlier or self.schedule or self.is_interrupted or self.group:
            with self.lock:
                if self.group:
                    self.group.hold(step)
                self._settle()

    def change(self, values: Mapping[str, Any] | None = None, /, reason: str | None = None, **more: Any) -> None:
        """Changes variables by the program itself: all of them at once, or none. Raises Refused."""
        accepted = self._accept_values({**(values or {}), **more})
        with self.lock:
            self.apply({"number": 0, "by": "program", **({"reason": reason} if reason else {}), "values": accepted})

    def snapshot(self) -> Snapshot:
        """All values of one moment: no change is half in it."""
        with self.lock:
            return Snapshot({tag: variable() for tag, variable in self.variables.items()}, self.step)

    def ask(
        self, params: Message, tell: Callable[[Message], object] | None = None, later: Callable[[Message | Refused], None] | None = None,
    ) -> Message | None:
        """Accepts values or a firing that somebody asks for; what came before under the same number is told again. None when the ranks are
        asked: `later` is then given their answer. Raises Refused."""
        number, at_step, said = circumstances(params)
        if self._is_repeated(number, tell):
            return {"number": number, "by": said["by"]}
        values = self._accept_values(params["values"]) if "values" in params else {}
        trigger = None if values else str(params["trigger"])
        if trigger == LOAD:
            self._taken_over(said)  # refused now, or not at all
        with self.lock:
            if self._is_repeated(number, tell):
                return {"number": number, "by": said["by"]}
            if trigger and trigger not in self.triggers and trigger not in (PAUSE, RESUME):
                raise unknown("trigger", trigger, self.triggers)
            waiting = self.triggers[trigger]._waiting if trigger in self.triggers else self.pauses
            if len(self.pending) + len(waiting) >= PENDING_LIMIT:
                raise Refused(f"{PENDING_LIMIT} changes wait already. Nothing was changed.")
            number = number or self.accepted.highest + 1
            change = said
            change["number"], change["values" if values else "trigger"] = number, values or trigger
            if self.group and later and trigger not in (PAUSE, RESUME):
                self.accepted.highest = max(self.accepted.highest, number)
                self.group.ask(change, at_step, later)
                return None
            self.accepted.add(number)
            if at_step > self.step or (not self.is_paused and self._wait_for_steps(values)):
                self.pending.append((at_step, change))
            elif values:
                self.apply(change, immediate=not self.is_paused)
            else:
                self._pull(change)
            return {"number": number, "by": said["by"]}

    def consume(self, trigger: Trigger) -> Message | None:
        """The program has seen that the trigger fired: notes it. The firing that it sees; None when another thread was first."""
        with self.lock:
            taken: Message | None = None
            while trigger._waiting and not (taken and trigger.counted):
                taken = trigger._waiting.popleft()
                values = self._taken_over(taken) if trigger.tag == LOAD and not self.objection(taken) else {}
                self.apply({**taken, "values": values}) if values else self._note(taken)
                if trigger.tag == LOAD:
                    self.loads.append((self.counts["changed"], self.counts["reported"]))
            return taken

    def apply(self, change: Message, immediate: bool = False, is_scheduled: bool = False) -> None:
        """Lets accepted values take effect. A later change of an earlier attempt is newer than a schedule's."""
        with self.lock:
            followed: list[Live[Any]] = []
            for tag, value in change["values"].items():
                variable = self.variables[tag]
                variable._value, variable._changed = value, True
                if variable._followers:
                    followed.append(variable)
                if self.earlier and not is_scheduled:
                    self.earlier.forget(tag)  # a newer change has come
            if followed:
                follow(followed)
            self._note(change, immediate)

    def objection(self, change: Message) -> str | None:
        """Why this rank does not make a change of its group."""
        try:
            if "values" in change:
                self._accept_values(change["values"])
            elif change["trigger"] not in self.triggers:
                raise unknown("trigger", change["trigger"], self.triggers)
            elif change["trigger"] == LOAD:
                self._taken_over(change)
        except Refused as problem:
            return str(problem)
        return None

    def find(self, tag: str) -> Live[Any]:
        """Raises Refused with code 1."""
        try:
            return self.variables[tag]
        except (KeyError, TypeError):
            raise unknown("variable", tag, self.variables) from None

    def acknowledged(self, number: int) -> None:
        """Reports up to that number are kept by somebody else for good."""
        with self.lock:
            while self.logs["reported"] and self.logs["reported"][0]["n"] <= number:
                self.logs["reported"].popleft()

    def finish(self, limit: float = 5.0) -> None:
        """Returns when the others have all that happened. Reports that nobody takes in time are left to the next agent in a file."""
        with self.lock:
            self.pauses, self.is_paused, self.is_interrupted = [], False, False
            self.resumed.notify_all()
        if self.group:
            self.group.finish()
        if self.link and self.link.finish(limit):
            _files.append("ATTUNE_REPORTS", [{**report, "pid": os.getpid()} for report in self.logs["reported"]])
        if self.link and os.environ.get("ATTUNE_LEDGER"):
            _files.append("ATTUNE_LEDGER", [{**self.link.ledger(), "pid": os.getpid()}])

    def _is_repeated(self, number: int | None, tell: Callable[[Message], object] | None) -> bool:
        if number is None or number not in self.accepted:
            return False
        with self.lock:
            for change in [change for change in self.logs["changed"] if change["number"] == number]:
                if tell:
                    tell(change)
        return True

    def _taken_over(self, change: Message) -> Message:
        values = taken_over(change)
        return self._accept_values(values) if values else {}

    def _wait_for_steps(self, values: Message) -> bool:
        for tag in values:
            if self.variables[tag].waits_for_steps:
                return True
        return False

    def _warm_up(self) -> Message:
        from ._ledger import age

        self.warmup = round(age(), 3)
        if not self.is_quiet:
            _files.append("ATTUNE_LEDGER", [{"warmup": self.warmup, "elapsed": self.warmup, "pid": os.getpid()}])
        return {"warmup": self.warmup}

    def _accept_values(self, values: Any) -> Message:
        """Checked outside the lock, so that a validator may take its time."""
        if not values or not isinstance(values, Mapping):
            raise Refused(f'"values" is an object of at least one value by tag; got {json.dumps(values, default=str)[:80]}', -32602)
        tags = sorted(values) if len(values) > 1 else values
        found = [self.find(tag) for tag in tags]
        return {variable.tag: variable.accept(values[variable.tag]) for variable in found}

    def _declare(self, tag: str, default: T, bounds: Any, told: Message) -> None:
        kind = type(default)
        try:
            hints = self._shared.setdefault((kind, *told.items()), told) if told else None
        except TypeError:  # a validator or choices that have no hash
            hints = told
        bounds = self._shared.setdefault((kind, bounds), bounds) if bounds else None
        form: Any = LiveText if kind is str else Live
        variable: Live[T] = form(self, tag, default, bounds, hints)
        configuration = _files.configuration()
        if tag in configuration:
            variable._value = variable.accept(configuration[tag])
        self.variables[tag] = variable
        for replay in (self.earlier, self.schedule):
            if replay:
                replay.declared(variable)
        if self.group and tag in self.group.inherited:
            variable._value = variable.accept(self.group.inherited[tag])
        self._apply_replays()

    def _settle(self) -> None:
        """What waited for the step takes effect, in the order of acceptance; then a pause, which returns when it is over."""
        if self.earlier:
            self.earlier.advance(self.step, self.variables)
            if not self.earlier:
                self.earlier = None
        self._apply_replays()
        due = [change for at, change in self.pending if at <= self.step]
        self.pending = [(at, change) for at, change in self.pending if at > self.step]
        for change in due:
            self.apply(change) if "values" in change else self._pull(change)
        if self.group:
            self.group.make()
        if self.pauses or self.is_interrupted:
            from ._pause import hold

            for change in self.pauses:
                self._note(change)
            self.pauses, self.is_interrupted = [], False
            hold(self)

    def _resume(self, change: Message | None = None) -> None:
        for pause in self.pauses:
            self._note(pause)
        if change:
            self._note(change)
        self.pauses, self.is_paused, self.is_interrupted = [], False, False
        self.resumed.notify_all()

    def _pull(self, change: Message) -> None:
        if change["trigger"] == RESUME:
            self._resume(change)
        elif change["trigger"] != PAUSE:
            self.triggers[change["trigger"]]._waiting.append(change)
        elif self.is_paused:
            self._note(change)
        else:
            self.pauses.append(change)

    def _read_replays(self) -> None:
        if os.environ.get("ATTUNE_CHANGES") or os.environ.get("ATTUNE_REPLAY"):
            from ._replay import Earlier, Schedule

            self.earlier = Earlier.read(os.environ.get("ATTUNE_CHANGES"), self.accepted.add)
            self.schedule = Schedule.read(os.environ.get("ATTUNE_REPLAY"), done=os.environ.get("ATTUNE_CHANGES"))

    def _apply_replays(self) -> None:
        if self.schedule:
            for change in self.schedule.due(self.step, self.variables, self.triggers):
                self.apply(change, is_scheduled=True) if "values" in change else self._pull(change)
            if not self.schedule:
                self.schedule = None  # nothing left to look for at each step

    def _note(self, change: Message, immediate: bool = False) -> None:
        change["step"], change["time"] = self.step, time.time()
        if immediate:
            change["immediate"] = True
        if not (self.group and self.group.keeps(change)):
            self.publish(change)

    def publish(self, change: Message) -> None:
        """Tells and records what took effect."""
        self._add("changed", change)
        if self._records and not self.is_quiet:
            _files.append("ATTUNE_RECORD", [change])

    def _add(self, log: str, item: Message) -> None:
        item["n"] = self.counts[log] = self.counts[log] + 1
        self.logs[log].append(item)
        self.ring()

    def ring(self) -> None:
        """There is news for others. The first opens the link."""
        if self.link:
            self.link.ring()
        elif not self.is_quiet:
            process = sys.modules.get("multiprocessing.process")
            self.is_quiet = bool(process and (process.parent_process() or hasattr(process.current_process(), "_inheriting")))
            if not self.is_quiet:  # no spawned worker
                from ._link import Link  # only now: many a program that imports the library declares nothing

                self.link = Link(self)
                self.link.ring()
                if os.environ.get("ATTUNE_LIVETUNE_PORT"):
                    from ._livetune import serve

                    serve(self)

    def _be_quiet(self) -> None:
        """In a forked child: it keeps its values, and leaves the rest to its parent."""
        self.lock = threading.RLock()
        self.resumed = threading.Condition(self.lock)
        self.pauses, self.is_paused, self.is_interrupted, self.earlier, self.schedule = [], False, False, None, None
        for talking in (self.link, self.group):
            if talking:
                talking.abandon()
        self.link, self.group, self.is_quiet = None, None, True


def warn(problem: str) -> None:
    """All that a library under a program may say: one line, and only when something of it does not work."""
    print(f"attune: {problem}", file=sys.stderr)
