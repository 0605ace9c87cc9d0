"""Everything the dashboard knows: the last look, and what the looks of the last minutes add up to.

Fed by one look at a time; all ages are of the server's clock, carried on by this machine's
monotonic one, so that a wrong local clock changes nothing.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from hfdl_core.models import Event, JobId, JobStatus, WorkerState, WorkerView
from hfdl_core.monitor import FileInProgress, FleetView
from hfdl_tui.dashboard.view.drawing.letters import Letters
from hfdl_tui.dashboard.view.events.event_book import EventBook
from hfdl_tui.dashboard.view.history import FLEET_SAMPLES, SpeedHistory

KEPT_EVENTS: Final = 5000
GONE: Final = frozenset({WorkerState.LOST, WorkerState.LEFT})
_KEPT_FILES: Final = 50
_SAMPLE_SECONDS: Final = 0.9  # looks more frequent than that do not make the charts run faster


class Store:
    """Holds the present and the recent past; `apply` is its only way in but for own remarks."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._applied_at = clock()
        self._sampled_at = float("-inf")
        self._histories: dict[str, SpeedHistory] = {}
        self._live: list[WorkerView] = []
        self._caps: float | None = None  # None: to be added up when it is asked for
        self._files: dict[int, FileInProgress] = {}
        self.view: FleetView | None = None
        self.job_id: JobId | None = None  # the one that is looked at
        self.events = EventBook(KEPT_EVENTS)
        self.events_missed = 0
        self.fleet_speeds: deque[float] = deque(maxlen=FLEET_SAMPLES)  # one a second
        self.fleet_samples = 0  # how many there were, with those that were let go
        self.letters = Letters()
        self.speed = SpeedHistory()  # of the job that is looked at

    def apply(self, view: FleetView) -> None:
        self.view = view
        self._applied_at = self._clock()
        self.events.add(view.events, view.events_missed)
        self.events_missed += view.events_missed
        self._live = [worker for worker in view.workers if worker.status not in GONE]
        self._remember_files(view)
        self.letters.see([worker.worker_id for worker in self.live_workers])
        self.letters.see([lease.worker_id for file in view.files for lease in file.leases])
        if self._applied_at - self._sampled_at >= _SAMPLE_SECONDS:
            self._sampled_at = self._applied_at
            self._sample(view)
        self._caps = None

    def choose(self, job_id: JobId | None) -> None:
        """Look at another job: what was measured of the one before is let go."""
        if job_id == self.job_id:
            return
        self.job_id = job_id
        self.speed = SpeedHistory()
        self.fleet_speeds.clear()
        self._files.clear()
        if (job := self.job) is not None:
            self.speed.add(job.throughput_bytes_per_second)

    def remark(self, kind: str, text: str, worker: str = "") -> None:
        """An entry of this window's own in the event log: nobody else sees it."""
        at = datetime.fromtimestamp(self.server_now(), UTC)
        self.events.remark(
            Event(event_id="", at=at, job_id=self.job_id or "", kind=kind, text=text, worker=worker)
        )

    @property
    def job(self) -> JobStatus | None:
        return None if self.view is None else self.view.job(self.job_id)

    @property
    def workers(self) -> tuple[WorkerView, ...]:
        return () if self.view is None else self.view.workers

    @property
    def live_workers(self) -> Sequence[WorkerView]:
        return self._live

    @property
    def lost_workers(self) -> list[WorkerView]:
        """Without those that were started again since."""
        back = {worker.worker_id for worker in self._live}
        lost = (worker for worker in self.workers if worker.status is WorkerState.LOST)
        return [worker for worker in lost if worker.worker_id not in back]

    @property
    def files(self) -> list[FileInProgress]:
        """Those of the job in progress and those that were until lately, in the plan's order."""
        return [self._files[index] for index in sorted(self._files)]

    def data_age(self) -> float:
        """Seconds since the last look; since the start when there was none."""
        return max(0.0, self._clock() - self._applied_at)

    def server_now(self) -> float:
        """Seconds since the epoch by the server's clock; by the local one before the first look."""
        return time.time() if self.view is None else self.view.at + self.data_age()

    def beat_age(self, worker: WorkerView) -> float:
        return max(0.0, worker.last_heartbeat_seconds_ago + self.data_age())

    def history(self, worker: WorkerView) -> SpeedHistory:
        return self._histories.get(key_of(worker)) or SpeedHistory()

    def is_slow(self, worker: WorkerView) -> bool:
        return worker.status is WorkerState.WORKING and self.history(worker).is_slow

    def cap_of(self, worker: WorkerView) -> float:
        """Bytes a second: its limit where it has one, else the best it kept up lately."""
        best = self.history(worker).best
        limit = worker.limit_bytes_per_second
        return best if limit is None else limit

    def caps(self) -> float:
        """What all live workers together can give, as far as is known."""
        if self._caps is None:  # every page asks more than once
            self._caps = sum(self.cap_of(worker) for worker in self._live)
        return self._caps

    def _sample(self, view: FleetView) -> None:
        known = {}
        for worker in view.workers:
            history = self._histories.get(key_of(worker)) or SpeedHistory()
            history.add(worker.throughput_bytes_per_second)
            known[key_of(worker)] = history
        self._histories = known
        job = self.job
        speed = job.throughput_bytes_per_second if job else 0.0
        self.speed.add(speed)
        self.fleet_speeds.append(speed)
        self.fleet_samples += 1

    def _remember_files(self, view: FleetView) -> None:
        """The verified ones are told once: they stay until the screen has no room for them."""
        if view.focus_job != self.job_id:
            return  # this look was under way when another job was chosen
        verified = {index: file for index, file in self._files.items() if file.is_verified}
        here = {file.file_index: file for file in view.files}
        lately = [index for index in verified if index not in here][-_KEPT_FILES:]
        self._files = {index: verified[index] for index in lately} | here


def key_of(worker: WorkerView) -> str:
    """One process of a worker: two starts of the same worker are two."""
    return f"{worker.worker_id}/{worker.boot_id}"
