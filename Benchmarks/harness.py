"""What the measurements share: the built command, a place of their own, the processes in it, and figures as JSON lines."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Callable, Optional, Sequence

ROOT = Path(__file__).resolve().parent.parent
ATTUNE = Path(os.environ.get("ATTUNE_BINARY") or ROOT / ".build" / "release" / "attune")


@dataclass
class Figure:
    """One measured quantity. The limit is the highest value allowed, or the lowest; the peer was measured in the same run."""

    benchmark: str
    quantity: str
    unit: str
    value: float
    low: float
    high: float
    limit: Optional[float] = None
    peer: Optional[str] = None
    peer_value: Optional[float] = None
    ratio: Optional[float] = None
    """Ours to the peer's: the median over the runs, each run compared with the peer's that came next."""
    at_least: Optional[float] = None
    """The lowest value allowed."""

    @classmethod
    def of(cls, benchmark: str, quantity: str, unit: str, values: Sequence[float], **more: Any) -> Figure:
        return cls(benchmark, quantity, unit, statistics.median(values), min(values), max(values), **more)

    @classmethod
    def beside(
        cls, benchmark: str, quantity: str, unit: str, values: Sequence[float], peer: str, theirs: Sequence[float], **more: Any
    ) -> Figure:
        ratio = statistics.median(ours / other for ours, other in zip(values, theirs, strict=True))
        return cls.of(benchmark, quantity, unit, values, peer=peer, peer_value=statistics.median(theirs), ratio=ratio, **more)

    @property
    def is_within(self) -> bool:
        return (self.limit is None or self.value <= self.limit) and (self.at_least is None or self.value >= self.at_least)

    @property
    def text(self) -> str:
        words = f"{self.quantity}: {self.value:.4g} {self.unit} ({self.low:.4g}...{self.high:.4g})"
        if self.limit is not None:
            words += f", limit {self.limit:g}: {'within' if self.is_within else 'ABOVE'}"
        if self.at_least is not None:
            words += f", at least {self.at_least:g}: {'reached' if self.is_within else 'BELOW'}"
        if self.peer_value is not None:
            words += f"; {self.peer} {self.peer_value:.4g} {self.unit}, ratio {self.ratio:.3f}"
        return words


class Place:
    """A folder of its own for stores and sockets, gone at the end. Its path is in the environment of every process that belongs to it."""

    def __init__(self, parent: Optional[Path] = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="attune-", dir=parent))
        self.store = self.folder / "store"
        # Apart, because the path of a socket has little room.
        self.sockets = Path(tempfile.mkdtemp(prefix="attune-"))

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for process in processes_of(self.folder):
            try:
                os.kill(process, 9)
            except ProcessLookupError:
                pass
        for folder in (self.folder, self.sockets):
            shutil.rmtree(folder, ignore_errors=True)

    def environment(self, **more: str) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("ATTUNE_")}
        path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", "")])
        python = os.pathsep.join(filter(None, [str(ROOT / "Python"), own.get("PYTHONPATH", "")]))
        # Programs of other places may be found in the temporary directory.
        sockets = {"XDG_RUNTIME_DIR": str(self.sockets), "TMPDIR": str(self.sockets)}
        place = {"ATTUNE_STORE": str(self.store), "PATH": path, "PYTHONPATH": python, **sockets}
        return {**own, **place, **more}

    def start(self, *arguments: str, log: Path, **environment: str) -> subprocess.Popen[bytes]:
        """The command in the background; what it says is appended to the log."""
        with log.open("ab") as file:
            return subprocess.Popen(
                [binary(), *arguments], cwd=self.folder, env=self.environment(**environment),
                stdin=subprocess.DEVNULL, stdout=file, stderr=file,
            )  # fmt: skip

    def call(self, *arguments: str, timeout: float = 600, **environment: str) -> subprocess.CompletedProcess[str]:
        """The command, to its end."""
        return subprocess.run(
            [binary(), *arguments], cwd=self.folder, env=self.environment(**environment), stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def experiment(self, name: str) -> Path:
        """The folder of an experiment's files."""
        return self.store / "experiments" / name

    def query(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.store / "attune.db", timeout=30)) as database:
            return list(database.execute(sql, arguments))

    def change(self, sql: str) -> None:
        """For tests of the checks."""
        with closing(sqlite3.connect(self.store / "attune.db", timeout=30)) as database, database:
            assert database.execute(sql).rowcount == 1


def binary() -> str:
    if not ATTUNE.exists():
        sys.exit(f"{ATTUNE} is not built; `make build` builds it. Nothing was measured.")
    return str(ATTUNE)


def processes_of(folder: Path) -> list[int]:
    """The processes, other than this one, that have the folder in their arguments or their environment."""
    found, needle = [], str(folder).encode()
    for process in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        try:
            text = b"".join(Path(f"/proc/{process}/{name}").read_bytes() for name in ("cmdline", "environ"))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it has ended meanwhile, or is nobody's of ours; a zombie has neither
        if needle in text and process != os.getpid():
            found.append(process)
    return found


def arguments_of(process: int) -> list[str]:
    """Empty when it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except (FileNotFoundError, ProcessLookupError):
        return []


def wait_until(what: str, is_so: Callable[[], object], limit: float = 60) -> None:
    """Looks again and again, for what no one tells. Raises AssertionError after so many seconds."""
    deadline = time.monotonic() + limit
    while not is_so():
        assert time.monotonic() < deadline, f"within {limit} s it did not come to this: {what}"
        time.sleep(0.01)


def write(path: Path, content: Any) -> Path:
    """A text, or anything else as JSON; made executable when it is a script."""
    text = content if isinstance(content, str) else json.dumps(content, indent=1)
    path.write_text(text)
    if text.startswith("#!"):
        path.chmod(0o700)
    return path


def options(description: Optional[str], add: Callable[[argparse.ArgumentParser], object] = lambda _: None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="append each figure to the file as a line of JSON")
    add(parser)
    return parser.parse_args()


def publish(figures: Sequence[Figure], file: Optional[Path]) -> int:
    """Prints the figures. Returns the exit status: 1 when one is above its limit."""
    for figure in figures:
        print(figure.text, flush=True)
    if file:
        with file.open("a") as lines:
            lines.writelines(json.dumps(asdict(figure)) + "\n" for figure in figures)
    return 0 if all(figure.is_within for figure in figures) else 1
