"""What a process has cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from attune import _ledger


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_warmup_is_told_with_the_first_report_only(start: Any, directory: Path) -> None:
    script = start(ATTUNE_LEDGER=str(directory / "ledger"))
    script("rate = attune.live('rate', 0.1)")
    talk = script.dial()
    assert "warmup" not in talk.ask("hello")["result"]
    talk.ask("reports.subscribe")
    script("[attune.report(loss=1) for _ in range(2)] and None")
    first, second = talk.wait("reported", 2)
    assert 0 < first["warmup"] < 60 and "warmup" not in second
    assert talk.ask("hello")["result"]["warmup"] == first["warmup"]
    [line] = lines(directory / "ledger")  # a program that is killed now has left it
    assert (line["warmup"], line["pid"]) == (first["warmup"], script.process.pid)
    talk.close()
    script.end()
    last = lines(directory / "ledger")[-1]
    assert last["warmup"] == first["warmup"] <= last["elapsed"] and last["pid"] == script.process.pid


def test_ledger_is_the_last_that_an_agent_hears(hub: Any, under_experiment: Any) -> None:
    agent, script = hub(), under_experiment()
    script("attune.report(loss=1)")
    talk = agent.accept()
    talk.wait("reported")
    script.process.stdin.close()
    talk.send(method="acknowledged", params={"n": 1})
    ledger = talk.wait("ledger")[0]
    assert 0 < ledger["warmup"] <= ledger["elapsed"]
    assert talk.file.read() == b""


def zone(folder: Path, name: str, kind: str, number: int, full: int) -> Path:
    place = folder / name
    place.mkdir(parents=True)
    for file, content in (("name", kind), ("energy_uj", number), ("max_energy_range_uj", full)):
        (place / file).write_text(f"{content}\n")
    return place


def test_energy_of_the_packages_is_counted_and_begins_again(tmp_path: Path) -> None:
    first = zone(tmp_path, "intel-rapl:0", "package-0", 900_000, 999_999)
    zone(tmp_path, "intel-rapl:0:0", "core", 5, 999_999)
    zone(tmp_path, "intel-rapl:1", "psys", 5, 999_999)
    second = zone(tmp_path, "intel-rapl:2", "package-1", 0, 999_999)
    meter = _ledger.Meter(str(tmp_path))
    assert meter.wraps and meter.read()["joules"] == 0
    (first / "energy_uj").write_text("100000")  # full at 1,000,000
    (second / "energy_uj").write_text("500000")
    assert meter.read() == {"joules": 0.7, "source": "rapl"}
    (first / "energy_uj").unlink()
    assert meter.read()["joules"] == 0.7, "a counter that is gone stands still"


def test_where_nothing_is_measured_nothing_is_told(tmp_path: Path) -> None:
    meter = _ledger.Meter(str(tmp_path / "none"))
    assert not meter.wraps and "rapl" not in meter.read().get("source", "")
    assert _ledger.gpus("no-such-library", "/dev/null") == []


def test_gpus_are_read_through_their_library(tmp_path: Path, monkeypatch: Any) -> None:
    import shutil
    import subprocess

    import pytest

    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        pytest.skip("there is no C compiler to make a library with")
    (tmp_path / "nvml.c").write_text("""
static unsigned long long used[3];
int nvmlInit_v2(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 3; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) { *device = &used[index]; return index > 2; }
int nvmlDeviceGetHandleByUUID(const char *name, void **device) { *device = &used[2]; return name[0] != 'G'; }
int nvmlDeviceGetTotalEnergyConsumption(unsigned long long *device, unsigned long long *total) { *total = *device += 1000; return 0; }
""")
    library = str(tmp_path / "libnvml.so")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, str(tmp_path / "nvml.c")], check=True)
    for visible, count in ((None, 3), ("1", 1), ("GPU-x,0", 2), ("", 0), ("MIG-x", 0)):
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        if visible is not None:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        counters = _ledger.gpus(library, "/dev/null")
        assert len(counters) == count, visible
    assert (counters := _ledger.gpus(library, "/dev/null")) == []
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    [counter] = _ledger.gpus(library, "/dev/null")
    before = counter()
    assert counter() - before == 1.0, "joules"
