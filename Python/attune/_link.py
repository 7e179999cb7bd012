"""The one thread that talks to others. The messages are in Docs/Protocol.md."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from typing import TYPE_CHECKING, Any, Optional

if TYPE_CHECKING:
    from ._registry import Registry

LINE_LIMIT, OUTGOING_LIMIT, WINDOW, PATIENCE = 1 << 20, 16 << 20, 1000, 30.0


class Failure(Exception):
    """An error answer: a code of the protocol, and a message."""


class Client:
    """Somebody who listens, with the numbers that come next for it; 0 for what it has not asked for."""

    def __init__(self, writer: asyncio.StreamWriter, is_upstream: bool = False) -> None:
        self.writer, self.is_upstream, self.declared, self.next = writer, is_upstream, 0, {"changed": 0, "reported": 0}

    def send(self, **message: Any) -> None:
        self.writer.write(json.dumps({"jsonrpc": "2.0", **message}, separators=(",", ":")).encode() + b"\n")
        if self.writer.transport.get_write_buffer_size() > OUTGOING_LIMIT:
            self.writer.transport.abort()


class Link:
    """Listens, or dials under an experiment. Only `wake` and `stop` are for other threads. Raises OSError."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.clients, self.path, self.is_waking, self.is_refused = registry, set[Client](), "", False, False
        self.loop, self.pause = asyncio.new_event_loop(), 0.05
        if registry.address:
            self.work: Any = self.loop.create_task(self._stay_connected(registry.address))
        else:
            self.path = os.path.join(runtime_directory(), registry.socket_name)
            self.work = self.loop.run_until_complete(asyncio.start_unix_server(self._serve, self.path, limit=LINE_LIMIT))
            os.chmod(self.path, 0o600)
        self.thread = threading.Thread(target=self.loop.run_forever, name="attune", daemon=True)
        self.thread.start()

    def wake(self) -> None:
        """There is news. Many calls before the thread's turn are one."""
        if not self.is_waking:
            self.is_waking = True
            self.loop.call_soon_threadsafe(self._tell)

    def stop(self) -> None:
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(1)  # what it has been woken for is sent before

    def _tell(self) -> None:
        self.is_waking = False
        with self.registry.lock:
            for client in self.clients:
                if client.declared < self.registry.declared and any(client.next.values()):
                    client.declared = self.registry.declared
                    client.send(method="declared", params=self.registry.declaration())
                for method, log in self.registry.logs.items():
                    end = min(log.last, log.forgotten + WINDOW) if client.is_upstream and method == "reported" else log.last
                    for number in range(max(client.next[method], log.forgotten + 1) if client.next[method] else end + 1, end + 1):
                        client.next[method] = number + 1
                        client.send(method=method, params={**log.items[number], "n": number})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: Optional[Client] = None) -> None:
        client, patience = upstream or Client(writer), None if upstream else PATIENCE
        self.clients.add(client)
        while client in self.clients:
            try:
                line = await asyncio.wait_for(reader.readline(), patience)
                if not line.endswith(b"\n"):
                    break
                self._take(line, client)
                patience = None
            except ValueError:
                problem = f"a line longer than {LINE_LIMIT} bytes was skipped; the connection stays open"
                client.send(id=None, error={"code": -32700, "message": problem})
            except (OSError, asyncio.TimeoutError):
                break
        self.clients.discard(client)
        writer.close()

    def _take(self, line: bytes, client: Client) -> None:
        identity, code = None, -32700
        try:
            message = json.loads(line)
            code = -32600
            identity, _, code = message.get("id"), message["jsonrpc"], -32602
            if "method" in message:
                result = self.registry.answer(message["method"], message.get("params") or {}, client)
                if "id" in message:
                    client.send(id=identity, result=result)
            elif client.is_upstream and "result" in message:  # the answer to our greeting
                self.registry.greeted(message["result"], client)
                self.pause = 0.05
            elif client.is_upstream:
                self.clients.discard(client)
                self.is_refused = message["error"]["code"] == 2
                if self.is_refused:
                    self.registry.warn(f"{message['error']['message']} The program goes on with its values and reports to nobody.")
        except Failure as failure:
            client.send(id=identity, error={"code": failure.args[0], "message": failure.args[1]})
        except Exception as problem:  # whatever a peer sends, it does not end the thread
            client.send(id=identity, error={"code": code, "message": f"not understood: {problem!r}. Nothing was changed."})
        self._tell()

    async def _stay_connected(self, path: str) -> None:
        while not self.is_refused:
            try:
                reader, writer = await asyncio.open_unix_connection(path, limit=LINE_LIMIT)
                client = Client(writer, is_upstream=True)
                client.send(id=1, method="hello", params=self.registry.greeting())
                await self._serve(reader, writer, client)
            except OSError:
                pass  # not there yet, or not there any more
            await asyncio.sleep(self.pause)
            self.pause = min(2 * self.pause, 2.0)


def runtime_directory() -> str:
    """`$XDG_RUNTIME_DIR/attune`, or `attune-UID` under the temporary directory: one's own, mode 0700. Raises OSError."""
    runtime, temporary = os.environ.get("XDG_RUNTIME_DIR", ""), os.environ.get("TMPDIR") or "/tmp"
    path = f"{runtime}/attune" if runtime[:1] == "/" and os.access(runtime, os.W_OK) else f"{temporary}/attune-{os.geteuid()}"
    if not os.path.isdir(path):
        os.mkdir(path, 0o700)
    status = os.lstat(path)
    if status.st_uid != os.geteuid() or status.st_mode & 0o170077 != 0o040000:  # a directory, closed to others
        raise OSError(f"'{path}' cannot hold sockets: allowed is a directory of your own with mode 0700")
    return path
