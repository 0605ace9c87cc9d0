"""How a job's progress is shown to whoever waits for it; by lines where nothing can be drawn."""

import time
from types import TracebackType
from typing import Protocol, Self

from hfdl_core.models import JobStatus, WorkerStatus
from hfdl_tui.cli.changes import Changes
from hfdl_tui.cli.output import tell
from hfdl_tui.cli.show_jobs import sentence


class Progress(Protocol):
    """Shows the newest figures as often as it is asked to."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def show(self, job: JobStatus, worker: WorkerStatus) -> None: ...


class Troubles:
    """Tells why this machine's worker does not work, once per reason."""

    def __init__(self) -> None:
        self._told = ""

    def tell_new(self, worker: WorkerStatus) -> None:
        if worker.reason != self._told and worker.reason:
            tell(f"this machine waits: {worker.reason}")
        self._told = worker.reason


class Sentences:
    """A full sentence a change, some seconds apart."""

    def __init__(self) -> None:
        self._changes = Changes()
        self._troubles = Troubles()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is held."""

    def show(self, job: JobStatus, worker: WorkerStatus) -> None:
        self._troubles.tell_new(worker)
        if self._changes.is_worth_telling(job, time.monotonic()):
            tell(sentence(job))
