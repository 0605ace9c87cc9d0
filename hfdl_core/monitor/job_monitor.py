"""Job status as people and scripts read it; reading never changes anything."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hfdl_core.models import JobId, JobState, JobStatus, QueueCounts, WorkerView
from hfdl_core.monitor.limits import live_workers, what_limits
from hfdl_core.queue import JobSnapshot, RedisClient


class JobMonitor:
    """Reads one queue; a handful of Redis commands per call, whatever the size of the jobs."""

    def __init__(self, queue: RedisClient) -> None:
        self._queue = queue

    def status(self, job_id: JobId) -> JobStatus:
        """One job; UnknownJob when the queue does not know it."""
        return _status(self._queue.snapshot(job_id), self._queue.workers())

    def statuses(self) -> list[JobStatus]:
        """All jobs, newest first."""
        workers = self._queue.workers()
        return [_status(snapshot, workers) for snapshot in self._newest_first()]

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


def _status(snapshot: JobSnapshot, workers: Sequence[WorkerView]) -> JobStatus:
    spec = snapshot.spec
    # Positions of a plan that was reopened meanwhile may lie beyond it for a moment.
    here = min(snapshot.bytes_completed + snapshot.bytes_live, snapshot.bytes_total)
    speed = _speed(snapshot, workers)
    left = snapshot.bytes_total - here
    return JobStatus(
        job_id=spec.job_id,
        repo_id=spec.repo_id,
        repo_type=spec.repo_type,
        revision=spec.revision,
        commit=spec.commit,
        deliver=spec.delivery,
        destination=spec.destination,
        status=snapshot.state,
        files_total=snapshot.files_total,
        files_completed=snapshot.files_completed,
        files_failed=snapshot.files_failed,
        bytes_total=snapshot.bytes_total,
        bytes_completed=here,
        throughput_bytes_per_second=speed,
        eta_seconds=left / speed if speed > 0 and snapshot.state is JobState.RUNNING else None,
        limited_by=what_limits(snapshot, workers),
        created_at=_as_time(snapshot.created_ms),
        updated_at=_as_time(snapshot.updated_ms),
    )


def _speed(snapshot: JobSnapshot, workers: Sequence[WorkerView]) -> float:
    if snapshot.state is not JobState.RUNNING:
        return 0.0
    return sum(_share(worker, snapshot.spec.job_id) for worker in live_workers(workers))


def _share(worker: WorkerView, job_id: JobId) -> float:
    """What a worker does for this job, by its tasks in hand.

    Of its own measured speed: that of a task has only just begun to be measured when files are
    small, and would make a job of many small files look slow.
    """
    if not worker.tasks:
        return 0.0
    here = sum(task.job_id == job_id for task in worker.tasks)
    return worker.throughput_bytes_per_second * here / len(worker.tasks)


def _as_time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
