"""Time and waiting, passed in so that tests need no sleep."""

import threading
import time
from typing import Protocol


class TimeSource(Protocol):
    """A monotonic clock."""

    def monotonic(self) -> float: ...


class RealTime:
    """The machine's own monotonic clock."""

    def monotonic(self) -> float:
        return time.monotonic()


class Stop:
    """The worker's two wishes: take no more work; drop everything."""

    def __init__(self) -> None:
        self._no_more = threading.Event()
        self._now = threading.Event()

    def ask(self) -> None:
        self._no_more.set()

    def ask_now(self) -> None:
        self._no_more.set()
        self._now.set()

    @property
    def is_asked(self) -> bool:
        return self._no_more.is_set()

    @property
    def is_asked_now(self) -> bool:
        return self._now.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep until the time is over or a stop is asked for; True when it is."""
        return self._no_more.wait(seconds)

    def wait_now(self, seconds: float) -> bool:
        """Sleep through a polite stop, not through an urgent one."""
        return self._now.wait(seconds)
