"""Job status as people and scripts read it; reading never changes anything."""

from hfdl_core.models import JobId, JobStatus, QueueCounts
from hfdl_core.monitor.job_status import job_status, job_statuses
from hfdl_core.queue import JobSnapshot, RedisClient


class JobMonitor:
    """Reads one queue; a handful of Redis commands per call, whatever the size of the jobs."""

    def __init__(self, queue: RedisClient) -> None:
        self._queue = queue

    def status(self, job_id: JobId) -> JobStatus:
        """One job; UnknownJob when the queue does not know it."""
        return job_status(self._queue.snapshot(job_id), self._queue.workers())

    def statuses(self) -> list[JobStatus]:
        """All jobs, newest first."""
        workers = self._queue.workers()
        return job_statuses(self._newest_first(), workers)

    def counts(self) -> list[QueueCounts]:
        """Tasks per state of every job, newest first."""
        return [
            QueueCounts(
                job_id=snapshot.spec.job_id,
                pending=snapshot.pending,
                in_progress=snapshot.in_progress,
                retrying=snapshot.retrying,
                failed=snapshot.failed,
                completed=snapshot.tasks_completed,
            )
            for snapshot in self._newest_first()
        ]

    def _newest_first(self) -> list[JobSnapshot]:
        return sorted(self._queue.snapshots(), key=lambda snapshot: -snapshot.created_ms)
