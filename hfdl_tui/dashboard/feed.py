"""Looks at the queue again and again, on a daemon thread that holds up no quitting."""

import random
import threading
import time
from collections.abc import Callable
from typing import Final

from textual.message import Message

from hfdl_core.errors import HfdlError, ProtocolMismatch, QueueRefused
from hfdl_core.monitor import FleetView, Focus
from hfdl_tui.dashboard.source import Source

_FIRST_BACKOFF_SECONDS: Final = 0.5
_LONGEST_BACKOFF_SECONDS: Final = 2.0  # a Redis that is back is seen within three seconds
_REFUSED_SECONDS: Final = 10.0  # a wrong password does not become right by haste
_LONGEST_INTERVAL_SECONDS: Final = 10.0
_BUSY_SHARE: Final = 0.5  # of the interval: a look that takes more makes the next one wait longer


class Looked(Message):
    """A look succeeded."""

    def __init__(self, view: FleetView) -> None:
        super().__init__()
        self.view = view


class LookFailed(Message):
    """A look failed; the next one comes by itself."""

    def __init__(self, error: HfdlError, attempt: int, wait_seconds: float) -> None:
        super().__init__()
        self.error = error
        self.attempt = attempt
        self.wait_seconds = wait_seconds


class FeedBroken(Message):
    """A fault of hfdl ended the looking: the screen must not go on as if nothing had happened."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class Feed:
    """One look at a time; the next is timed from the end of the last."""

    def __init__(
        self,
        source: Source,
        focus: Callable[[], Focus],
        post: Callable[[Message], object],
        interval_seconds: float = 1.0,
    ) -> None:
        """`focus` and `post` are called from the feed's own thread."""
        self.interval_seconds = interval_seconds  # may be changed at any time
        self.is_in_background = False  # the terminal lost the focus: nobody looks
        self._source = source
        self._focus = focus
        self._post = post
        self._hurry = threading.Event()
        self._stopping = False
        self._failures = 0

    def start(self) -> None:
        threading.Thread(target=self._run, name="feed", daemon=True).start()

    def stop(self) -> None:
        """No look begins any more; one that hangs is left to itself."""
        self._stopping = True
        self._hurry.set()

    def look_now(self) -> None:
        """Do not wait for the next turn."""
        self._hurry.set()

    def _run(self) -> None:
        try:
            while not self._stopping:
                wait = self._look()
                self._hurry.wait(wait)
                self._hurry.clear()
        except Exception as error:
            self._post(FeedBroken(error))
            raise

    def _look(self) -> float:
        """Seconds until the next."""
        began = time.monotonic()
        try:
            view = self._source.read(self._focus())
        except HfdlError as error:
            self._failures += 1
            wait = self._backoff(error)
            self._post(LookFailed(error, self._failures, wait))
            return wait
        self._failures = 0
        self._post(Looked(view))
        return self._pause(time.monotonic() - began)

    def _pause(self, took: float) -> float:
        interval = self.interval_seconds
        if self.is_in_background:
            interval = max(interval, 5.0)
        while took > _BUSY_SHARE * interval and interval < _LONGEST_INTERVAL_SECONDS:
            interval = min(2 * interval, _LONGEST_INTERVAL_SECONDS)
        return interval

    def _backoff(self, error: HfdlError) -> float:
        if isinstance(error, QueueRefused | ProtocolMismatch):
            return _REFUSED_SECONDS
        doubled = _FIRST_BACKOFF_SECONDS * 2 ** min(self._failures - 1, 10)
        # Not for secrets: many dashboards shall not knock in step.
        seconds: float = min(doubled, _LONGEST_BACKOFF_SECONDS) * random.uniform(0.8, 1.0)  # noqa: S311
        return seconds
