"""What the dashboard stands on: one thing to read from, to order from and to browse with."""

from collections.abc import Callable
from typing import Protocol

from hfdl_core.master import DryRun, JobRequest
from hfdl_core.monitor import FleetView, Focus
from hfdl_tui.operations.orders import Order, Outcome

Tell = Callable[[str], None]  # one line about how it goes


class Source(Protocol):
    """Every method may block for seconds and is called from daemon threads, never the event loop.

    `read`, `carry_out` and `dry_run` have a thread each. All raise HfdlError leaves.
    """

    @property
    def address(self) -> str:
        """Which Redis is meant, for people; known before it was reached; never with a password."""
        ...

    @property
    def line(self) -> str:
        """Which queue was opened, as the command line's first line says; empty before `read`."""
        ...

    def read(self, focus: Focus) -> FleetView:
        """Connect if need be, and look."""
        ...

    def what_opens(self) -> str:
        """What `OpenToOthers` would open, to be confirmed: addresses and ports."""
        ...

    def dry_run(self, request: JobRequest, tell: Tell) -> DryRun:
        """What a job would be; nothing is written."""
        ...

    def carry_out(self, order: Order, tell: Tell) -> Outcome:
        """Do it, and say what was done."""
        ...

    def close(self) -> None:
        """Let go of connections; what was started goes on."""
        ...
