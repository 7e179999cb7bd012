"""What a tuned Swift program must survive, and the command that talks to it: each test starts Tests/TunedProgram in a place of its own."""

from __future__ import annotations

import errno
import json
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Iterator, Optional

import pytest

from harness import ROOT, Place, binary, wait_until

PROGRAM = Path(os.environ.get("TUNED_PROGRAM") or ROOT / ".build" / "debug" / "TunedProgram")
PATIENCE = 60.0
HELLO = b'{"jsonrpc":"2.0","id":1,"method":"hello"}\n'


class Tuned:
    """A running TunedProgram."""

    def __init__(
        self, place: Place, *before: str, name: str = "TunedProgram", descriptors: Optional[int] = None, **environment: str
    ) -> None:
        program = place.folder / name
        if not program.exists():
            shutil.copy(PROGRAM, program)
        wrapper = ["/bin/sh", "-c", f'ulimit -n {descriptors}; exec "$0" "$@"'] if descriptors else []
        self.process = subprocess.Popen(
            [*before, *wrapper, str(program)], cwd=place.folder, env=place.environment(**environment), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip
        self.pid, self.place, self.name = self.process.pid, place, name
        assert self.read() == "ready"

    @property
    def socket(self) -> Path:
        return self.place.sockets / "attune" / f"{self.name}-{self.pid}.sock"

    def read(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def do(self, words: str) -> str:
        assert self.process.stdin
        self.process.stdin.write(words + "\n")
        return self.read()

    def dial(self) -> Line:
        return Line(self.socket)

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def resident(self) -> int:
        """Bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Line:
    """A connection that reads and writes lines."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.settimeout(PATIENCE)
        self.rest = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def line(self) -> bytes:
        """Without its end; empty when the other side has hung up."""
        while b"\n" not in self.rest:
            data = self.socket.recv(1 << 16)
            if not data:
                return b""
            self.rest += data
        line, _, self.rest = self.rest.partition(b"\n")
        return line

    def ask(self, method: str, **parameters: Any) -> Any:
        self.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode() + b"\n")
        return json.loads(self.line())


@pytest.fixture
def place() -> Iterator[Place]:
    with Place(Path("/tmp")) as place:
        (place.sockets / "attune").mkdir(mode=0o700)
        yield place


@contextmanager
def running(place: Place, *before: str, **options: Any) -> Iterator[Tuned]:
    tuned = Tuned(place, *before, **options)
    try:
        yield tuned
    finally:
        tuned.process.kill()
        tuned.process.wait(PATIENCE)
        for stream in (tuned.process.stdin, tuned.process.stdout, tuned.process.stderr):
            with suppress(BrokenPipeError):
                stream.close()  # type: ignore[union-attr]


def links(pid: int) -> list[str]:
    """What a process's descriptors are."""
    return [os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()]


@contextmanager
def room_for_descriptors(count: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        pytest.skip(f"this test holds {count} descriptors, the system gives {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_thousand_silent_and_half_open_clients(place: Place) -> None:
    """They leave the program its descriptors, and everybody else is served at once."""
    with room_for_descriptors(4000), running(place, descriptors=1024) as tuned, ExitStack() as held:
        known = tuned.dial()
        assert known.ask("hello")["result"]["pid"] == tuned.pid
        for opening in (b"", b'{"jsonrpc":"2.0","id":1,"met'):
            for _ in range(1000):
                client = tuned.dial()
                held.callback(client.socket.close)
                client.send(opening)
        assert place.call("set", "rate=0.5", "--program", str(tuned.pid)).returncode == 0
        assert known.ask("variables.get")["result"]["values"] == {"rate": 0.5}
        assert tuned.descriptors() < 300


def test_twenty_thousand_connections_without_descriptors(place: Place) -> None:
    """Each is hung up on; the one that was there is served; nothing spins; and afterwards all is as before."""
    with running(place, descriptors=64) as tuned:
        known = tuned.dial()
        assert known.ask("hello")["result"]["pid"] == tuned.pid
        assert int(tuned.do("take")) > 0
        refused = 0
        for count in range(20_000):
            client = tuned.dial()
            refused += client.line() == b""
            client.socket.close()
            if count % 1000 == 0:
                assert known.ask("variables.set", values={"rate": 0.25})["result"]["number"] > 0
        assert refused == 20_000
        waiting = tuned.dial()
        assert waiting.line() == b""
        before = tuned.processor_seconds()
        select.select([known.socket], [], [], 1)
        assert tuned.processor_seconds() - before < 0.2
        tuned.do("free")
        assert tuned.dial().ask("hello")["result"]["pid"] == tuned.pid
        assert known.ask("variables.get")["result"]["values"] == {"rate": 0.25}


def test_a_stopped_program_holds_nobody_up(place: Place) -> None:
    with running(place) as tuned, running(place, name="other") as other:
        os.kill(tuned.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            ended = place.call("set", "rate=0.5", "--program", str(tuned.pid), "--timeout", "1")
            assert ended.returncode == 6, ended.stderr
            assert "no answer from" in ended.stderr
            listed = json.loads(place.call("ps", "--json").stdout)
            assert time.monotonic() - began < 20
            problems = {program["pid"]: program.get("problem") for program in listed}
            assert problems == {tuned.pid: "not answering: the process is stopped", other.pid: None}
        finally:
            os.kill(tuned.pid, signal.SIGCONT)
        assert place.call("set", "rate=0.75", "--program", str(tuned.pid)).returncode == 0
        assert tuned.do("value") == "0.75 false"


def refusal_of_a_stranger(path: Path) -> int:
    """What the system says to another user who dials; 0 when he may."""
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        os._exit(socket.socket(socket.AF_UNIX).connect_ex(str(path)))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_is_refused(place: Place) -> None:
    """By the mode of the directory, and of the socket itself where the directory would let him in."""
    with running(place) as tuned:
        for mode in (0o700, 0o755):
            for folder in (place.sockets, place.sockets / "attune"):
                folder.chmod(mode)
            assert refusal_of_a_stranger(tuned.socket) == errno.EACCES
        assert oct(tuned.socket.stat().st_mode & 0o777) == "0o600"
        assert tuned.dial().ask("hello")["result"]["pid"] == tuned.pid


def test_a_forked_child_serves_nobody(place: Place) -> None:
    """It uses what it has inherited, leaves the parent's socket alone, and does not hold it open after the parent's death."""
    with running(place) as tuned:
        known = tuned.dial()
        # The child says so when it has used what it has inherited; its parent says its number.
        answers = {tuned.do("fork"), tuned.read()}
        child = int((answers - {"child done"}).pop())
        try:
            assert not [name for name in links(child) if name.startswith("socket:")]
            assert known.ask("hello")["result"]["step"] == 1
            assert tuned.dial().ask("hello")["result"]["pid"] == tuned.pid
            tuned.process.kill()
            tuned.process.wait(PATIENCE)
            assert known.line() == b""
            with pytest.raises(ConnectionRefusedError):
                tuned.dial()
            os.kill(child, 0)
        finally:
            os.kill(child, signal.SIGKILL)
        assert place.call("ps", "--json").stdout.strip() == "[]"
        assert not tuned.socket.exists()


def test_an_execed_child_inherits_nothing(place: Place) -> None:
    with running(place) as tuned:
        known = tuned.dial()
        assert known.ask("hello")["result"]["pid"] == tuned.pid
        assert "socket:" not in tuned.do("exec")


def test_two_programs_of_one_name(place: Place) -> None:
    with running(place) as first, running(place) as second:
        assert place.call("set", "rate=0.5", "--program", str(first.pid)).returncode == 0
        assert (first.do("value"), second.do("value")) == ("0.5 false", "0.1 false")
        ambiguous = place.call("set", "rate=0.5", "--program", "TunedProgram")
        assert ambiguous.returncode == 3
        assert str(first.pid) in ambiguous.stderr and str(second.pid) in ambiguous.stderr


def test_a_dead_program_is_swept(place: Place) -> None:
    with running(place) as tuned:
        tuned.process.kill()
        tuned.process.wait(PATIENCE)
        assert tuned.socket.exists()
        assert place.call("ps", "--json").stdout.strip() == "[]"
        assert not tuned.socket.exists()


def test_a_number_used_again(place: Place) -> None:
    """The socket of a dead program whose number now is another program's: the living one takes it over, or it is not listed."""
    with running(place) as tuned:
        stale = place.sockets / "attune" / f"older-{tuned.pid}.sock"
        left = socket.socket(socket.AF_UNIX)
        left.bind(str(stale))
        left.close()
        listed = json.loads(place.call("ps", "--json").stdout)
        assert [(program["name"], program["pid"]) for program in listed] == [("TunedProgram", tuned.pid)]
        assert place.call("set", "rate=0.5", "--program", str(tuned.pid)).returncode == 0


def can_mount() -> bool:
    return subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="no disk can be mounted here")
@pytest.mark.parametrize("options", ["ro", "nr_inodes=2"])
def test_no_room_for_a_socket(place: Place, options: str) -> None:
    """Said once; the program goes on with its values."""
    script = 'mount -t tmpfs -o mode=700 none "$1" && mkdir -m 700 "$1/attune" && mount -o remount,"$0" "$1" && shift && exec "$@"'
    if options != "ro":
        script = 'mount -t tmpfs -o mode=700,"$0" none "$1" && mkdir -m 700 "$1/attune" && shift && exec "$@"'
    before = ["unshare", "-m", "/bin/sh", "-c", script, options, str(place.sockets)]
    nowhere = str(place.sockets / "missing")
    with running(place, *before, TMPDIR=nowhere) as tuned:
        assert tuned.do("value") == "0.1 false"
        tuned.do("step 5")
        said = tuned.process.communicate("quit\n", PATIENCE)[1].splitlines()
        assert tuned.process.returncode == 0
        assert len(said) == 1 and said[0].endswith("The program cannot be tuned; it goes on with its values."), said
    with running(place, *before, TMPDIR=str(place.folder)) as tuned:
        assert tuned.do("value") == "0.1 false"
        elsewhere = place.folder / f"attune-{os.geteuid()}" / tuned.socket.name
        assert Line(elsewhere).ask("hello")["result"]["pid"] == tuned.pid


def test_a_client_that_never_reads(place: Place) -> None:
    """It asks without end and is hung up on; the program's memory stays bounded, and nobody else waits."""
    with running(place) as tuned:
        before = tuned.resident()
        greedy = tuned.dial()
        greedy.socket.settimeout(1)
        with pytest.raises((BrokenPipeError, ConnectionResetError, TimeoutError)):
            while True:
                greedy.send(b'{"jsonrpc":"2.0","id":1,"method":"variables.list"}\n' * 1000)
        assert tuned.dial().ask("variables.set", values={"rate": 0.5})["result"]["number"] == 1
        assert tuned.resident() - before < 96 << 20
        assert tuned.do("value") == "0.5 false"


GARBAGE = [
    (b"\n \n\t\n", None),
    (b"GET / HTTP/1.1\r\n", -32700),
    (b"\xff\xfe\x00\n", -32700),
    (b'{"jsonrpc":"2.0","id":1,"method":"\xc3\x28"}\n', -32700),
    (b'{"jsonrpc":"2.0","id":1,"method":"hello"', None),
    (b"[" * 100_000 + b"\n", -32700),
    (b"x" * (3 << 20) + b"\n", -32700),
    (b'{"jsonrpc":"2.0","id":1,"method":"variables.set","params":{"values":{"rate":NaN}}}\n', 2),
    (b'{"jsonrpc":"2.0","id":1,"method":"variables.set","params":{"values":{"rate":Infinity}}}\n', 2),
    (b'{"jsonrpc":"2.0","id":1,"method":"variables.set","params":{"values":{"rate":1e999}}}\n', 2),
    (b'{"jsonrpc":"2.0","id":1,"method":"variables.set","params":{"values":{"rate":"nan"}}}\n', 2),
    (b'{"jsonrpc":"2.0","id":1,"method":"variables.set","params":{"values":{"rate":null}}}\n', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"variables.set","params":[]}\n', -32602),
    (b'{"jsonrpc":"2.0","id":{},"method":"hello"}\n', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"variables.set","params":{"values":{"rate":0.1},"number":9223372036854775807}}\n', -32602),
]


def test_garbage_is_answered_and_harms_nobody(place: Place) -> None:
    with running(place) as tuned:
        for data, code in GARBAGE:
            client = tuned.dial()
            client.send(data)
            if code is not None:
                assert json.loads(client.line())["error"]["code"] == code, data[:80]
                client.send(HELLO)
                assert json.loads(client.line())["result"]["pid"] == tuned.pid
            client.socket.close()
        assert tuned.do("value") == "0.1 false"


def test_the_feed_tells_who_comes_and_goes(place: Place) -> None:
    feed = subprocess.Popen([binary(), "ps", "--watch"], cwd=place.folder, env=place.environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert feed.stdout
        with running(place) as tuned:
            appeared = json.loads(feed.stdout.readline())
            assert (appeared["event"], appeared["name"], appeared["pid"]) == ("appeared", "TunedProgram", tuned.pid)
            assert [variable["tag"] for variable in appeared["variables"]] == ["rate"]
            client = tuned.dial()
            # The feed subscribes when it has shown the program: a change before that is in what it has shown.


            def is_heard() -> bool:
                client.ask("variables.set", values={"rate": 0.5})
                return bool(select.select([feed.stdout], [], [], 0.2)[0])

            wait_until("the feed hears of changes", is_heard)
            changed = json.loads(feed.stdout.readline())
            assert (changed["event"], changed["pid"], changed["values"]) == ("changed", tuned.pid, {"rate": 0.5})
        last = changed
        while last["event"] != "vanished":
            last = json.loads(feed.stdout.readline())
        assert last["pid"] == tuned.pid
    finally:
        feed.kill()
        feed.communicate()
