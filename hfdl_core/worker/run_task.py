"""Runs one task: bring its files home, then tell the queue how it went."""

import logging
from collections.abc import Callable

from hfdl_core.errors import (
    ErrorScope,
    FileRefused,
    FileReopened,
    HfdlError,
    QueueEmptied,
    TransferCancelled,
    UnexpectedFailure,
    UnknownJob,
)
from hfdl_core.models import Delivery, DownloaderName, JobSpec, RepoFile
from hfdl_core.task_id import TaskKind
from hfdl_core.worker.admission import STEP_ASIDE_SECONDS, Admission, limited_by
from hfdl_core.worker.dispenser import Handout
from hfdl_core.worker.endings import Endings
from hfdl_core.worker.lanes import LaneLine
from hfdl_core.worker.lease import Lease, LeaseBook, Right
from hfdl_core.worker.side_by_side import side_by_side
from hfdl_core.worker.specs import Specs
from hfdl_core.worker.tally import Tally
from hfdl_core.worker.wall import unexpected
from hfdl_core.worker.ways_home import WaysHome

logger = logging.getLogger(__name__)

# Brings the file of this number in its task.
Bring = Callable[[int, RepoFile], DownloaderName]

# How long the job is left alone. Some need a person (a token, room on the disk, a mount): asking
# again at once cannot help; a collector may be back at any moment.
_ASIDE_SECONDS = {
    "WorkerDenied": STEP_ASIDE_SECONDS,
    "DiskFull": STEP_ASIDE_SECONDS,
    "OutputRefused": STEP_ASIDE_SECONDS,
    "FileInUse": STEP_ASIDE_SECONDS,
    "StorageError": STEP_ASIDE_SECONDS,
    "CollectorFull": 5.0,
    "CollectorAway": 5.0,
    "CollectorMoved": 1.0,
    "OtherSourceWanted": 2.0,
    "FileReopened": 0.0,
}
# Tiny files take a round trip or two each, whatever their size: several are on their way at once.
FILES_AT_ONCE = 4


class TaskRunner:
    """Runs tasks of one worker; safe to use from all its connections."""

    def __init__(
        self,
        book: LeaseBook,
        specs: Specs,
        admission: Admission,
        ways_home: WaysHome,
        endings: Endings,
        tally: Tally,
    ) -> None:
        self._book = book
        self._specs = specs
        self._admission = admission
        self._ways_home = ways_home
        self._endings = endings
        self._tally = tally

    def run(self, handout: Handout, lane: LaneLine) -> None:
        """Never raises: whatever a task does wrong, the outcome goes to the queue."""
        with self._book.hold(handout.task, handout.granted_at, lane) as lease:
            bug = unexpected(lambda: self._run(lease), lease.path)
            if bug is not None:
                failure = UnexpectedFailure(f"{type(bug).__name__}: {bug}")
                unexpected(lambda: self._give_up(lease, failure), lease.path)

    def _run(self, lease: Lease) -> None:
        try:
            came_by = self._bring_all(lease)
        except TransferCancelled as error:
            self._endings.give_back(lease, lease.reason or str(error))
        except (QueueEmptied, UnknownJob) as error:
            logger.warning("%s", error)
            lease.lose()
        except HfdlError as error:
            self._give_up(lease, error)
        else:
            lease.lane.breaker.succeeded()
            self._end_well(lease, came_by)

    def _end_well(self, lease: Lease, came_by: DownloaderName) -> None:
        if lease.task.kind is TaskKind.RANGE and lease.position < lease.end:
            self._ways_home.trailing.add(lease, came_by)
        else:
            self._endings.complete(lease, came_by)

    def _bring_all(self, lease: Lease) -> DownloaderName:
        spec = self._specs.of(lease.task.job_id)
        if lease.task.kind is TaskKind.RANGE:
            came_by = self._ways_home.gathering.bring_range(spec, lease)
            self._tally.bytes_gathered(lease.end - lease.task.begin, came_by)
            return came_by
        bring = self._bringer(spec, lease)
        if lease.task.kind is TaskKind.FILE:
            came_by = self._bring_one(0, bring, lease)
            lease.position = lease.task.end
            return came_by
        return self._bring_batch(bring, lease)

    def _bringer(self, spec: JobSpec, lease: Lease) -> Bring:
        if spec.delivery is Delivery.GATHER:
            return lambda number, file: self._ways_home.gathering.bring_small(
                spec, number, file, lease
            )
        output = self._admission.admit(spec)
        return lambda _, file: self._ways_home.bring_home.bring(spec, file, output, lease)

    def _bring_batch(self, bring: Bring, lease: Lease) -> DownloaderName:
        came_by = [DownloaderName.HTTP] * len(lease.task.files)

        def bring_one(number: int) -> None:
            try:
                came_by[number] = self._bring_one(number, bring, lease)
            except FileReopened as error:  # out of this batch, into a task of its own
                logger.info("%s: %s", lease.task.files[number].path, error)

        def so_far(done: int) -> None:
            lease.position = max(lease.position, done)

        side_by_side(self._ways_home.pool, len(lease.task.files), FILES_AT_ONCE, bring_one, so_far)
        return came_by[-1]

    def _bring_one(self, number: int, bring: Bring, lease: Lease) -> DownloaderName:
        file = lease.task.files[number]
        if lease.right is not Right.HELD:
            raise TransferCancelled(lease.reason)
        lease.begin_file(file.path, file.size)
        came_by = bring(number, file)
        self._tally.file_completed(file, came_by)
        logger.info("finished %s (%s)", file.path, came_by)
        return came_by

    def _give_up(self, lease: Lease, error: HfdlError) -> None:
        logger.warning("%s: %s", lease.path, error)
        self._tally.failed(str(error))
        if error.scope is ErrorScope.FILE:
            if lease.speed.total_bytes == 0 and error.retryable:
                _count(lease, error)
            self._endings.charge(lease, error)
            return
        seconds = _ASIDE_SECONDS.get(error.cause)
        if seconds is None:
            lease.lane.breaker.failed(error)
        elif seconds:
            self._admission.step_aside(lease.task.job_id, str(error), limited_by(error), seconds)
        self._endings.give_back(lease, str(error))


def _count(lease: Lease, error: HfdlError) -> None:
    """A server that refuses one file has been reached: others may well be had."""
    breaker = lease.lane.breaker
    if isinstance(error, FileRefused):
        breaker.refused(error)
    else:
        breaker.failed(error)
