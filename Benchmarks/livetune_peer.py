"""The original LiveTune 0.0.8, in an environment of its own made from PyPI, and its protocol."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parent / ".build" / "livetune-python"
VERSION = "0.0.8"


def interpreter() -> str:
    """The Python that has it installed."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, f"LiveTune=={VERSION}", "numpy==2.4.6"], check=True)
        (ENVIRONMENT / "complete").touch()
    return str(python)


def look_up(port: int, tag: str) -> int:
    """Asks the dictionary for a variable's port. Raises OSError when the dictionary's listener has died."""
    with socket.create_connection(("localhost", port), timeout=5) as sock:
        sock.sendall(f"request_type: dictionary_entry - {tag}".encode())
        return int(sock.recv(1024))


def change(port: int, value: str) -> None:
    """Sends a value to a variable's port, and waits until it hangs up."""
    with socket.create_connection(("localhost", port), timeout=5) as sock:
        sock.sendall(b"request_type: update_var")
        sock.recv(1024)
        sock.sendall(value.encode())
        sock.recv(1)
