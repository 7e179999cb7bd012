"""A group of ranks as one of its processes sees it: `_group` with a thread of its own, connections and a clock.

Everything here that is not the thread's own happens under the registry's lock, sending included: every rank hears of everything in its
order, and sending never waits.
"""

from __future__ import annotations

import json
import math
import os
import select
import socket
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Callable

from ._group import Leader, Member, Timer
from ._peer import Peer
from ._registry import warn
from ._values import Refused

if TYPE_CHECKING:
    from ._registry import Registry
    from .ranks import Seat

Message = dict[str, Any]
Reply = Callable[[Any], None]  # given the result or a Refused
MARGIN = 2  # steps between the furthest rank and the change
PATIENCE = 5.0  # seconds that the ranks have to answer
UNREACHABLE_LIMIT = 60.0  # seconds after which a rank that cannot reach its leader is bound by no promise
PAUSE, PAUSE_LIMIT = 0.02, 1.0  # seconds before dialing again
KEPT = ("values", "trigger", "payload", "by", "reason", "number")  # of a group's change, what every change has


class Group:
    """What the registry asks of its group, and what a `Leader` wants done."""

    def __init__(self, registry: Registry, seat: Seat, patience: float = PATIENCE) -> None:
        self.registry, self.seat, self.patience = registry, seat, patience
        self.decided = threading.Condition(registry.lock)
        self.member = Member(MARGIN)
        self.leader = Leader(seat.world, MARGIN, os.getpid(), self) if seat.rank == 0 else None
        self.name = f"{os.getpid()}-{os.urandom(8).hex()}" if self.leader else ""
        self.inherited: Message = {}  # changed by the group before this rank has declared it
        self.is_over, self.problem = False, "nobody listens there"
        self.peers: dict[int, Peer] = {}  # by rank; a follower has its leader here
        self.welcomes: dict[int, Any] = {}
        self.timers: deque[tuple[float, Timer]] = deque()
        self.to_consider: deque[Message] = deque()
        self.strangers: list[Peer] = []
        self.held: list[Message] = []  # made, and not to be told before the ranks have
        self.awaited: set[int] = set()
        self.counts: dict[int, int] = {}
        self._redial, self._pause, self._lost_at = 0.0, PAUSE, math.inf
        self._thread = threading.Thread(target=self._talk, name="attune-ranks", daemon=True)

    def open(self) -> None:
        """Listens, or begins to dial. Raises OSError."""
        self.bell, self.hearing = socket.socketpair()
        self.bell.setblocking(False)
        registry = self.registry
        if self.leader:
            told = {tag for change in registry.logs["changed"] if change["number"] for tag in change.get("values", ())}
            if told:  # somebody has changed them before there was a group
                values = {tag: registry.variables[tag]() for tag in sorted(told)}
                self.leader.remember({"proposal": 0, "number": 0, "by": "program", "atStep": 0, "values": values})
            self._listen()
            registry.ring()
        elif registry.link:  # from now on this rank is reached by its leader only
            registry.link.finish(0.0)
        if not self.leader:
            registry.link, registry.is_quiet = None, True
        self._thread.start()

    def wait(self, limit: float) -> str | None:
        """Waits until the leader has welcomed this rank. Why it has not; None when it has, or when it was said already."""
        if self.decided.wait_for(lambda: self.name or self.is_over, limit):
            return None
        return self.problem

    def hold(self, step: int) -> None:
        """Waits while a promise forbids to complete the step."""
        while not self.member.may_complete(step):
            self.decided.wait()

    def make(self) -> None:
        """Makes what was decided for this step."""
        for change in self.member.take_due(self.registry.step):
            known = {key: change[key] for key in KEPT if key in change}
            if "values" in change:
                self.inherited.update({tag: value for tag, value in change["values"].items() if tag not in self.registry.variables})
                known["values"] = {tag: value for tag, value in change["values"].items() if tag in self.registry.variables}
                self.registry.apply({"by": "unknown", **known})
            elif change["trigger"] in self.registry.triggers:
                self.registry.triggers[change["trigger"]]._waiting.append({"by": "unknown", **known})
            self._confirm(change["proposal"])

    def keeps(self, notice: Message) -> bool:
        """Whether it is to be told later: when all ranks have made it, and in its order."""
        if not self.held and notice["number"] not in self.awaited:
            self._count(notice)
            return False
        self.held.append(notice)
        return True

    def ask(self, change: Message, at_step: int, reply: Reply) -> None:
        """Puts a change to the ranks, whose decision answers it."""
        if self.leader is None or self.is_over:
            return reply(Refused("the ranks cannot be reached: their group is over. No rank has changed anything."))
        self.leader.asked({**change, "atStep": at_step}, (reply, change["by"]))

    def finish(self) -> None:
        """The program ends: the others hear it, and a promise is over."""
        with self.registry.lock:
            if not self.is_over and self.leader:
                self.leader.ended()
            for peer in list(self.peers.values()):
                if not self.is_over:
                    self._send(peer, method="group.leave", params={})
            self._end(None)
            held, self.held, self.awaited = self.held, [], set()
            for notice in held:
                self.registry.publish(notice)
        if self._thread.is_alive():
            self._ring()
            self._thread.join(2.0)

    # What the leader wants done.

    def propose(self, change: Message, rank: int) -> None:
        if rank == 0:
            self.to_consider.append(change)
            self._ring()
        else:
            self._send(self.peers[rank], id=change["proposal"], method="group.propose", params=change)

    def commit(self, change: Message, rank: int) -> None:
        if rank == 0:
            self.registry.accepted.add(change["number"])
            self.awaited.add(change["number"])
            self.member.commit(change)
            self.decided.notify_all()
        else:
            self._send(self.peers[rank], method="group.commit", params=change)

    def abort(self, proposal: int, why: str, rank: int) -> None:
        if rank == 0:
            self.member.forget(proposal)
            self.decided.notify_all()
        else:
            self._send(self.peers[rank], method="group.abort", params={"proposal": proposal, "why": why})

    def welcome(self, rank: int, proposal: int | None) -> None:
        result = {"group": self.name, "margin": MARGIN, **({"open": proposal} if proposal else {})}
        self._send(self.peers[rank], id=self.welcomes.pop(rank), result=result)

    def answer(self, asker: Any, result: int | Refused) -> None:
        reply, by = asker
        reply(result if isinstance(result, Refused) else {"number": result, "by": by})

    def start(self, timer: Timer) -> None:
        self.timers.append((time.monotonic() + self.patience, timer))
        if len(self.timers) == 1:
            self._ring()

    def tell(self, number: int, ranks: int) -> None:
        self.awaited.discard(number)
        self.counts[number] = ranks
        while self.held and self.held[0]["number"] not in self.awaited:
            self._count(self.held[0])
            self.registry.publish(self.held.pop(0))

    def _count(self, notice: Message) -> None:
        if notice["number"] in self.counts:
            notice["ranks"] = self.counts.pop(notice["number"])

    def _confirm(self, proposal: int) -> None:
        if self.leader:
            self.leader.applied(0, proposal)
        for peer in () if self.leader else self.peers.values():
            self._send(peer, method="group.applied", params={"proposal": proposal, "step": self.registry.step})

    # What the ranks say.

    def _take(self, line: bytes, peer: Peer) -> None:
        message = json.loads(line)
        identity, method, params = message.get("id"), message.get("method"), message.get("params") or {}
        if method == "group.propose" and not self.leader:
            return self._consider(params, peer, identity)
        with self.registry.lock:
            try:
                self._lead(message, identity, method, params, peer) if self.leader else self._follow(message, method, params, peer)
            except Refused as problem:
                self._send(peer, id=identity, error={"code": problem.code, "message": str(problem)})

    def _lead(self, message: Message, identity: Any, method: str | None, params: Message, peer: Peer) -> None:
        rank = next((rank for rank, known in self.peers.items() if known is peer), None)
        leader = self.leader
        if leader is None:
            return
        if method == "group.join":
            self._admit(leader, identity, params, peer)
        elif rank is None:
            raise Refused(f"unknown method '{method}': here only ranks of a group are heard. Nothing was changed.", -32601)
        elif method == "group.applied":
            leader.applied(rank, int(params["proposal"]))
        elif method == "group.leave":
            leader.left(rank)
        elif "result" in message:
            leader.acknowledged(rank, int(identity), int(message["result"]["step"]))
        elif "error" in message:
            leader.vetoed(rank, int(identity), str(message["error"]["message"]))

    def _admit(self, leader: Leader, identity: Any, params: Message, peer: Peer) -> None:
        rank = int(params["rank"])
        if self.seat.token and params.get("token") != self.seat.token:
            raise Refused(f"rank {rank} has another ATTUNE_GROUP_TOKEN than its leader.")
        refusal = leader.refusal(rank, int(params["world"]), int(params["pid"]))
        if refusal:
            raise refusal
        if rank in self.peers:
            self.peers[rank].has_ended = True
            self.strangers.append(self.peers[rank])  # the thread closes it
        self.peers[rank], self.welcomes[rank] = peer, identity
        self.strangers = [other for other in self.strangers if other is not peer]
        leader.joined(rank, int(params["pid"]), int(params["step"]))

    def _follow(self, message: Message, method: str | None, params: Message, peer: Peer) -> None:
        if method == "group.commit":
            if self.member.commit(params):
                self._confirm(params["proposal"])
        elif method == "group.abort":
            self.member.forget(params["proposal"])
        elif method == "group.leave":
            self._end(None)
        elif "result" in message:
            self._joined(message["result"])
        elif "error" in message:
            self.problem = message["error"]["message"]
            if message["error"]["code"] == 2:
                self._end(f"{self.problem} The program goes on and cannot be tuned.")
            peer.has_ended = True
        self.decided.notify_all()

    def _joined(self, welcome: Message) -> None:
        if self.name not in ("", welcome["group"]):
            what = f"rank {self.seat.rank} can no longer be tuned. The program goes on."
            return self._end(f"the leader of the ranks is another process now: {what}")
        is_new, self.name = not self.name, welcome["group"]
        self.member.margin, self._pause = welcome["margin"], PAUSE
        self.member.rejoined(welcome.get("open"))
        if is_new:  # what lies behind it, it makes before its program goes on; a known one makes everything in its own steps
            self.make()

    def _consider(self, change: Message, peer: Peer | None, identity: Any) -> None:
        """Asks the program, outside the lock: a validator is a stranger's code."""
        try:
            self.registry.objection(change)
        except Refused as problem:
            with self.registry.lock:
                if peer:
                    self._send(peer, id=identity, error={"code": 2, "message": str(problem)})
                elif self.leader:
                    self.leader.vetoed(0, change["proposal"], str(problem))
            return
        with self.registry.lock:
            step = self.member.acknowledge(change["proposal"], self.registry.step)
            if peer:
                self._send(peer, id=identity, result={"step": step})
            elif self.leader:
                self.leader.acknowledged(0, change["proposal"], step)

    def _end(self, problem: str | None) -> None:
        """There is no leader any more: nobody will decide."""
        if problem and not self.is_over:
            warn(problem)
        self.is_over, self.member.promise = True, None
        self.decided.notify_all()

    # The thread.

    def _ring(self) -> None:
        try:
            self.bell.send(b"!")
        except OSError:  # full: it is awake
            pass

    def _send(self, peer: Peer, **message: Any) -> None:
        peer.send(**message)
        self._flush(peer)
        if peer.outgoing or peer.has_ended:
            self._ring()

    def _flush(self, peer: Peer) -> None:
        try:
            peer.flush()
        except OSError:
            peer.outgoing.clear()
            peer.has_ended = True

    def _listen(self) -> None:
        host = self.seat.host
        self.listener = socket.socket(socket.AF_INET if host else socket.AF_UNIX)
        try:
            if host:
                self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                self.listener.bind(host)
            else:
                self._bind(self.seat.address)
        except OSError as problem:
            raise OSError(f"cannot listen at '{self.seat.address}': {problem}") from None
        self.listener.listen(128)
        self.listener.setblocking(False)

    def _bind(self, path: str) -> None:
        if os.path.lexists(path):  # of a leader that has died
            with socket.socket(socket.AF_UNIX) as other:
                if other.connect_ex(path) == 0:
                    raise OSError("another leader answers there")
            os.unlink(path)
        os.fchmod(self.listener.fileno(), 0o600)  # before there is a file: it is never open to others
        self.listener.bind(path)

    def _talk(self) -> None:
        while not self.is_over:
            poll = select.poll()
            poll.register(self.hearing, select.POLLIN)
            if self.leader:
                poll.register(self.listener, select.POLLIN)
            with self.registry.lock:
                peers = {peer.socket.fileno(): peer for peer in (*self.peers.values(), *self.strangers)}
                alarm = self.timers[0][0] if self.timers else math.inf
            for descriptor, peer in peers.items():
                poll.register(descriptor, (0 if peer.has_ended else select.POLLIN) | (select.POLLOUT if peer.outgoing else 0))
            alarm = min(alarm, math.inf if self.leader or self.peers else self._redial)
            ready = dict(poll.poll(None if alarm == math.inf else math.ceil(max(0.0, alarm - time.monotonic()) * 1000)))
            if self.hearing.fileno() in ready:
                self.hearing.recv(1 << 12)
            for descriptor, peer in peers.items():
                self._serve(peer, ready.get(descriptor, 0))
            self._do_what_is_due(ready)
        self._close_everything()

    def _serve(self, peer: Peer, events: int) -> None:
        lines: list[bytes] = []
        if events & ~select.POLLOUT and not peer.has_ended:
            try:
                lines = peer.receive()
            except BlockingIOError:
                pass
            except OSError:
                peer.has_ended = True
        for line in lines:
            try:
                self._take(line, peer)
            except Exception as problem:  # whatever comes, the thread goes on
                with self.registry.lock:
                    self._send(peer, id=None, error={"code": -32602, "message": f"not understood: {problem!r}. Nothing was changed."})
        with self.registry.lock:
            self._flush(peer)
            if peer.is_over or peer.has_ended:
                self._lose(peer)

    def _lose(self, peer: Peer) -> None:
        peer.socket.close()
        self.strangers = [other for other in self.strangers if other is not peer]
        for rank in [rank for rank, known in self.peers.items() if known is peer]:
            del self.peers[rank]
            if self.leader:
                self.leader.lost(rank)
            else:
                self._redial = time.monotonic() + self._pause

    def _do_what_is_due(self, ready: dict[int, int]) -> None:
        while self.to_consider:
            self._consider(self.to_consider.popleft(), None, None)
        with self.registry.lock:
            while self.timers and self.timers[0][0] <= time.monotonic() and self.leader:
                self.leader.timed_out(self.timers.popleft()[1])
        if self.leader and self.listener.fileno() in ready:
            try:
                self.strangers.append(Peer(self.listener.accept()[0]))
            except OSError:
                pass
        if not self.leader and not self.peers and not self.is_over and self._redial <= time.monotonic():
            self._dial()

    def _dial(self) -> None:
        host = self.seat.host
        end = socket.socket(socket.AF_INET if host else socket.AF_UNIX)
        try:
            end.settimeout(1.0)
            end.connect(host or self.seat.address)
        except OSError as failure:
            end.close()
            return self._not_reached(failure)
        self._lost_at, self.problem = math.inf, "the leader does not answer"
        with self.registry.lock:
            peer = self.peers[0] = Peer(end)
            params = {"rank": self.seat.rank, "world": self.seat.world, "pid": os.getpid(), "step": self.registry.step}
            self._send(peer, id=1, method="group.join", params={**params, **({"token": self.seat.token} if self.seat.token else {})})

    def _not_reached(self, failure: OSError) -> None:
        now = time.monotonic()
        self.problem, self._lost_at = str(failure), min(self._lost_at, now)
        self._pause = min(2 * self._pause, PAUSE_LIMIT)
        self._redial = now + self._pause
        is_gone = isinstance(failure, (ConnectionRefusedError, FileNotFoundError)) or now - self._lost_at > UNREACHABLE_LIMIT
        if self.name and is_gone:
            with self.registry.lock:
                self._end(f"the leader of the ranks has died: rank {self.seat.rank} can no longer be tuned. The program goes on.")

    def _close_everything(self) -> None:
        with self.registry.lock:
            for peer in (*self.peers.values(), *self.strangers):
                self._flush(peer)
                peer.socket.close()
            self.peers, self.strangers = {}, []
        if self.leader:
            self.listener.close()
            if not self.seat.host and os.path.exists(self.seat.address):
                os.unlink(self.seat.address)
