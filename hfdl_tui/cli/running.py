"""Runs a worker beside the main thread, which hears the signals and shows how it goes."""

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

from hfdl_core.errors import ExitCode
from hfdl_core.worker import ExitReason, WorkerNode
from hfdl_tui.cli.output import tell
from hfdl_tui.cli.signals import StopSignals

_LISTEN_SECONDS: Final = 60.0  # signals wake the wait, so this only bounds a missed one
_LAST_WAIT_SECONDS: Final = 5.0
_AT_ONCE: Final = 2  # the signal that ends all patience
_SHOW_CURSOR: Final = "\x1b[?25h"


class RunningWorker:
    """A worker node on a thread; the first signal stops it, the second stops it at once."""

    def __init__(self, node: WorkerNode, signals: StopSignals, stopping: str) -> None:
        self._node = node
        self._signals = signals
        self._stopping = stopping
        self._obeyed = 0
        self._ended: Future[ExitReason]

    @contextmanager
    def started(self) -> Iterator[None]:
        """Run it inside the block; it is stopped, and its thread over, when the block ends."""
        pool = ThreadPoolExecutor(1, "worker")
        self._ended = pool.submit(self._node.run)
        self._ended.add_done_callback(lambda _: self._signals.wake())
        try:
            yield
        finally:
            self._node.stop()
            self.wait_for_the_end()
            pool.shutdown()

    @property
    def has_ended(self) -> bool:
        return self._ended.done()

    def reason(self) -> ExitReason:
        """Why it ended; raises what it raised."""
        return self._ended.result()

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than until a signal or the worker's end; then obey the signals."""
        self._signals.wait(seconds)
        while self._obeyed < self._signals.count:
            self._obeyed += 1
            self._obey(self._obeyed)

    def wait_for_the_end(self) -> None:
        """Until the worker has ended by itself or by signals."""
        while not self.has_ended:
            self.wait(_LISTEN_SECONDS)

    def _obey(self, times: int) -> None:
        if times == 1:
            tell(self._stopping)
            self._node.stop()
            return
        if times == _AT_ONCE:
            tell("stopping at once")
            self._node.stop_now()
            deadline = time.monotonic() + _LAST_WAIT_SECONDS
            while (
                not self.has_ended
                and self._signals.count == _AT_ONCE
                and time.monotonic() < deadline
            ):
                self._signals.wait(deadline - time.monotonic())
        if not self.has_ended:
            if sys.stderr.isatty():
                sys.stderr.write(_SHOW_CURSOR)  # bars hide it
                sys.stderr.flush()
            # A thread that hangs in the system cannot be ended; its leases run out by themselves.
            os._exit(ExitCode.INTERRUPTED)
