"""A real queue as the dashboard sees it: opened when it is first looked at, and again when lost."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from hfdl_core.bootstrap import OpenQueue, make_watch, open_queue
from hfdl_core.errors import QueueUnavailable
from hfdl_core.master import DryRun, JobRequest
from hfdl_core.monitor import FleetView, FleetWatch, Focus
from hfdl_core.settings import Settings
from hfdl_tui.operations.background import Tell
from hfdl_tui.operations.joining import what_opens
from hfdl_tui.operations.launching import dry_run
from hfdl_tui.operations.operator import Operator
from hfdl_tui.operations.orders import EVERYWHERE, Order, Outcome

_CLOSE_SECONDS: Final = 0.5
_OWN: Final = "hfdl's own server"


class LiveSource:
    """What the dashboard calls its `Source`.

    Reads and orders have a queue each, so that a long order does not hold up the reading.
    """

    def __init__(self, settings: Settings) -> None:
        target = settings.redis_target()
        self._address = _OWN if target is None else target.describe()
        self._settings = settings
        self._reading = _Held(settings, is_brief=True)
        self._ordering = _Held(settings, is_brief=False)
        self._planning = _Held(settings, is_brief=False)
        self._watch: FleetWatch | None = None
        self._watched: OpenQueue | None = None

    @property
    def address(self) -> str:
        """Which Redis is meant, for people; without a password."""
        return self._address

    @property
    def line(self) -> str:
        """Which queue was opened; empty before `read`."""
        queue = self._reading.queue
        return "" if queue is None else queue.line

    @property
    def warnings(self) -> tuple[str, ...]:
        """About settings and server; those of the server are known once it was reached."""
        queue = self._reading.queue
        return (*(() if queue is None else queue.warnings), *self._settings.warnings)

    def read(self, focus: Focus) -> FleetView:
        """Connect if need be, and look."""
        with self._reading.opened() as queue:
            if self._watch is None:
                self._watch = make_watch(queue)
            elif self._watched is not queue:
                self._watch.go_on_with(queue.client)  # one server a user: it is the same queue
            self._watched = queue
            return self._watch.read(focus)

    def what_opens(self) -> str:
        """What `OpenToOthers` would open, to be confirmed: addresses and ports."""
        if self._settings.redis_target() is not None:
            return f"shows how other machines come to {self._address}; nothing new is opened"
        return what_opens(self._settings, EVERYWHERE)

    def dry_run(self, request: JobRequest, tell: Tell) -> DryRun:
        """What a job would be; nothing is written."""
        with self._planning.opened() as queue:
            return dry_run(self._settings, queue, request, tell)

    def carry_out(self, order: Order, tell: Tell) -> Outcome:
        """Do it, and say what was done."""
        with self._ordering.opened() as queue:
            return Operator(self._settings, queue).carry_out(order, tell)

    def close(self) -> None:
        """Let go of connections; one that is in use goes with the process."""
        for held in (self._planning, self._ordering, self._reading):
            held.close(_CLOSE_SECONDS)


class _Held:
    """One queue, opened when it is first used and kept; for one thread at a time."""

    def __init__(self, settings: Settings, *, is_brief: bool) -> None:
        self._settings = settings
        self._is_brief = is_brief
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self.queue: OpenQueue | None = None

    @contextmanager
    def opened(self) -> Iterator[OpenQueue]:
        with self._lock:
            queue = self.queue
            if queue is None:
                made = open_queue(self._settings, may_start=True, is_brief=self._is_brief)
                queue = self.queue = self._stack.enter_context(made)
            try:
                yield queue
            except QueueUnavailable:
                self._drop_if_found()
                raise

    def close(self, patience_seconds: float) -> None:
        if self._lock.acquire(timeout=patience_seconds):
            try:
                self._drop()
            finally:
                self._lock.release()

    def _drop_if_found(self) -> None:
        """What was found, not named, may be found elsewhere next time; a client reconnects."""
        if self._settings.redis_target() is None:
            self._drop()

    def _drop(self) -> None:
        self.queue = None
        self._stack.close()
