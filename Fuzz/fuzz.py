"""Attacks the decoder with bytes that a coverage-guided fuzzer finds, and keeps what it found for the tests.

Usage: fuzz.py [--seconds N] [--runs N] [--keep]

Builds the rooms AttuneValues, AttuneWire and Attune with Swift's libFuzzer and address sanitizer, begins with the inputs of
Tests/AttuneTests/Corpus/decoder.txt, and runs for so long. An input that crashes, hangs or leaks is printed as a line of that
file, and the exit status is 1. --keep replaces the file by the smallest set of inputs that reaches every place reached; the tests
replay it over a real socket (CorpusTests).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build" / "fuzz"
CORPUS = ROOT / "Tests" / "AttuneTests" / "Corpus" / "decoder.txt"
HEAD = """# Inputs that together reach every place of the decoder that the fuzzer has reached, one a line, written by `make fuzz-keep`.
# A line is the bytes of one stream; what is no printable ASCII, and the backslash itself, stands as \\xHH.
# The first byte says how many bytes arrive at a time; 00: all at once.
"""
SEEDS = [
    '{"jsonrpc":"2.0","id":1,"method":"hello"}',
    '{"jsonrpc":"2.0","id":"a","method":"variables.list"}',
    '{"jsonrpc":"2.0","id":2,"method":"variables.get","params":{"tags":["rate"]}}',
    '{"jsonrpc":"2.0","id":3,"method":"variables.set","params":{"values":{"rate":0.1,"count":2},"by":"ann","reason":"why","atStep":2}}',
    '{"jsonrpc":"2.0","id":4,"method":"variables.set","params":{"values":{"on":false,"mode":"b","note":"\\u00e9\\ud83d"},"number":7}}',
    '{"jsonrpc":"2.0","id":4,"method":"variables.set","params":{"values":{"rate":1},"number":9007199254740991}}',
    '{"jsonrpc":"2.0","id":5,"method":"trigger.fire","params":{"trigger":"save","payload":{"a":[1,2.5e-3,null]}}}',
    '{"jsonrpc":"2.0","id":6,"method":"trigger.fire","params":{"trigger":"attune.pause"}}',
    '{"jsonrpc":"2.0","id":7,"method":"program.resume","params":{"by":"ann"}}',
    '{"jsonrpc":"2.0","id":8,"method":"reports.subscribe","params":{"from":1}}',
    '{"jsonrpc":"2.0","id":9,"method":"changes.subscribe","params":{"from":1}}',
    '{"jsonrpc":"2.0","id":1,"result":{"acknowledged":0,"changes":3}}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":2,"message":"no"}}',
    '{"jsonrpc":"2.0","method":"changed","params":{"by":"ann","n":1,"number":1,"step":12,"time":1.5,"values":{"rate":0.01}}}',
    '{"jsonrpc":"2.0","method":"reported","params":{"elapsed":1.25,"metrics":{"loss":"nan"},"n":1,"step":1}}',
    '{"jsonrpc":"2.0","method":"declared","params":{"triggers":[],"variables":[{"range":[null,1.0],"tag":"lr","type":"float","value":0.1}]}}',
    '[true,false,null,NaN,-Infinity,"\\"\\\\\\/\\b\\f\\n\\r\\t"]',
]


def escaped(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}" for byte in data)


def unescaped(line: str) -> bytes:
    return line.encode("ascii").decode("unicode_escape").encode("latin-1")


def build() -> Path:
    """Each room is a module of its own, as in the package, so that its internal parts can be imported."""
    BUILD.mkdir(parents=True, exist_ok=True)
    common = ["swiftc", "-O", "-sanitize=fuzzer,address", "-parse-as-library", "-swift-version", "6", "-package-name", "attune",
              "-enable-testing", "-wmo", "-use-ld=lld", "-I", str(BUILD)]  # fmt: skip
    objects = []
    for room in ("AttuneValues", "AttuneWire", "Attune"):
        sources = sorted(str(path) for path in (ROOT / "Sources" / room).rglob("*.swift"))
        objects.append(str(BUILD / f"{room}.o"))
        subprocess.run([*common, "-emit-module", "-emit-module-path", str(BUILD / f"{room}.swiftmodule"), "-module-name", room, "-c",
                        "-o", objects[-1], *sources], check=True)  # fmt: skip
    program, source = BUILD / "decoder", ROOT / "Fuzz" / "DecoderFuzz.swift"
    subprocess.run([*common, "-module-name", "DecoderFuzz", "-o", str(program), str(source), *objects], check=True)
    return program


def unpack(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    inputs = [b"\0" + seed.encode() + b"\n" for seed in SEEDS]
    if CORPUS.exists():
        inputs += [unescaped(line) for line in CORPUS.read_text().splitlines() if line and not line.startswith("#")]
    for index, data in enumerate(inputs):
        (folder / f"seed-{index}").write_bytes(data)


def keep(program: Path, folder: Path) -> None:
    """Writes the smallest set of inputs that still reaches everything."""
    small = BUILD / "small"
    for old in small.glob("*"):
        old.unlink()
    small.mkdir(exist_ok=True)
    subprocess.run([str(program), "-merge=1", "-max_len=512", str(small), str(folder)], check=True, stderr=subprocess.DEVNULL)
    inputs = sorted({escaped(path.read_bytes()) for path in small.iterdir()}, key=lambda text: (len(text), text))
    CORPUS.write_text(HEAD + "".join(f"{text}\n" for text in inputs))
    print(f"{len(inputs)} inputs, {CORPUS.stat().st_size} bytes in {CORPUS.relative_to(ROOT)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="how long (default 60)")
    parser.add_argument("--runs", type=int, default=-1, help="how many executions at most (default: as many as the time allows)")
    parser.add_argument("--keep", action="store_true", help="replace the corpus of the tests by what was found")
    given = parser.parse_args()
    program, folder, crashes = build(), BUILD / "corpus", BUILD / "crashes"
    unpack(folder)
    crashes.mkdir(exist_ok=True)
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    status = subprocess.run(
        [str(program), f"-max_total_time={given.seconds}", f"-runs={given.runs}", "-max_len=4096", "-timeout=60", "-rss_limit_mb=2048",
         f"-artifact_prefix={crashes}/", "-print_final_stats=1", f"-dict={ROOT / 'Fuzz' / 'protocol.dict'}", str(folder)],
        env=environment, check=False,
    ).returncode  # fmt: skip
    for crash in sorted(crashes.iterdir()):
        print(f"{crash.name}: {escaped(crash.read_bytes())}")
    if status == 0 and given.keep:
        keep(program, folder)
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
