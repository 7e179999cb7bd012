"""How a program is held at a step, and let go."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._registry import Registry

GLANCE = 0.5  # seconds; a signal that comes just before a thread falls asleep does not wake it


def hold(registry: Registry) -> None:
    """Waits, with the registry's lock given back meanwhile, until the pause is over. Called with the lock held.

    Ctrl-C and SIGTERM end a program that waits here as they would anywhere. A handler of the program's own that only remembers the signal
    must find the program going on: then it is let through, and held again at its next step.
    """
    registry.is_paused = True
    handlers: dict[int, Any] = {}
    try:
        _listen(registry, handlers)
        while registry.is_paused:
            registry.resumed.wait(GLANCE)
    except BaseException:
        if not registry.lock._is_owned():  # type: ignore[attr-defined]  # raised between giving it back and falling asleep
            registry.lock.acquire()
        registry.is_paused = False
        registry.resumed.notify_all()
        raise
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _listen(registry: Registry, own: dict[int, Any]) -> None:
    """Puts itself before the program's own handlers, which it notes; only the main thread may."""
    if threading.current_thread() is not threading.main_thread():
        return

    def interrupted(number: int, frame: Any) -> None:
        own[number](number, frame)
        with registry.lock:
            registry.is_paused, registry.is_interrupted = False, True
            registry.resumed.notify_all()

    for number in (signal.SIGINT, signal.SIGTERM):
        handler = signal.getsignal(number)
        if callable(handler) and handler is not signal.default_int_handler:
            own[number] = handler
            signal.signal(number, interrupted)
