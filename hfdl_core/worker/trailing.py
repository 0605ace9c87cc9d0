"""Leases whose bytes are handed over and not yet durable: completed as soon as they are."""

import logging
import threading
from typing import NamedTuple

from hfdl_core.errors import CollectorError, QueueError, TransferCancelled, UnknownJob
from hfdl_core.handover import FileKey
from hfdl_core.models import DownloaderName, JobId
from hfdl_core.worker.collectors import Collectors
from hfdl_core.worker.endings import Endings
from hfdl_core.worker.gathering import key_of
from hfdl_core.worker.lease import Lease, LeaseBook, Right
from hfdl_core.worker.time_source import TimeSource

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.3
# A collector syncs every second: bytes that are not durable long after that were lost with it.
_LOST_SECONDS = 15.0


class _Waiting(NamedTuple):
    lease: Lease
    came_by: DownloaderName
    since: float


class Trailing:
    """The connection that fetched the bytes works on meanwhile."""

    def __init__(
        self, book: LeaseBook, collectors: Collectors, endings: Endings, time: TimeSource
    ) -> None:
        self._book = book
        self._collectors = collectors
        self._endings = endings
        self._time = time
        self._waiting: list[_Waiting] = []
        self._lock = threading.Lock()

    def add(self, lease: Lease, came_by: DownloaderName) -> None:
        """The lease stays reported until it is completed or given back here."""
        lease.is_trailing = True
        with self._lock:
            self._waiting.append(_Waiting(lease, came_by, self._time.monotonic()))

    def look(self) -> None:
        """Ask every collector once; called a few times a second."""
        with self._lock:
            waiting = list(self._waiting)
        for job_id in {one.lease.task.job_id for one in waiting}:
            here = [one for one in waiting if one.lease.task.job_id == job_id]
            self._ask(job_id, [one.lease for one in here if one.lease.right is Right.HELD])
            for one in here:
                self._settle(one)

    def give_back_all(self) -> None:
        """The worker ends: what is not durable by now is somebody else's."""
        self.look()
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for one in waiting:
            self._give_back(one.lease, "the worker stops")

    def _ask(self, job_id: JobId, leases: list[Lease]) -> None:
        asked: list[tuple[FileKey, int]] = [
            (key_of(lease.task, 0), lease.position) for lease in leases
        ]
        if not asked:
            return
        try:
            durable = self._collectors.of(job_id).durable(asked)
        except (CollectorError, QueueError, TransferCancelled, UnknownJob) as error:
            logger.debug("nobody says what is durable: %s", error)
            self._collectors.forget(job_id)
            return
        for lease, end in zip(leases, durable, strict=True):
            lease.position = max(lease.position, min(end, lease.end))

    def _settle(self, one: _Waiting) -> None:
        lease = one.lease
        is_held = lease.right is Right.HELD
        is_done = is_held and lease.position >= lease.end
        is_late = self._time.monotonic() - one.since > _LOST_SECONDS
        # Taken off before it is ended: two threads look when the worker ends.
        if not (is_done or is_late or not is_held) or not self._take(one):
            return
        if is_done:
            self._endings.complete(lease, one.came_by)
        else:
            lost = "the collector lost what it had not written"
            self._endings.give_back(lease, lost if is_held else lease.reason)
        self._book.drop(lease)

    def _take(self, one: _Waiting) -> bool:
        with self._lock:
            is_there = one in self._waiting
            if is_there:
                self._waiting.remove(one)
        return is_there

    def _give_back(self, lease: Lease, reason: str) -> None:
        if lease.position >= lease.end:
            self._endings.complete(lease, DownloaderName.HTTP)
        else:
            self._endings.give_back(lease, reason)
        self._book.drop(lease)
