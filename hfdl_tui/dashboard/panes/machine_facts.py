"""What this machine knows by itself: who it is, and which jobs were made on it."""

from collections.abc import Callable

from hfdl_core.errors import HfdlError
from hfdl_core.machine import JobMade, JobsMade, machine_id
from hfdl_core.models import JobId
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.errands import Errand
from hfdl_tui.dashboard.view.overview.job_rows import forgotten_of


class MachineFacts:
    """Read from files, and so on the thread of the errands."""

    def __init__(self, desk: Desk) -> None:
        self.machine: str | None = None  # its id, once it is read
        self._desk = desk
        self._made_here: list[JobMade] = []
        self._known: set[JobId] = set()  # jobs of the last look

    def read(self, on_read: Callable[[], None]) -> None:
        def known(facts: tuple[str, list[JobMade]]) -> None:
            self.machine, self._made_here = facts
            on_read()

        def failed(error: HfdlError) -> None:
            self._desk.store.remark("machine", str(error))

        self._desk.orders.send(
            Errand(lambda: (machine_id(), JobsMade.of_this_machine().jobs()), known, failed)
        )

    def forgotten(self) -> list[JobMade]:
        """Jobs made here, in this very queue, that it does not know any more."""
        return forgotten_of(self._made_here, self._desk.store, self._desk.source.line)

    def has_lost_a_job(self) -> bool:
        """Whether a job that was there at the last call is not any more."""
        view = self._desk.store.view
        now = {job.job_id for job in view.jobs} if view else set()
        lost, self._known = bool(self._known - now), now
        return lost
