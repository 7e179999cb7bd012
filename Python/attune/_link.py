"""The one thread that talks: it listens when the program runs by itself, and dials under an experiment."""

from __future__ import annotations

import math
import os
import re
import select
import socket
import sys
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from ._answers import greeting, has_news, take
from ._ledger import Meter, age
from ._peer import PATIENCE, Peer
from ._values import Refused

if TYPE_CHECKING:
    from ._registry import Registry

PEER_LIMIT = 1024
PAUSE, PAUSE_LIMIT = 0.05, 2.0  # seconds before dialing again
SHARE, BURST = 0.005, 0.03  # of the time that requests may take from the program; seconds that they may take at once
LONGEST_REST = 0.5  # seconds: a long list is no flood
METER_PAUSE = 60.0  # seconds; a processor's counter is full after some minutes at the earliest


def runtime_directory() -> str:
    """Where the sockets of one's own programs are. Raises OSError."""
    runtime, temporary = os.environ.get("XDG_RUNTIME_DIR", ""), os.environ.get("TMPDIR") or "/tmp"
    home = f"{runtime}/attune" if runtime[:1] == "/" and os.access(runtime, os.W_OK) else f"{temporary}/attune-{os.geteuid()}"
    os.makedirs(home, 0o700, exist_ok=True)
    status = os.lstat(home)
    if status.st_uid != os.geteuid() or status.st_mode & 0o170077 != 0o040000:  # a directory, closed to others
        raise OSError(f"'{home}' cannot hold sockets: allowed is a directory of your own with mode 0700")
    return home


class Link:
    """Whoever has news rings the bell; the thread sends them on. It begins with the first news, and waits for nobody."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.address, self.token = os.environ.get("ATTUNE_SOCKET"), os.environ.get("ATTUNE_TOKEN", "")
        name = re.sub(r"[^A-Za-z0-9._-]", "_", os.path.splitext(os.path.basename(sys.argv[0]))[0])[:40] or "python"
        self.identity = {"name": name, "pid": os.getpid(), "protocol": 1, "attempt": os.environ.get("ATTUNE_ATTEMPT_ID")}
        self.thread = threading.Thread(target=self._talk, name="attune", daemon=True)
        self.peers: dict[int, Peer] = {}
        self.upstream: Peer | None = None
        self.was_greeted = self.is_started = self.is_awake = self.has_news = False
        self.replies: deque[tuple[Peer, Any, dict[str, Any] | Refused]] = deque()  # of ranks that were asked
        self.path = ""
        self.end = math.inf
        self._full = -math.inf  # when requests will have had their share of the time
        self._has_heard = False  # a peer, in this turn
        self._impatient: dict[Peer, float] = {}  # until when each must have ended its line, the earliest first
        self.meter: Meter | None = None
        self._reads_meter = math.inf
        self._redial, self._pause, self._accepts_again = 0.0, PAUSE, math.inf

    def ring(self) -> None:
        """There is news. Many calls before the thread's turn are one."""
        if not self.is_started:
            self.is_started = True
            self._start()
        self.has_news = True
        if self.peers and not self.is_awake and threading.get_ident() != self.thread.ident:
            self.is_awake = True
            self.bell.send(b"!")

    def reply(self, peer: Peer, identity: Any, result: dict[str, Any] | Refused) -> None:
        """Answers what was asked before; from any thread."""
        self.replies.append((peer, identity, result))
        self.ring()

    def finish(self, limit: float) -> bool:
        """Lets the thread end when the others have all that happened, or after so many seconds. Whether somebody was to be told."""
        if not self.thread.is_alive():
            return False
        self.end = time.monotonic() + (limit if self.address else 1.0)
        self.bell.send(b"!")
        self.thread.join(limit + 2.0)
        return bool(self.address)

    def abandon(self) -> None:
        """In a forked child: the connections are the parent's."""
        if self.thread.ident:
            for end in (self.bell, self.hearing, self.listener, *(peer.socket for peer in self.peers.values())):
                end.close()

    def _start(self) -> None:
        try:
            self.bell, self.hearing = socket.socketpair()
            self.listener = socket.socket(socket.AF_UNIX)
            if not self.address:
                self._listen()
            self.poll = select.poll()
            self.bell_poll = select.poll()
            self.poll.register(self.hearing, select.POLLIN)
            self.bell_poll.register(self.hearing, select.POLLIN)
            if self.path:
                self.poll.register(self.listener, select.POLLIN)
                self.bell_poll.register(self.listener, select.POLLIN)
            self.thread.start()
        except (OSError, RuntimeError) as problem:
            if self.path:
                os.unlink(self.path)
            print(f"attune: {problem}. The program cannot be tuned; it goes on with its values.", file=sys.stderr)

    def _listen(self) -> None:
        name = str(self.identity["name"])
        path = f"{runtime_directory()}/{'program-' * name.startswith('experiment')}{name}-{os.getpid()}.sock"
        try:
            self._bind(path)
        except OSError as problem:
            raise OSError(f"cannot listen at '{path}': {problem}") from None
        self.path = path

    def _bind(self, path: str) -> None:
        if os.path.lexists(path):  # of a dead program that had this number, or of one that has it now in another container
            with socket.socket(socket.AF_UNIX) as other:
                if other.connect_ex(path) == 0:
                    raise OSError("another program answers there")
            os.unlink(path)
        self.listener.bind(path)
        os.chmod(path, 0o600)
        self.listener.listen(1024)
        self.listener.setblocking(False)
        import resource  # here, because few programs that only import the library come so far

        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self.limit = PEER_LIMIT if limit < 0 else max(4, min(PEER_LIMIT, limit // 4))  # the rest is the program's

    def ledger(self) -> dict[str, Any]:
        """What the process has cost so far."""
        warmup = self.registry.warmup
        told = {} if warmup is None else {"warmup": warmup}
        return {**told, "elapsed": round(age(), 3), **(self.meter.read() if self.meter else {})}

    def _talk(self) -> None:
        self.meter = Meter()  # here, because a GPU may take its time to answer
        self._reads_meter = 0.0 if self.meter.wraps else math.inf
        while self.end == math.inf or (time.monotonic() < self.end and self._is_owing()):
            alarm = min(self.end, self._redial if self.address and not self.upstream else math.inf, self._accepts_again, self._reads_meter,
                        next(iter(self._impatient.values()), math.inf))
            poll, now = self.poll, time.monotonic()
            if self._full > now and not self.registry.is_paused:
                poll, alarm = self.bell_poll, min(self._full, self.end)  # flooded: the program comes first
            ready = poll.poll(None if alarm == math.inf else math.ceil(max(0.0, alarm - now) * 1000))
            began = time.thread_time()
            for descriptor, _ in ready:
                self._attend(descriptor)
            self._look_at_the_clock()
            while self.replies:
                self._reply(*self.replies.popleft())
            if self.has_news:
                self.has_news = False
                for peer in [peer for peer in self.peers.values() if peer.follows]:
                    self._flush(peer)
            if self._has_heard:
                self._has_heard = False
                self._rest_after(time.thread_time() - began)
        self._say_goodbye()

    def _rest_after(self, seconds: float) -> None:
        """Requests have taken so much of the program's time. Under an experiment nobody floods."""
        if not self.address:
            now = time.monotonic()
            self._full = min(max(self._full, now - BURST / SHARE) + seconds / SHARE, now + LONGEST_REST)

    def _reply(self, peer: Peer, identity: Any, result: dict[str, Any] | Refused) -> None:
        if identity is None or peer.socket.fileno() not in self.peers:
            return  # it wants no answer, or has gone
        if isinstance(result, Refused):
            peer.send(id=identity, error={"code": result.code, "message": str(result)})
        else:
            peer.accept(identity, result)
        self._flush(peer)

    def _attend(self, descriptor: int) -> None:
        if descriptor == self.hearing.fileno():
            self.hearing.recv(1 << 10)
            self.is_awake = False
        elif self.path and descriptor == self.listener.fileno():
            self._accept()
        elif descriptor in self.peers:
            self._has_heard = True
            self._hear(self.peers[descriptor])

    def _look_at_the_clock(self) -> None:
        now = time.monotonic()
        while self._full <= now and self._impatient and next(iter(self._impatient.values())) <= now:
            self._close(next(iter(self._impatient)))
        if self._accepts_again <= now:
            self._accepts_again = math.inf
            self.poll.register(self.listener, select.POLLIN)
            self.bell_poll.register(self.listener, select.POLLIN)
        if self._reads_meter <= now and self.meter:
            self._reads_meter = now + METER_PAUSE
            self.meter.read()
        if self.address and not self.upstream and self._redial <= now:
            self._dial(now)

    def _accept(self) -> None:
        try:
            end = self.listener.accept()[0]
        except BlockingIOError:
            return
        except OSError:  # the program's descriptors are used up: whoever has said nothing yet makes room
            if not self._close_a_silent_one():
                self.poll.unregister(self.listener)
                self.bell_poll.unregister(self.listener)
                self._accepts_again = time.monotonic() + 0.1
            return
        if len(self.peers) >= self.limit and not self._close_a_silent_one():
            peer = Peer(end)
            peer.send(id=None, error={"code": 3, "message": f"{self.limit} others are connected already. The program goes on without you."})
            peer.flush()
            end.close()
            return
        self._add(Peer(end))

    def _add(self, peer: Peer) -> None:
        self.peers[peer.socket.fileno()] = peer
        self._impatient[peer] = time.monotonic() + PATIENCE
        self.poll.register(peer.socket, select.POLLIN)

    def _close_a_silent_one(self) -> bool:
        for peer in self._impatient:
            if peer.is_new and not peer.is_upstream:
                self._close(peer)
                return True
        return False

    def _dial(self, now: float) -> None:
        self._redial = now + self._pause
        end = socket.socket(socket.AF_UNIX)
        try:
            end.setblocking(False)
            end.connect(str(self.address))
        except OSError:
            end.close()
            self._pause = min(2 * self._pause, PAUSE_LIMIT)
            return
        self.upstream = Peer(end, is_upstream=True)
        self._add(self.upstream)
        self.upstream.send(id=1, method="hello", params=greeting(self))
        self._flush(self.upstream)

    def _close(self, peer: Peer) -> None:
        if self.peers.pop(peer.socket.fileno(), None):
            self.poll.unregister(peer.socket)
        peer.socket.close()
        self._impatient.pop(peer, None)
        if peer.is_upstream:
            self.upstream = None
            self._pause = PAUSE if peer.follows else min(2 * self._pause, PAUSE_LIMIT)

    def _hear(self, peer: Peer) -> None:
        """Takes what has come, and answers."""
        try:
            lines = peer.receive()
        except BlockingIOError:
            lines = []
        except OSError:
            return self._close(peer)
        if lines or not peer.incoming:
            self._impatient.pop(peer, None)
        if peer.incoming and peer not in self._impatient:
            self._impatient[peer] = time.monotonic() + PATIENCE
        for line in lines:
            take(self, line, peer)
        self._flush(peer)

    def _flush(self, peer: Peer) -> None:
        """Sends what it has not got yet, as far as the socket goes along."""
        try:
            while peer.outgoing or (peer.follows and has_news(self.registry, peer)):
                if not peer.flush():
                    break
        except Exception:  # it hung up; or whatever else it is, the others go on
            return self._close(peer)
        if peer.is_over:
            return self._close(peer)
        events = (0 if peer.has_ended else select.POLLIN) | (select.POLLOUT if peer.outgoing else 0)
        if events != peer.events:
            peer.events = events
            self.poll.modify(peer.socket, events)

    def _is_owing(self) -> bool:
        logs, upstream = self.registry.logs, self.upstream
        waits = self.address and (logs["reported"] or logs["changed"] and not (upstream and upstream.next["changed"]))
        return bool(self.has_news or waits or any(peer.outgoing for peer in self.peers.values()))

    def _say_goodbye(self) -> None:
        for peer in self.peers.values():
            try:
                peer.socket.settimeout(1.0 if peer.is_upstream else 0.0)
                if peer.is_upstream and peer.follows:
                    peer.send(method="ledger", params=self.ledger())
                    peer.socket.sendall(peer.outgoing)
                peer.socket.shutdown(socket.SHUT_WR)  # in order: an agent reads to the end, and hangs up
                while peer.socket.recv(1 << 16):
                    pass
            except OSError:
                continue
        if self.path:
            os.unlink(self.path)
