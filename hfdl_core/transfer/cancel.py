"""One transfer's stop button, pressed from any thread."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hfdl_core.errors import TransferCancelled


class Cancel:
    """Once pressed it stays pressed; whatever is in flight then is cut off at once."""

    def __init__(self) -> None:
        self._pressed = threading.Event()
        self._lock = threading.Lock()
        self._cuts: list[Callable[[], None]] = []

    @property
    def is_set(self) -> bool:
        return self._pressed.is_set()

    def cancel(self) -> None:
        """Cut off what is in flight; it raises TransferCancelled in its own thread."""
        self._pressed.set()
        # Under the lock: a cut must never come late and hit the next user of a connection.
        with self._lock:
            for cut in self._cuts:
                cut()

    def wait(self, seconds: float) -> bool:
        """Sleep until the time is over or the button is pressed; True when it is."""
        return self._pressed.wait(seconds)

    def check(self) -> None:
        if self._pressed.is_set():
            raise TransferCancelled("cancelled")

    @contextmanager
    def cutting(self, cut: Callable[[], None]) -> Iterator[None]:
        """Have `cut` called from the thread that presses the button meanwhile; it must be quick."""
        with self._lock:
            self.check()
            self._cuts.append(cut)
        try:
            yield
        finally:
            with self._lock:
                self._cuts.remove(cut)
