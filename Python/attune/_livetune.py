"""The original LiveTune's clients: a dictionary of tags, and a port for each variable that somebody asks for. Docs/LiveTune.md."""

from __future__ import annotations

import errno
import math
import os
import select
import socket
import struct
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, TextIO

from ._values import Refused

if TYPE_CHECKING:
    from ._registry import Registry

HOST = "127.0.0.1"
MESSAGE_LIMIT = 1024  # bytes
DOOR_LIMIT, CLIENT_LIMIT = 64, 64
PATIENCE, IDLE = 10.0, 300.0  # seconds for a conversation, and that a port stays open without use
ASK_PORT, ASK_TYPE, FIRE = b"request_type: dictionary_entry - ", b"request_type: update_var", "request_type: trigger_var"
TRIGGER = "trigger"
WORDS = {bool: "bool", int: "int", float: "float", str: "string"}  # the original says str, and its client understands only string
BLUE, GREEN, YELLOW, END = "\033[94m", "\033[92m", "\033[93m", "\033[0m"


class Door:
    """The port of one tag."""

    def __init__(self, tag: str, end: socket.socket) -> None:
        self.tag, self.socket, self.port, self.last_use = tag, end, int(end.getsockname()[1]), time.monotonic()


class Client:
    """A conversation; without a tag it is with the dictionary."""

    def __init__(self, end: socket.socket, tag: str | None) -> None:
        end.setblocking(False)
        self.socket, self.tag, self.heard, self.kind, self.deadline = end, tag, b"", "", time.monotonic() + PATIENCE


class Server:
    """One thread for all clients, on the loopback; a client's port names its variable. Raises OSError when the port is taken."""

    def __init__(self, registry: Registry, port: int) -> None:
        self.registry = registry
        self._dictionary = _listening(port)
        self.port = int(self._dictionary.getsockname()[1])
        self._bell, self._hearing = socket.socketpair()
        self._lock = threading.Lock()  # for the doors; the program may ask for a port, too
        self._doors: dict[str, Door] = {}
        self._pinned: set[str] = set()
        self._ports: dict[str, int] = {}
        self._tags: dict[int, str] = {}
        self._clients: dict[int, Client] = {}
        self._closed_until = -math.inf
        self._refusals = 0
        # Asked about itself: a system that tells whose a connection is, tells the listener.
        self.knows_its_clients = _owner(self.port, 1) is not None
        threading.Thread(target=self._serve, name="attune-livetune", daemon=True).start()

    def door(self, tag: str, pinned: bool = False) -> int:
        """The port of a tag, open; a pinned one stays open. Raises OSError when the system gives none."""
        with self._lock:
            if pinned:
                self._pinned.add(tag)
            if tag not in self._doors:
                free = [one for one in self._doors.values() if one.tag not in self._pinned]
                if len(free) >= DOOR_LIMIT:
                    self._doors.pop(min(free, key=lambda one: one.last_use).tag).socket.close()
                door = self._open(tag)
                self._doors[tag], self._ports[tag], self._tags[door.port] = door, door.port, tag
                self._bell.send(b"!")
            self._doors[tag].last_use = time.monotonic()
            return self._doors[tag].port

    def abandon(self) -> None:
        """In a forked child: the sockets are the parent's."""
        global server
        server = None
        ends = [door.socket for door in self._doors.values()] + [client.socket for client in self._clients.values()]
        for end in (self._dictionary, self._bell, self._hearing, *ends):
            end.close()

    def _open(self, tag: str) -> Door:
        """A port that was told is never given to another tag: who kept it changes the right variable, or reaches nobody."""
        foreign = []
        try:
            if tag in self._ports:
                try:
                    return Door(tag, _listening(self._ports[tag]))
                except OSError:  # somebody else has it by now
                    pass
            while True:
                door = Door(tag, _listening(0))
                if self._tags.get(door.port, tag) == tag:
                    return door
                foreign.append(door.socket)  # stays bound, so that the system offers another one
        finally:
            for end in foreign:
                end.close()

    def _serve(self) -> None:
        while True:
            listeners: dict[int, tuple[socket.socket, str | None]] = {self._dictionary.fileno(): (self._dictionary, None)}
            with self._lock:
                self._close_idle()
                moments = [door.last_use + IDLE for door in self._doors.values() if door.tag not in self._pinned]
                listeners.update({door.socket.fileno(): (door.socket, door.tag) for door in self._doors.values()})
            poll = select.poll()
            now = time.monotonic()
            for descriptor in (self._hearing.fileno(), *self._clients, *(listeners if self._closed_until <= now else ())):
                poll.register(descriptor, select.POLLIN)
            moments += [client.deadline for client in self._clients.values()] + [self._closed_until] * (self._closed_until > now)
            for descriptor, _ in poll.poll(max(0, math.ceil((min(moments) - now) * 1000)) if moments else None):
                if descriptor == self._hearing.fileno():
                    self._hearing.recv(1 << 10)
                elif descriptor in self._clients:
                    self._hear(self._clients[descriptor])
                elif descriptor in listeners:
                    self._accept(*listeners[descriptor])
            for client in [one for one in self._clients.values() if one.deadline <= time.monotonic()]:
                self._drop(client)

    def _close_idle(self) -> None:
        for door in [one for one in self._doors.values() if one.tag not in self._pinned and one.last_use + IDLE <= time.monotonic()]:
            self._doors.pop(door.tag).socket.close()

    def _accept(self, listener: socket.socket, tag: str | None) -> None:
        try:
            end, (_, port) = listener.accept()
        except OSError as problem:  # gone again, the door is closed, or the process has no descriptor left
            if problem.errno in (errno.EMFILE, errno.ENFILE):
                self._closed_until = time.monotonic() + 0.1
            return
        if self.knows_its_clients and (owner := _owner(port, listener.getsockname()[1])) not in (os.geteuid(), 0):
            end.close()
            if owner is not None:  # the second call of a client to a silent dictionary is gone by now, and no offence
                self._refuse(f"user {owner} of this machine called, and was hung up on: allowed are the program's own and root.")
            return
        if len(self._clients) >= CLIENT_LIMIT:  # the one nearest to its end makes room
            self._drop(min(self._clients.values(), key=lambda one: one.deadline))
        self._clients[end.fileno()] = Client(end, tag)
        with self._lock:
            if tag in self._doors:
                self._doors[tag].last_use = time.monotonic()

    def _hear(self, client: Client) -> None:
        try:
            data = client.socket.recv(MESSAGE_LIMIT + 1)
            client.heard += data
            answer, is_over = self._answer(client) if data else ("", True)
            client.socket.send(answer.encode())
        except BlockingIOError:
            return
        except OSError:
            is_over = True
        if is_over:
            self._drop(client)

    def _answer(self, client: Client) -> tuple[str, bool]:
        """What the client is told, and whether that ends the conversation. A refusal is answered with its reason."""
        try:
            if len(client.heard) > MESSAGE_LIMIT:
                raise Refused(f"a message of LiveTune's has at most {MESSAGE_LIMIT} bytes. Nothing was changed.")
            if client.tag is None:
                return self._tell_port(client.heard)
            if not client.kind:
                return self._tell_kind(client, client.tag)
            self._take(client.tag, client.kind, client.heard.decode(errors="replace"))
            return "", True
        except Exception as problem:  # of the program's own code, too: a client must not end this thread
            if client.tag is not None:  # the original's clients do not listen any more
                self._refuse(str(problem))
            return str(problem), True

    def _refuse(self, problem: str) -> None:
        self._refusals += 1
        if self._refusals <= 100:
            print(f"attune: livetune: {problem}", file=sys.stderr)

    def _tell_port(self, heard: bytes) -> tuple[str, bool]:
        if ASK_PORT.startswith(heard):
            return "", False
        if not heard.startswith(ASK_PORT):
            return "", True
        tag = heard[len(ASK_PORT):].decode(errors="replace")
        self._kind(tag)
        try:
            return str(self.door(tag)), True
        except OSError as problem:
            raise Refused(f"no port for '{tag}': {problem.strerror or problem}. Nothing was changed.") from None

    def _tell_kind(self, client: Client, tag: str) -> tuple[str, bool]:
        if client.heard != ASK_TYPE:
            return "", not ASK_TYPE.startswith(client.heard)
        client.kind, client.heard = self._kind(tag), b""
        return client.kind, False

    def _kind(self, tag: str) -> str:
        variable = self.registry.variables.get(tag)
        if variable is None and tag not in self.registry.triggers:
            raise Refused(f"unknown variable or trigger '{tag}'. Nothing was changed.", 1)
        return TRIGGER if variable is None else WORDS[type(variable())]

    def _take(self, tag: str, kind: str, text: str) -> None:
        if kind != TRIGGER:
            self.registry.ask({"values": {tag: _value(text, kind)}, "by": "livetune"}, later=_tell_refusal)
        elif text == FIRE:
            self.registry.ask({"trigger": tag, "by": "livetune"}, later=_tell_refusal)
        else:
            raise Refused(f"'{tag}' is a trigger: '{text}' refused: allowed '{FIRE}'. Nothing was fired.")

    def _drop(self, client: Client) -> None:
        del self._clients[client.socket.fileno()]
        client.socket.close()


def _tell_refusal(answer: object) -> None:
    """Several ranks decide among themselves, after the client has gone."""
    if isinstance(answer, Refused):
        print(f"attune: livetune: {answer.args[0]}", file=sys.stderr)


def _listening(port: int) -> socket.socket:
    end = socket.socket()
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        end.bind((HOST, port))
        end.listen(128)
        end.setblocking(False)
    except OSError:
        end.close()
        raise
    return end


def _owner(port: int, other: int) -> int | None:
    """The user whose socket has the first port and talks to the second; None when nobody has it any more, or the system does not tell.

    Linux does, by its socket diagnostics (linux/inet_diag.h): one question, one answer.
    """
    ends = struct.pack("!HH", port, other) + 2 * socket.inet_aton(HOST).ljust(16, b"\0")
    every = 0xFFFFFFFF  # state, and no cookie
    request = struct.pack("=BBBBI", socket.AF_INET, socket.IPPROTO_TCP, 0, 0, every) + ends + struct.pack("=III", 0, every, every)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4) as diagnostics:
            diagnostics.send(struct.pack("=IHHII", 16 + len(request), 20, 1, 0, 0) + request)
            answer = diagnostics.recv(512, socket.MSG_DONTWAIT)
    except (OSError, AttributeError):
        return None
    if len(answer) < 88 or answer[4] != 20:
        return None
    user, inode = struct.unpack_from("=II", answer, 80)
    return int(user) if inode else None  # an orphan, whose process has closed it, counts as root's


def _value(text: str, kind: str) -> Any:
    """What is of another type stays a text, for the variable to refuse."""
    word = text.strip()
    try:
        if kind == "bool":
            return {"True": True, "true": True, "False": False, "false": False}[word]
        if kind == "float" or kind == "int" and not word.lstrip("+-").isdigit():
            return float(word)
        return int(word) if kind == "int" else text
    except (KeyError, ValueError, OverflowError):
        return text


server: Server | None = None


def serve(registry: Registry, port: int | None = None, out: TextIO | None = None) -> Server | None:
    """Starts the process's server, once, and announces it as the original does. None when that failed, which is told once."""
    global server
    if server:
        return server
    text = os.environ.get("ATTUNE_LIVETUNE_PORT") or "0"
    try:
        if port is None and not (text.isdigit() and int(text) < 1 << 16):
            raise OSError(f"ATTUNE_LIVETUNE_PORT: '{text}' is no port; allowed 0...65535")
        try:
            server = Server(registry, int(text) if port is None else port)
        except OSError as problem:
            raise OSError(f"cannot listen at {HOST}:{text if port is None else port}: {problem.strerror or problem}") from None
    except (OSError, RuntimeError) as problem:
        print(f"attune: {problem}. LiveTune's clients cannot reach the program.", file=sys.stderr)
        return None
    os.register_at_fork(after_in_child=server.abandon)
    line = f"{BLUE}[LiveTune] {GREEN}Port number for the LiveTune dictionary: {YELLOW}{server.port}{END}"
    print(line, file=out or sys.stderr, flush=True)
    if not server.knows_its_clients:
        everybody = "every user of this machine can change the program's variables"
        print(f"attune: livetune: the system does not tell whose a connection is: {everybody}.", file=sys.stderr)
    return server
