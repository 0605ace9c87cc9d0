"""Runs one task: bring its files home, then tell the queue how it went."""

import logging
from collections.abc import Callable

from hfdl_core.errors import ErrorScope, HfdlError, QueueError, TransferCancelled, UnexpectedFailure
from hfdl_core.models import DownloaderName, DownloadTask, JobSpec
from hfdl_core.queue import Outcome, RedisClient
from hfdl_core.retry import Breaker, RetryPolicy
from hfdl_core.storage import OutputDirectory
from hfdl_core.task_id import TaskKind
from hfdl_core.worker.admission import Admission, limited_by
from hfdl_core.worker.bring_home import BringHome
from hfdl_core.worker.ended import RecentlyEnded
from hfdl_core.worker.lease import Lease, LeaseBook, Right
from hfdl_core.worker.reconnect import Reconnect
from hfdl_core.worker.tally import Tally

logger = logging.getLogger(__name__)

# These need a person (a token, room on the disk, a mount): asking again at once cannot help.
_NEEDS_A_PERSON = frozenset({"WorkerDenied", "DiskFull", "OutputRefused", "StorageError"})


class TaskRunner:
    """Runs tasks of one worker; safe to use from all its connections."""

    def __init__(
        self,
        queue: RedisClient,
        book: LeaseBook,
        bring_home: BringHome,
        admission: Admission,
        reconnect: Reconnect,
        ended: RecentlyEnded,
        breaker: Breaker,
        retry: RetryPolicy,
        tally: Tally,
        worker: str,
    ) -> None:
        self._queue = queue
        self._book = book
        self._bring_home = bring_home
        self._admission = admission
        self._reconnect = reconnect
        self._ended = ended
        self._breaker = breaker
        self._retry = retry
        self._tally = tally
        self._worker = worker

    def run(self, task: DownloadTask) -> None:
        """Never raises for what a task can do wrong: the outcome goes to the queue."""
        with self._book.hold(task) as lease:
            try:
                spec = self._reconnect.until_answered(lambda: self._queue.spec(task.job_id))
                came_by = self._bring_all(spec, self._admission.admit(spec), lease)
            except TransferCancelled as error:
                self._return(lease, lease.reason or str(error))
            except HfdlError as error:
                self._give_up(lease, error)
            except Exception as error:  # the worker's outer wall: our own bug must not lose a task
                logger.exception("%s: unexpected", lease.path)
                self._charge(lease, UnexpectedFailure(f"{type(error).__name__}: {error}"))
            else:
                self._complete(lease, came_by)

    def _bring_all(self, spec: JobSpec, output: OutputDirectory, lease: Lease) -> DownloaderName:
        task = lease.task
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

    def _complete(self, lease: Lease, came_by: DownloaderName) -> None:
        task = lease.task
        self._end(
            lease,
            lambda: self._queue.complete(
                task.job_id, task.task_id, task.token, lease.position, came_by
            ),
        )

    def _return(self, lease: Lease, reason: str) -> None:
        task = lease.task
        self._end(
            lease,
            lambda: self._queue.release(
                task.job_id, task.task_id, task.token, lease.position, reason=reason
            ),
        )

    def _give_up(self, lease: Lease, error: HfdlError) -> None:
        logger.warning("%s: %s", lease.path, error)
        self._tally.failed(str(error))
        if error.scope is ErrorScope.FILE:
            if lease.speed.total_bytes == 0 and error.retryable:
                self._breaker.failed(str(error))
            self._charge(lease, error)
            return
        if error.cause in _NEEDS_A_PERSON:
            self._admission.step_aside(lease.task.job_id, str(error), limited_by(error))
        else:
            self._breaker.failed(str(error))
        self._return(lease, f"{self._worker}: {error}")

    def _charge(self, lease: Lease, error: HfdlError) -> None:
        task = lease.task
        delay = self._retry.delay_before_retry(error, task.attempt)
        self._end(
            lease,
            lambda: (
                self._queue.fail(
                    task.job_id,
                    task.task_id,
                    task.token,
                    lease.position,
                    error=str(error),
                    cause=error.cause,
                    permanent=delay is None and not error.retryable,
                    delay_seconds=delay or 0.0,
                ).outcome
            ),
        )

    def _end(self, lease: Lease, ending: Callable[[], Outcome]) -> None:
        """Say it until it is heard; a lost lease is not spoken for."""
        if lease.right is Right.LOST:
            logger.info("%s: lease lost, left to its new holder", lease.path)
            return
        try:
            outcome = self._reconnect.until_answered(ending)
        except QueueError as error:
            # The lease runs out by itself; what is on disk is found again.
            logger.warning("could not end the lease of %s: %s", lease.path, error)
            return
        self._ended.remember(ending)
        if outcome is Outcome.LOST:
            logger.info("%s: the lease was already somebody else's", lease.path)
