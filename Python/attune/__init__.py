"""Hyperparameters that can be changed while a program trains. Without Attune around it, a script runs just the same."""

from __future__ import annotations

import atexit, builtins, collections, contextlib, itertools, json, math, operator, os, pathlib, re, select, socket, sys, threading, time
from typing import Any, Callable, Generic, Mapping, Sequence, SupportsFloat, TypeVar

__all__ = ["Live", "Refused", "Trigger", "checkpoint_directory", "config", "live", "report", "resuming", "seed", "step", "trigger"]
Message = dict[str, Any]
Log = collections.deque[Message]
T = TypeVar("T", bool, int, float, str)
KINDS = {bool: ("bool", "true or false"), int: ("int", "any integer"), float: ("float", "any finite number"), str: ("string", "any text")}
LINE_LIMIT, OUTGOING_LIMIT, WINDOW, PATIENCE = 1 << 20, 16 << 20, 1000, 30.0
_Number: Any = object  # to a type checker, a live variable is also the value that it reads as


class Refused(ValueError):
    """A value was refused; the message says what is allowed."""


class Live(Generic[T], _Number):  # type: ignore[misc]
    """A value that can change while the program runs. `rate()` is an attribute read; it calculates and compares like its value."""
    __slots__ = ("_apply", "_value", "_changed", "base", "description")
    __array_ufunc__ = None  # numpy then leaves `array * rate` to us, and the array keeps its type

    def __init__(self, apply: Callable[[Message], None], default: T, description: Message) -> None:
        self._apply, self._changed, self.description = apply, False, description
        self._value: T = default
        self.base: T = self.accept(default)

    def __call__(self) -> T:
        return self._value

    @property
    def value(self) -> T:
        """What it holds now. Assigning changes it at once, recorded like any change; raises Refused."""
        return self._value

    @value.setter
    def value(self, value: T) -> None:
        self._apply({"number": 0, "by": "program", "values": {self.description["tag"]: self.accept(value)}})

    def is_changed(self) -> bool:
        """Whether it has been changed since the last time this was asked."""
        if not self._changed:
            return False
        self._changed = False
        return True

    def accept(self, value: Any) -> T:
        """The value in the variable's type. Raises Refused when it is of another type, out of range, nan or infinite."""
        choices, (low, high) = self.description.get("choices"), self.description.get("range", (None, None))
        sorts = [float if isinstance(v, (int, float)) and not isinstance(v, bool) else type(v) for v in (value, self._value)]
        if sorts[0] is sorts[1] and (sorts[0] is not float or math.isfinite(value)):
            for result in choices or [type(self._value)(value)]:
                if result == value and (low is None or low <= result) and (high is None or result <= high):
                    return result  # type: ignore[no-any-return]
        bounds = f"{low} or more" if high is None else f"{high} or less" if low is None else f"{low}...{high}"
        allowed = bounds if (low, high) != (None, None) else ", ".join(map(str, choices or [KINDS[type(self._value)][1]]))
        arrived, kept = (str(v).lower() if isinstance(v, bool) else str(v) for v in (value, self._value))
        arrived = f"'{value}'" if isinstance(value, str) else arrived
        raise Refused(f"'{self.description['tag']}' = {arrived} refused: allowed {allowed}. The program keeps {kept}.")


class Trigger:
    """A button that can be pressed while the program runs."""
    def __init__(self, registry: Registry, tag: str) -> None:
        self._registry, self.tag = registry, tag

    def fired(self) -> bool:
        """Whether it was fired since the last time this was asked."""
        return bool(self._registry.pending) and self._registry.settle(self.tag)


class Peer:
    """The other end of a connection, with the numbers that come next for it; 0 for what it has not asked for."""
    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self.socket, self.incoming, self.outgoing, self.has_ended = end, b"", bytearray(), False
        self.next, self.declared, self.deadline = {"changed": 0, "reported": 0}, 0, time.monotonic() + PATIENCE

    def send(self, **message: Any) -> None:
        self.outgoing += json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":"), default=str).encode() + b"\n"


class Registry:
    """What the process has declared, what waits, what happened, and who listens. What fails on the way to others fails nothing else."""
    def __init__(self) -> None:
        name = re.sub(r"[^A-Za-z0-9._-]", "_", os.path.splitext(os.path.basename(sys.argv[0]))[0])[:40] or "python"
        self.identity = {"name": name, "pid": os.getpid(), "protocol": 1, "attempt": os.environ.get("ATTUNE_ATTEMPT_ID")}
        self.thread, self.lock, self.path = threading.Thread(target=self._talk, name="attune", daemon=True), threading.RLock(), ""
        self.peers, self.is_started, self.is_awake, self.was_greeted = list[Peer](), False, False, False
        self.variables, self.triggers, self.pending = dict[str, Live[Any]](), dict[str, Trigger](), list[tuple[int, Message]]()
        self.address, self.token = os.environ.get("ATTUNE_SOCKET"), os.environ.get("ATTUNE_TOKEN", "")
        self.logs = {"changed": Log(maxlen=10_000), "reported": Log(maxlen=100_000 if self.address else 10_000)}
        self.counts, self.step, self.last_step, self.began, self.end = {"changed": 0, "reported": 0}, 0, 0, time.monotonic(), math.inf
        self.earlier, self.accepted = dict[str, list[tuple[int, Any]]](), set[int]()  # what earlier attempts changed: step, value; numbers
        path = os.environ.get("ATTUNE_CHANGES", "")
        for line in open(path, encoding="utf-8") if os.path.exists(path) else ():
            with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):  # a line that a crash cut off
                change = json.loads(line)
                self.accepted.add(int(change["number"]))
                for tag, value in change.get("values", {}).items():
                    self.earlier.setdefault(tag, []).append((int(change["step"]), value))
        atexit.register(self.finish)
        os.register_at_fork(after_in_child=lambda: vars(self).update(lock=threading.RLock(), is_started=True, peers=[]))  # quiet there

    def live(self, tag: str, default: T, *, min: float | None = None, max: float | None = None, choices: Sequence[T] | None = None,
             scale: str = "linear", step: float | None = None, unit: str | None = None, help: str | None = None,
             group: str | None = None, applies: str = "immediately") -> Live[T]:
        """Declares a value that can be changed while the program runs; with `applies="atStep"`, at the next `step` or `report` only.
        A parameter of that name replaces the default. The same tag gives the same object. Raises ValueError for what is not allowed."""
        if type(default) not in KINDS or scale not in ("linear", "log") or applies not in ("immediately", "atStep"):
            raise ValueError(f"'{tag}': allowed are a bool, int, float or str; scale linear or log; applies immediately or atStep")
        bounds = [None if b in (None, -math.inf, math.inf) else float(b) if type(default) is float else int(b) for b in (min, max)]
        hints = dict(range=bounds, choices=list(choices or ()), scale=scale, step=step, unit=unit, help=help, group=group, applies=applies)
        told = {name: hint for name, hint in hints.items() if hint not in (None, [], [None, None], "linear", "immediately")}
        kind = "choice" if choices else KINDS[type(default)][0]
        with self.lock:
            if tag not in self.variables:
                variable = Live(self.apply, default, {"tag": tag, "type": kind, **told})
                variable.base = variable._value = variable.accept(self.config({}).get(tag, default))
                self._replay(variable, math.inf if self.resuming() and not self.step else self.step)  # behind all, until it tells
                self.variables[tag] = variable
            elif self.variables[tag].description["type"] != kind:
                raise ValueError(f"'{tag}' is declared as {self.variables[tag].description['type']} and as {kind}")
            self._ring()
            return self.variables[tag]

    def trigger(self, tag: str) -> Trigger:
        """Declares a button that can be pressed while the program runs."""
        with self.lock:
            self.triggers.setdefault(tag, Trigger(self, tag))
            self._ring()
            return self.triggers[tag]

    def report(self, step: int | None = None, **metrics: SupportsFloat) -> None:
        """Reports numbers of a completed step: from 1; without one, of the next. Never waits. nan and infinity are allowed."""
        if step is not None and step < 1:
            raise ValueError(f"report: step = {step} refused: it counts completed steps, from 1. Nothing was reported.")
        words = {name: number if math.isfinite(number := float(value)) else str(number) for name, value in metrics.items()}
        with self.lock:
            self.last_step = step or (self.step if self.step > self.last_step else self.last_step + 1)
            self._add("reported", {"step": self.last_step, "metrics": words, "elapsed": time.monotonic() - self.began})
            if len(self.logs["reported"]) == 100_000 and self.counts["reported"] % 100_000 == 0:
                print("attune: nobody takes the reports: beyond 100,000 the oldest are dropped. The program goes on.", file=sys.stderr)
        self.advance(self.last_step)

    def advance(self, step: int) -> None:
        """Tells that so many steps are completed; changes that waited for it take effect now. `report` does it too."""
        self.step = step
        if self.earlier:
            with self.lock:
                for tag in self.earlier.keys() & self.variables.keys():
                    self._replay(self.variables[tag], step)
        if self.pending:
            self.settle(None)

    def config(self, defaults: Mapping[str, Any]) -> dict[str, Any]:
        """The experiment's parameters over the defaults. Raises OSError or ValueError when ATTUNE_CONFIG cannot be read."""
        return {**defaults, **json.loads(pathlib.Path(path).read_bytes() if (path := os.environ.get("ATTUNE_CONFIG")) else "{}")}

    def checkpoint_directory(self) -> pathlib.Path | None:
        """The trial's own directory for checkpoints; None without an experiment."""
        return pathlib.Path(os.environ["ATTUNE_CHECKPOINT"]) if os.environ.get("ATTUNE_CHECKPOINT") else None

    def resuming(self) -> bool:
        """Whether the checkpoint directory may hold a checkpoint to go on from."""
        return os.environ.get("ATTUNE_RESUME") == "1"

    def seed(self, default: int = 0) -> int:
        """A number for the program's random generators: the same for every attempt of a trial."""
        return int(os.environ.get("ATTUNE_SEED") or default)

    def settle(self, trigger: str | None) -> bool:
        with self.lock:
            due = [change for at, change in self.pending if at <= self.step and change.get("trigger") == trigger]
            self.pending = [(at, change) for at, change in self.pending if change not in due]
            for change in due:
                self.apply(change)
        return bool(due)

    def apply(self, change: Message) -> None:
        with self.lock:
            for tag, value in change.get("values", {}).items():
                self.earlier.pop(tag, None)  # a newer change has come
                variable = self.variables[tag]
                variable.base, variable._value, variable._changed = value, value, True
            self._add("changed", {**change, "step": self.step, "time": time.time()})
            self._write("ATTUNE_RECORD", [self.logs["changed"][-1]])

    def _write(self, name: str, lines: list[Message]) -> None:
        try:
            if lines and os.environ.get(name):
                with open(os.open(os.environ[name], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as file:
                    file.writelines(json.dumps(line) + "\n" for line in lines)
        except OSError as problem:
            print(f"attune: {name}: {problem}. Lines that are lost: {len(lines)}.", file=sys.stderr)

    def finish(self, limit: float = 5.0) -> None:
        """Returns when the others have all that happened. Reports that nobody takes in time are left to the next agent in a file."""
        if self.thread.is_alive():
            self.end = time.monotonic() + (limit if self.address else 1.0)
            self.bell.send(b"!")
            self.thread.join(limit + 2.0)
            self._write("ATTUNE_REPORTS", [{**report, "pid": os.getpid()} for report in self.logs["reported"] if self.address])

    def declaration(self) -> Message:
        return {"variables": [{**one.description, "value": one()} for one in self.variables.values()], "triggers": list(self.triggers)}

    def answer(self, method: str, params: Message, peer: Peer) -> Message:
        if method == "hello":
            return {**self.identity, "step": self.step}
        if method == "variables.list":
            return self.declaration()
        if method == "variables.get":
            return {"step": self.step, "values": {tag: self._find("variable", tag)() for tag in params.get("tags", self.variables)}}
        if method in ("variables.set", "trigger.fire"):
            return {"number": self._ask(params, peer)}
        if method in ("reports.subscribe", "changes.subscribe"):
            log = "reported" if method == "reports.subscribe" else "changed"
            peer.next[log] = max(int(params.get("from", 1)), self.counts[log] - len(self.logs[log]) + 1)
            return {"from": peer.next[log], "last": self.counts[log]}
        if method != "acknowledged" or not self.address:
            raise Refused(f"unknown method '{method}'. Nothing was changed.", -32601)
        while self.logs["reported"] and self.logs["reported"][0]["n"] <= min(params["n"], peer.next["reported"] - 1):
            self.logs["reported"].popleft()
        return {}

    def _ask(self, params: Message, peer: Peer) -> int:
        number, at_step = params.get("number"), params.get("atStep") or 0
        if type(number or 1) is not int or type(at_step) is not int or at_step < 0 or number is not None and number < 1:
            raise Refused('"number" counts from 1 and "atStep" from 0, in integers. Nothing was changed.', -32602)
        if number in self.accepted:
            for known in [known for known in self.logs["changed"] if known["number"] == number]:
                peer.send(method="changed", params=known)
            return int(number)
        found = {tag: self._find("variable", tag) for tag in sorted(params.get("values", ()))}
        values = {tag: variable.accept(params["values"][tag]) for tag, variable in found.items()}
        what = {"values": values} if values else {"trigger": self._find("trigger", params["trigger"]).tag}
        said: Message = {key: params[key] for key in ("by", "reason") if key in params}
        change = {"by": "unknown", **said, **what, "number": number or max(self.accepted, default=0) + 1}
        self.accepted.add(change["number"])
        waits = not found or at_step > self.step or any("applies" in variable.description for variable in found.values())
        self.pending.append((at_step, change)) if waits else self.apply(change)
        return int(change["number"])

    def _find(self, what: str, tag: str) -> Any:
        known: dict[str, Any] = self.variables if what == "variable" else self.triggers
        if tag not in known:
            raise Refused(f"unknown {what} '{tag}': the program has {', '.join(known) or 'none'}. Nothing was changed.", 1)
        return known[tag]

    def _replay(self, variable: Live[Any], step: float) -> None:
        value = variable.base
        for at, earlier in self.earlier.get(variable.description["tag"], ()):
            with contextlib.suppress(Refused):  # a script whose ranges have shrunk goes on
                value = variable.accept(earlier) if at <= step else value
        variable._changed, variable._value = variable._changed or value != variable._value, value

    def _add(self, log: str, item: Message) -> None:
        self.counts[log] += 1
        self.logs[log].append({"n": self.counts[log], **item})
        self._ring()

    def _ring(self) -> None:
        """There is news for the thread, which begins with the first. Many calls before its turn are one."""
        process = sys.modules.get("multiprocessing.process")  # whose workers keep to themselves
        if not self.is_started and not (process and (process.parent_process() or hasattr(process.current_process(), "_inheriting"))):
            self.is_started = True
            try:
                self._start()
            except (OSError, RuntimeError) as problem:
                print(f"attune: {problem}. The program cannot be tuned; it goes on with its values.", file=sys.stderr)
        if self.peers and not self.is_awake:
            self.is_awake = True
            self.bell.send(b"!")

    def _start(self) -> None:
        (self.bell, self.hearing), self.listener = socket.socketpair(), socket.socket(socket.AF_UNIX)
        if not self.address:
            runtime, temporary = os.environ.get("XDG_RUNTIME_DIR", ""), os.environ.get("TMPDIR") or "/tmp"
            home = f"{runtime}/attune" if runtime[:1] == "/" and os.access(runtime, os.W_OK) else f"{temporary}/attune-{os.geteuid()}"
            os.makedirs(home, 0o700, exist_ok=True)
            status, name = os.lstat(home), self.identity["name"]
            if status.st_uid != os.geteuid() or status.st_mode & 0o170077 != 0o040000:  # a directory, closed to others
                raise OSError(f"'{home}' cannot hold sockets: allowed is a directory of your own with mode 0700")
            self.path = f"{home}/{'program-' * str(name).startswith('experiment')}{name}-{os.getpid()}.sock"
            self.listener.bind(self.path)
            os.chmod(self.path, 0o600)
            self.listener.listen()
        self.thread.start()

    def _talk(self) -> None:
        redial, pause = 0.0, 0.05
        while self.end == math.inf or time.monotonic() < self.end and self._is_owing():
            poll = select.poll()
            for end in [self.hearing, self.listener][:2 if self.path else 1]:
                poll.register(end, select.POLLIN)
            for peer in self.peers:
                poll.register(peer.socket, (0 if peer.has_ended else select.POLLIN) | (select.POLLOUT if peer.outgoing else 0))
            alarm = min([self.end, *(peer.deadline for peer in self.peers), redial if self.address and not self.peers else math.inf])
            ready = dict(poll.poll(None if alarm == math.inf else max(0.0, alarm - time.monotonic()) * 1000))
            if self.hearing.fileno() in ready and self.hearing.recv(1 << 10):
                self.is_awake = False
            with contextlib.suppress(OSError):  # whoever called is gone; whoever was called is not there, as the first turn will show
                if self.listener.fileno() in ready:
                    self.peers.append(Peer(self.listener.accept()[0]))
                if self.address and not self.peers and redial <= time.monotonic():
                    redial = time.monotonic() + pause
                    self.peers.append(Peer(socket.socket(socket.AF_UNIX)))
                    self.peers[0].send(id=1, method="hello", params=dict(self.identity, token=self.token, reported=self.counts["reported"]))
                    self.peers[0].socket.connect(self.address)
            for peer in list(self.peers):
                try:
                    self._serve(peer, ready.get(peer.socket.fileno(), 0) & ~select.POLLOUT > 0)
                except OSError:
                    peer.socket.close()
                    self.peers.remove(peer)
                    pause = 0.05 if any(peer.next.values()) else min(2 * pause, 2.0)
        for peer in self.peers:
            with contextlib.suppress(OSError):
                peer.socket.shutdown(socket.SHUT_WR)  # in order: an agent reads to the end, and hangs up
                peer.socket.settimeout(1.0 if self.address else 0.0)
                peer.socket.makefile("rb").read()
        if self.path:
            os.unlink(self.path)

    def _is_owing(self) -> bool:
        waiting = self.address and (self.logs["reported"] or self.logs["changed"] and not any(peer.next["changed"] for peer in self.peers))
        return bool(self.is_awake or waiting or any(peer.outgoing for peer in self.peers))

    def _serve(self, peer: Peer, has_sent: bool) -> None:
        """Takes what has come and gives what is new, as far as the socket goes along. Raises OSError when the connection is over."""
        if has_sent:
            *lines, rest = (peer.incoming + (data := peer.socket.recv(1 << 16))).split(b"\n")
            peer.incoming, peer.has_ended = rest if len(rest) <= LINE_LIMIT else b"\0", not data  # what is too long is no JSON any more
            peer.deadline = time.monotonic() + PATIENCE if rest else math.inf
            for line in lines:
                self._take(line, peer)
        with contextlib.suppress(BlockingIOError):
            while peer.outgoing or self._has_news(peer):
                del peer.outgoing[:peer.socket.send(peer.outgoing)]
        if peer.has_ended and not peer.outgoing or len(peer.outgoing) > OUTGOING_LIMIT or peer.deadline <= time.monotonic():
            raise ConnectionAbortedError

    def _take(self, line: bytes, peer: Peer) -> None:
        identity, code = None, -32700
        try:
            message, code = json.loads(line), -32600
            identity, _ = message.get("id"), message["jsonrpc"]
            with self.lock:
                if self.address and "method" not in message:
                    return self._greeted(message, peer) if identity == 1 else None
                method, code = message["method"], -32602
                result = self.answer(method, message.get("params") or {}, peer)
            if "id" in message:
                peer.send(id=identity, result=result)
        except Refused as problem:
            peer.send(id=identity, error={"code": (*problem.args, 2)[1], "message": problem.args[0]})
        except Exception as problem:  # whatever a peer sends, it does not end the thread
            peer.send(id=identity, error={"code": code, "message": f"not understood: {problem!r}. Nothing was changed."})

    def _greeted(self, message: Message, peer: Peer) -> None:
        if "error" in message:
            peer.has_ended = True  # to be dialed again later, unless it is final
            if message["error"]["code"] == 2:
                self.address = None
                print(f"attune: {message['error']['message']} The program goes on with its values and reports to nobody.", file=sys.stderr)
            return
        known = int(message["result"].get("acknowledged") or 0)
        for report in () if self.was_greeted else self.logs["reported"]:  # what an earlier process of the attempt has reported comes first
            report["n"] += known
        self.counts["reported"] += 0 if self.was_greeted else known
        self.was_greeted, peer.next = True, {"changed": int(message["result"].get("changes") or 0) + 1, "reported": known + 1}
        self.answer("acknowledged", {"n": known}, peer)

    def _has_news(self, peer: Peer) -> bool:
        with self.lock:
            if any(peer.next.values()) and peer.declared < (declared := len(self.variables) + len(self.triggers)):
                peer.declared = declared
                peer.send(method="declared", params=self.declaration())
            for kind in [kind for kind in self.logs if peer.next[kind]]:
                log, limit = self.logs[kind], WINDOW if self.address and kind == "reported" else None
                has = peer.next[kind] - 1 - self.counts[kind] + len(log)  # so many of those that are kept
                if has < 0 and not self.address:
                    raise ConnectionAbortedError  # it reads too slowly
                for item in itertools.islice(log, max(has, 0), limit):
                    peer.send(method=kind, params=item)
                    peer.next[kind] = item["n"] + 1
        return bool(peer.outgoing)


for _name in "add sub mul truediv floordiv mod pow lt le gt ge eq ne neg pos abs index float int bool str repr round format".split():
    setattr(Live, f"__{_name}__", lambda self, *args, do=getattr(operator, _name, None) or getattr(builtins, _name): do(self._value, *args))
for _name in "add sub mul truediv floordiv mod pow".split():
    setattr(Live, f"__r{_name}__", lambda self, other, do=getattr(operator, _name): do(other, self._value))
_registry = Registry()
live, trigger, report, step, config = _registry.live, _registry.trigger, _registry.report, _registry.advance, _registry.config
checkpoint_directory, resuming, seed = _registry.checkpoint_directory, _registry.resuming, _registry.seed
