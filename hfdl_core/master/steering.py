"""Steers jobs that exist: requeue, and what the dashboard and the command line share."""

from collections.abc import Iterator, Sequence
from itertools import islice

from hfdl_core.errors import UsageError
from hfdl_core.master.reservation import Reservation
from hfdl_core.models import JobId, JobState
from hfdl_core.queue import RedisClient
from hfdl_core.task_id import TaskId, parse_task_id

_PER_CALL = 100


class Steering:
    """Every action works in bounded steps, so that Redis never pauses for it."""

    def __init__(self, queue: RedisClient) -> None:
        self._queue = queue
        self._reservation = Reservation(queue)

    def resume(self, job_id: JobId) -> JobState:
        """A paused or cancelled job goes on; JobNotRunning when it has ended.

        DestinationRefused when another job has taken its destination since.
        """
        self._have_destination(job_id)
        return self._queue.resume(job_id)

    def requeue(
        self, job_id: JobId, *, task_ids: Sequence[str] = (), cause: str | None = None
    ) -> int:
        """Put failed tasks back to work with fresh budgets; returns how many.

        All of them, some by their ids, or those of one cause (as `hfdl tasks` shows it).
        DestinationRefused when another job has taken the destination since.
        """
        self._have_destination(job_id)
        if task_ids:
            return self._requeue_these(job_id, task_ids)
        requeued = self._requeue(job_id, self._queue.failed_ids(job_id, cause))
        if cause is not None and requeued == 0:
            raise UsageError(self._no_such_cause(job_id, cause))
        return requeued

    def _requeue(self, job_id: JobId, failed: Iterator[TaskId]) -> int:
        requeued = 0
        while some := list(islice(failed, _PER_CALL)):
            requeued += self._queue.requeue(job_id, some)
        return requeued

    def _have_destination(self, job_id: JobId) -> None:
        snapshot = self._queue.snapshot(job_id)
        if snapshot.state.is_finished:
            self._reservation.take(snapshot.spec, replace=False)

    def _requeue_these(self, job_id: JobId, task_ids: Sequence[str]) -> int:
        """Of several those that are still failed; one that is not is a mistake."""
        try:
            for task_id in task_ids:
                parse_task_id(task_id)
        except ValueError as error:
            raise UsageError(f"{error}: `hfdl tasks {job_id} --state failed` lists them") from error
        requeued = self._requeue(job_id, iter([TaskId(task_id) for task_id in task_ids]))
        if not requeued:
            what = f"task {task_ids[0]} is not" if len(task_ids) == 1 else "none of these tasks is"
            raise UsageError(f"{what} among the failed ones of job {job_id}")
        return requeued

    def _no_such_cause(self, job_id: JobId, cause: str) -> str:
        known: Iterator[str] = iter(sorted(self._queue.failures_by_cause(job_id)))
        names = ", ".join(known) or "none failed"
        return f"no failed task of job {job_id} has cause {cause!r} (there are: {names})"
