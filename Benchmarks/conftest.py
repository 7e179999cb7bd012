"""Tests drive the command that was built beside the other tests."""

import os
from pathlib import Path

os.environ.setdefault("ATTUNE_BINARY", str(Path(__file__).resolve().parent.parent / ".build" / "debug" / "AttuneCommand"))
