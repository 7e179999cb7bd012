"""What a process has cost: seconds until its first report, and energy where the machine can tell."""

from __future__ import annotations

import os
import time
from typing import Any, Callable

POWERCAP = "/sys/class/powercap"
Counter = Callable[[], float]  # joules since some moment


def age() -> float:
    """Seconds since this process started; since this module was loaded where the system cannot tell."""
    try:
        with open("/proc/self/stat", "rb") as file:
            ticks = int(file.read().rpartition(b")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, AttributeError):
        return time.monotonic() - _loaded


_loaded = time.monotonic()


class Meter:
    """Energy since it was made, of the machine's processor packages (`rapl`) and of the GPUs that the program may use (`nvml`).

    Whoever else works there is counted, too.
    """

    def __init__(self, powercap: str = POWERCAP) -> None:
        self._counters: dict[str, list[tuple[Counter, float]]] = {}
        for source, counters in (("rapl", packages(powercap)), ("nvml", gpus())):
            begun = [(counter, counter()) for counter in counters]
            if begun:
                self._counters[source] = begun

    @property
    def wraps(self) -> bool:
        """Whether a counter must be read every minute, because it begins again when it is full."""
        return "rapl" in self._counters

    def read(self) -> dict[str, Any]:
        """`joules` and `source`; nothing where nothing is measured."""
        if not self._counters:
            return {}
        joules = sum(counter() - begun for counters in self._counters.values() for counter, begun in counters)
        return {"joules": round(joules, 3), "source": "+".join(self._counters)}


class Package:
    """A processor package's counter of microjoules, which begins again at 0 when it is full."""

    def __init__(self, folder: str) -> None:
        self._folder, self._full = folder, 0
        self._last, self._range = self._number("energy_uj"), self._number("max_energy_range_uj") + 1

    def __call__(self) -> float:
        try:
            number = self._number("energy_uj")
        except (OSError, ValueError):
            number = self._last  # gone: it stands still
        if number < self._last:
            self._full += self._range
        self._last = number
        return (self._full + number) / 1e6

    def _number(self, name: str) -> int:
        with open(os.path.join(self._folder, name), "rb") as file:
            return int(file.read())


def packages(powercap: str) -> list[Counter]:
    """A counter for each processor package that may be read. Its parts are in it, and are not counted again."""
    found: list[Counter] = []
    for name in sorted(os.listdir(powercap)) if os.path.isdir(powercap) else ():
        try:
            with open(os.path.join(powercap, name, "name"), encoding="utf-8") as file:
                if file.read().startswith("package") and name.startswith("intel-rapl:"):
                    found.append(Package(os.path.join(powercap, name)))
        except (OSError, ValueError):
            continue  # the kernel lets only the administrator read it
    return found


def gpus(library: str = "libnvidia-ml.so.1", device: str = "/dev/nvidiactl") -> list[Counter]:
    """A counter for each NVIDIA GPU that CUDA_VISIBLE_DEVICES leaves to the program."""
    if not os.path.exists(device):
        return []
    try:
        import ctypes

        nvml = ctypes.CDLL(library)
        count, found = ctypes.c_uint(), list[Counter]()
        if nvml.nvmlInit_v2() or nvml.nvmlDeviceGetCount_v2(ctypes.byref(count)):
            return []
        visible = os.environ.get("CUDA_VISIBLE_DEVICES")
        for name in map(str, range(count.value)) if visible is None else visible.split(","):
            handle, by_index = ctypes.c_void_p(), name.strip().isdigit()
            get = nvml.nvmlDeviceGetHandleByIndex_v2 if by_index else nvml.nvmlDeviceGetHandleByUUID
            if get(ctypes.c_uint(int(name)) if by_index else name.strip().encode(), ctypes.byref(handle)) == 0:
                counter = _gpu(nvml, ctypes, handle)
                if counter() > 0:  # older GPUs have none
                    found.append(counter)
        return found
    except (OSError, AttributeError, ImportError):
        return []


def _gpu(nvml: Any, ctypes: Any, handle: Any) -> Counter:
    millijoules = ctypes.c_ulonglong()

    def read() -> float:
        nvml.nvmlDeviceGetTotalEnergyConsumption(handle, ctypes.byref(millijoules))
        return float(millijoules.value) / 1e3

    return read
