"""Runs one task: bring its files home, then tell the queue how it went."""

import logging

from hfdl_core.errors import (
    ErrorScope,
    HfdlError,
    QueueEmptied,
    TransferCancelled,
    UnexpectedFailure,
    UnknownJob,
)
from hfdl_core.models import DownloaderName
from hfdl_core.retry import Breaker
from hfdl_core.task_id import TaskKind
from hfdl_core.worker.admission import Admission, limited_by
from hfdl_core.worker.bring_home import BringHome
from hfdl_core.worker.dispenser import Handout
from hfdl_core.worker.endings import Endings
from hfdl_core.worker.lease import Lease, LeaseBook, Right
from hfdl_core.worker.specs import Specs
from hfdl_core.worker.tally import Tally
from hfdl_core.worker.wall import unexpected

logger = logging.getLogger(__name__)

# These need a person (a token, room on the disk, a mount): asking again at once cannot help.
_NEEDS_A_PERSON = frozenset(
    {"WorkerDenied", "DiskFull", "OutputRefused", "FileInUse", "StorageError"}
)


class TaskRunner:
    """Runs tasks of one worker; safe to use from all its connections."""

    def __init__(
        self,
        book: LeaseBook,
        specs: Specs,
        admission: Admission,
        bring_home: BringHome,
        endings: Endings,
        breaker: Breaker,
        tally: Tally,
    ) -> None:
        self._book = book
        self._specs = specs
        self._admission = admission
        self._bring_home = bring_home
        self._endings = endings
        self._breaker = breaker
        self._tally = tally

    def run(self, handout: Handout) -> None:
        """Never raises: whatever a task does wrong, the outcome goes to the queue."""
        with self._book.hold(handout.task, handout.granted_at) as lease:
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
            self._endings.complete(lease, came_by)

    def _bring_all(self, lease: Lease) -> DownloaderName:
        task = lease.task
        spec = self._specs.of(task.job_id)
        output = self._admission.admit(spec)
        came_by = DownloaderName.HTTP
        for number, file in enumerate(task.files):
            if lease.right is not Right.HELD:
                raise TransferCancelled(lease.reason)
            lease.begin_file(file.path, file.size)
            came_by = self._bring_home.bring(spec, file, output, lease)
            self._tally.file_completed(file, came_by)
            lease.position = number + 1 if task.kind is TaskKind.BATCH else task.end
            logger.info("finished %s (%s)", file.path, came_by)
        self._breaker.succeeded()
        return came_by

    def _give_up(self, lease: Lease, error: HfdlError) -> None:
        logger.warning("%s: %s", lease.path, error)
        self._tally.failed(str(error))
        if error.scope is ErrorScope.FILE:
            if lease.speed.total_bytes == 0 and error.retryable:
                self._breaker.failed(str(error))
            self._endings.charge(lease, error)
            return
        if error.cause in _NEEDS_A_PERSON:
            self._admission.step_aside(lease.task.job_id, str(error), limited_by(error))
        else:
            self._breaker.failed(str(error))
        self._endings.give_back(lease, str(error))
