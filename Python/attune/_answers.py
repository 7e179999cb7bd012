"""What a program answers and tells: Docs/Protocol.md."""

from __future__ import annotations

import itertools
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from ._peer import Peer, encode
from ._triggers import PAUSE, RESUME
from ._values import Refused

if TYPE_CHECKING:
    from ._link import Link
    from ._changes import Message
    from ._registry import Registry

WINDOW = 1000  # reports ahead of the acknowledgement


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


decode = json.JSONDecoder(parse_constant=_no_number).decode


def take(link: Link, line: bytes, peer: Peer) -> None:
    """Answers a line, whatever it is."""
    identity, code = None, -32700
    try:
        message, code = decode(line.decode()), -32600
        identity, _ = message.get("id"), message["jsonrpc"]
        if peer.is_upstream and "method" not in message:
            return greeted(link, message, peer) if identity == 1 else None
        method, code = message["method"], -32602
        if method == "variables.list" and "id" in message:
            return peer.send_text(f'"id":{encode(identity)},"result"', declaration(link.registry))
        if method == "variables.set" or method == "trigger.fire":
            accepted = link.registry.ask(
                _checked(method, message["params"]), lambda change: peer.send(method="changed", params=change),
                (lambda result: link.reply(peer, identity, result)) if link.registry.group else None)
            return peer.accept(identity, accepted) if accepted and "id" in message else None
        result = answer(link, method, message.get("params") or {}, peer)
        if "id" in message:
            peer.send(id=identity, result=result)
    except Refused as problem:
        peer.send(id=identity, error={"code": problem.code, "message": str(problem)})
    except Exception as problem:  # whatever a peer sends, it does not end the thread
        peer.send(id=identity, error={"code": code, "message": f"not understood: {problem!r}. Nothing was changed."})


def _checked(method: str, params: Message) -> Message:
    """The parameters with what the method is about, and without what the other one is about."""
    needed, other = ("values", "trigger") if method == "variables.set" else ("trigger", "values")
    if needed not in params:
        raise Refused(f"'{method}' needs \"{needed}\". Nothing was changed.", -32602)
    return params if other not in params else {key: value for key, value in params.items() if key != other}


def answer(link: Link, method: str, params: Message, peer: Peer) -> Message | None:
    registry = link.registry
    if method == "program.pause" or method == "program.resume":
        return registry.ask({**params, "trigger": PAUSE if method == "program.pause" else RESUME})
    if method == "hello":
        return hello(link)
    if method == "variables.get":
        tags = params.get("tags")
        with registry.lock:
            found = {tag: registry.find(tag)() for tag in (registry.variables if tags is None else tags)}
            return {"step": registry.step, "values": found}
    if method == "reports.subscribe" or method == "changes.subscribe":
        return subscribe(registry, "reported" if method == "reports.subscribe" else "changed", params, peer)
    if method == "acknowledged" and peer.is_upstream:
        registry.acknowledged(min(params["n"], peer.next["reported"] - 1))
        return {}
    raise Refused(f"unknown method '{method}'. Nothing was changed.", -32601)


def hello(link: Link) -> Message:
    ledger = link.ledger()
    told = {**link.identity, "step": link.registry.step, "began": round(time.time() - ledger.pop("elapsed"), 3)}
    if "warmup" in ledger:
        told["warmup"] = ledger.pop("warmup")
    if ledger:
        told["energy"] = ledger
    if link.registry.group:
        told["ranks"] = link.registry.group.seat.world
    return {**told, "paused": True} if link.registry.is_paused else told


def declaration(registry: Registry) -> bytearray:
    """As text, one by one: ten thousand descriptions at once would need ten times the memory."""
    with registry.lock:
        text = bytearray(b'{"variables":[')
        for variable in registry.variables.values():
            text += encode(variable.description).encode() + b","
        if registry.variables:
            del text[-1:]
        triggers = registry.triggers.values()
        tags, counted = [trigger.tag for trigger in triggers], [trigger.tag for trigger in triggers if trigger.counted]
    rest = {"triggers": tags, **({"counted": counted} if counted else {})}
    text += b"]," + encode(rest)[1:].encode()
    return text


def subscribe(registry: Registry, log: str, params: Message, peer: Peer) -> Message:
    with registry.lock:
        first, last = params.get("from", 1), registry.counts[log]
        if type(first) is not int or first < 1:
            got = json.dumps(first)[:80]
            raise Refused(f'"from" is the number of the first one wanted, from 1; got {got}. Nothing was changed.', -32602)
        peer.next[log], peer.follows = max(first, last - len(registry.logs[log]) + 1), True
        return {"from": peer.next[log], "last": last}


def greeting(link: Link) -> Message:
    return {**link.identity, "token": link.token, "reported": link.registry.counts["reported"]}


def greeted(link: Link, message: Message, peer: Peer) -> None:
    """The other side has answered the greeting: it is given what it does not have."""
    registry = link.registry
    if "error" in message:
        peer.has_ended = True  # to be dialed again later, unless it is final
        if message["error"]["code"] == 2:
            link.address = None
            print(f"attune: {message['error']['message']} The program goes on with its values and reports to nobody.", file=sys.stderr)
        return
    known = int(message["result"].get("acknowledged") or 0)
    with registry.lock:
        for report in () if link.was_greeted else registry.logs["reported"]:  # an earlier process of the attempt has reported before
            report["n"] += known
        registry.counts["reported"] += 0 if link.was_greeted else known
        link.was_greeted, peer.follows = True, True
        peer.next = {"changed": int(message["result"].get("changes") or 0) + 1, "reported": known + 1}
        registry.acknowledged(known)


def has_news(registry: Registry, peer: Peer) -> bool:
    """Puts what the peer follows and has not got into its outgoing bytes. Raises OSError when it reads too slowly."""
    with registry.lock:
        declared = len(registry.variables) + len(registry.triggers)
        if peer.declared < declared:
            peer.declared = declared
            peer.send_text('"method":"declared","params"', declaration(registry))
        for change, report in registry.loads:  # what was reported before belongs to the life before
            _tell(registry, peer, "changed", change - 1)
            _tell(registry, peer, "reported", report)
        for kind in registry.logs:
            _tell(registry, peer, kind)
    return bool(peer.outgoing)


def _tell(registry: Registry, peer: Peer, kind: str, through: float = float("inf")) -> None:
    if not 0 < peer.next[kind] <= through:
        return
    log, limit = registry.logs[kind], WINDOW if peer.is_upstream and kind == "reported" else None
    has = peer.next[kind] - 1 - registry.counts[kind] + len(log)  # so many of those that are kept
    if has < 0 and not peer.is_upstream:
        raise ConnectionAbortedError
    for item in itertools.islice(log, max(has, 0), limit):
        if item["n"] > through:
            break
        peer.send(method=kind, params=item)
        peer.next[kind] = item["n"] + 1
