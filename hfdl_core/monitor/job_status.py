"""One job's status, from its counters and what the workers say of themselves."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from hfdl_core.models import JobId, JobState, JobStatus, WorkerView
from hfdl_core.monitor.limits import live_workers, what_limits
from hfdl_core.queue import JobSnapshot


def job_status(snapshot: JobSnapshot, workers: Sequence[WorkerView]) -> JobStatus:
    [status] = job_statuses([snapshot], workers)
    return status


def job_statuses(
    snapshots: Iterable[JobSnapshot], workers: Sequence[WorkerView]
) -> list[JobStatus]:
    """In the same order."""
    speeds = _speeds(workers)
    return [_status(snapshot, workers, speeds) for snapshot in snapshots]


def _status(
    snapshot: JobSnapshot, workers: Sequence[WorkerView], speeds: Mapping[JobId, float]
) -> JobStatus:
    spec = snapshot.spec
    # Positions of a plan that was reopened meanwhile may lie beyond it for a moment.
    here = min(snapshot.bytes_completed + snapshot.bytes_live, snapshot.bytes_total)
    speed = speeds.get(spec.job_id, 0.0) if snapshot.state is JobState.RUNNING else 0.0
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


def _speeds(workers: Sequence[WorkerView]) -> dict[JobId, float]:
    """What all workers do for each job, by their tasks in hand.

    Of each one's own measured speed: that of a task has only just begun to be measured when files
    are small, and would make a job of many small files look slow.
    """
    speeds: dict[JobId, float] = {}
    for worker in live_workers(workers):
        share = worker.throughput_bytes_per_second / max(1, len(worker.tasks))
        for task in worker.tasks:
            speeds[task.job_id] = speeds.get(task.job_id, 0.0) + share
    return speeds


def _as_time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
