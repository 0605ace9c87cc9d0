"""The leases this worker holds: how far each is, and whether it still has the right to go on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from hfdl_core.models import CurrentTask, DownloadTask, JobId, Token
from hfdl_core.task_id import TaskKind
from hfdl_core.transfer import Cancel
from hfdl_core.worker.lanes import LaneLine
from hfdl_core.worker.speed import SpeedMeter
from hfdl_core.worker.time_source import TimeSource

_FIRST_BYTE_SECONDS = 5.0
CROWD_LEASES = 2000


class Right(StrEnum):
    """Why a task may go on, or what is to be done with it when it may not."""

    HELD = "held"
    LOST = "lost"  # somebody else holds it: say nothing more about it
    RETURNING = "returning"  # ours, but to be given back: paused, stopping, or out of touch


class Lease:
    """One task in hand."""

    def __init__(
        self, task: DownloadTask, granted_at: float, time: TimeSource, lane: LaneLine
    ) -> None:
        self.task = task
        self.lane = lane
        self.cancel = Cancel()
        self.speed = SpeedMeter(time)
        self.path = task.files[0].path
        self.file_begin = task.begin  # of the file being fetched now, for people
        self.file_end = task.files[0].size if task.kind is TaskKind.BATCH else task.end
        self.bytes_written = task.begin
        self.position = 0 if task.kind is TaskKind.BATCH else task.begin
        self.end = task.end  # may come nearer: an idle worker has taken what lies beyond
        self.reason = ""
        self.is_hurried: Callable[[], bool] = lambda: False  # its job has nothing else to do
        self.is_trailing = False  # handed over, but not yet known to be durable
        self._accepted_at = granted_at
        self._right = Right.HELD
        self._fetch: Cancel | None = None
        self._lock = threading.Lock()

    @property
    def right(self) -> Right:
        return self._right

    def silent_seconds(self, now: float) -> float:
        """Seconds since the queue last confirmed this lease (of the send time, so never late)."""
        return now - self._accepted_at

    @property
    def measured_speed(self) -> float:
        """Bytes per second; negative while the first byte may still be on its way."""
        is_young = self.speed.age_seconds() < _FIRST_BYTE_SECONDS
        return -1.0 if is_young and not self.speed.total_bytes else self.speed.bytes_per_second()

    def accepted(self, sent_at: float) -> None:
        self._accepted_at = max(self._accepted_at, sent_at)

    def lose(self) -> None:
        """Somebody else holds the task: stop and forget it."""
        self._stop(Right.LOST, "the lease is lost")

    def give_back(self, reason: str) -> None:
        """Stop, and return the task to the queue with its position."""
        self._stop(Right.RETURNING, reason)

    def received(self, size: int) -> None:
        """Count bytes off the network; waits as long as the worker's rate limit wants."""
        self.speed.count(size)
        self.lane.received(size, self.cancel)

    def shrink(self, end: int) -> None:
        """What lies beyond belongs to somebody else now; an end never moves away again."""
        with self._lock:
            self.end = min(self.end, end)
            if self.task.kind is not TaskKind.RANGE:
                return
            self.file_end = self.end
            fetch = self._fetch if self.bytes_written >= self.end else None
        if fetch is not None:  # it may wait for bytes that never come, and has all that it shall
            fetch.cancel()

    @contextmanager
    def fetching(self) -> Iterator[Cancel]:
        """One transfer: cut off when the lease stops, and when nothing more of it is wanted."""
        fetch = Cancel()
        with self.cancel.cutting(fetch.cancel):
            with self._lock:
                self._fetch = fetch
            try:
                yield fetch
            finally:
                with self._lock:
                    self._fetch = None

    def begin_file(self, path: str, size: int) -> None:
        """Show people the next file of a batch."""
        self.path, self.file_begin, self.file_end, self.bytes_written = path, 0, size, 0

    def as_current_task(self) -> CurrentTask:
        return CurrentTask(
            job_id=self.task.job_id,
            task_id=self.task.task_id,
            path=self.path,
            begin=self.file_begin,
            end=self.file_end,
            position=self.bytes_written,
            bytes_per_second=self.speed.bytes_per_second(),
        )

    def _stop(self, right: Right, reason: str) -> None:
        with self._lock:
            # A lost lease stays lost: giving it back would speak for its new holder.
            if self._right is not Right.LOST:
                self._right, self.reason = right, reason
        self.cancel.cancel()


class LeaseBook:
    """All leases in hand; safe to use from every thread of the worker."""

    def __init__(self, worker: str, time: TimeSource) -> None:
        """`worker` is its id and its boot id, under which the queue knows who holds a lease."""
        self.worker = worker
        self._time = time
        self._leases: dict[Token, Lease] = {}
        self._closed_because = ""
        self._tails: set[JobId] = set()
        self._crowds: set[JobId] = set()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._leases)

    @contextmanager
    def hold(self, task: DownloadTask, granted_at: float, lane: LaneLine) -> Iterator[Lease]:
        """Keep the lease reported until the block ends, or until it is dropped when kept longer.

        `granted_at` is never too late.
        """
        lease = Lease(task, granted_at, self._time, lane)
        lease.is_hurried = lambda: task.job_id in self._tails
        with self._lock:
            self._leases[task.token] = lease
            closed_because = self._closed_because
        if closed_because:
            lease.give_back(closed_because)
        try:
            yield lease
        finally:
            if not lease.is_trailing:
                self.drop(lease)

    def drop(self, lease: Lease) -> None:
        """It has ended: it is not reported any more."""
        with self._lock:
            self._leases.pop(lease.task.token, None)

    def leases(self, job_id: JobId | None = None) -> list[Lease]:
        with self._lock:
            return [
                lease
                for lease in self._leases.values()
                if job_id is None or lease.task.job_id == job_id
            ]

    def job_ids(self) -> set[JobId]:
        return {lease.task.job_id for lease in self.leases()}

    def note_job(self, job_id: JobId, *, is_tail: bool, leases: int) -> None:
        """Whether all that is left of a job is in somebody's hands, and how many hold a lease."""
        with self._lock:
            (self._tails.add if is_tail else self._tails.discard)(job_id)
            (self._crowds.add if leases >= CROWD_LEASES else self._crowds.discard)(job_id)

    def is_crowd(self, job_id: JobId) -> bool:
        """Whether so many hold leases of the job that each reports less often."""
        return job_id in self._crowds

    def is_tail(self, job_id: JobId) -> bool:
        return job_id in self._tails

    def close(self, reason: str) -> None:
        """Give back every lease in hand, and at once those whose claim is still on its way."""
        with self._lock:
            self._closed_because = reason
        for lease in self.leases():
            lease.give_back(reason)

    def lose(self, job_id: JobId) -> None:
        for lease in self.leases(job_id):
            lease.lose()
