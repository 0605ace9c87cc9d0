"""Workers and jobs as tests of the monitor need them."""

from datetime import UTC, datetime
from typing import Any

from hfdl_core.models import (
    CurrentTask,
    Delivery,
    JobId,
    JobSpec,
    JobState,
    Lane,
    RepoType,
    WorkerState,
    WorkerStatus,
)
from hfdl_core.queue import JobSnapshot
from hfdl_core.task_id import TaskId


def snapshot_of(job_id: JobId, state: JobState, *, created_ms: int = 0) -> JobSnapshot:
    spec = JobSpec(
        job_id=job_id,
        repo_id="acme/things",
        repo_type=RepoType.DATASET,
        revision="main",
        commit="c" * 40,
        delivery=Delivery.KEEP,
        destination="things",
        machine="m",
        host="h",
    )
    return JobSnapshot(
        spec=spec,
        epoch="e",
        seq=1,
        state=state,
        sealed=True,
        files_total=1,
        bytes_total=1,
        pending=1,
        retrying=0,
        in_progress=0,
        failed=0,
        files_failed=0,
        pages=1,
        created_ms=created_ms,
        updated_ms=0,
        now_ms=0,
    )


def status_of(worker_id: str, job_id: JobId, **more: Any) -> WorkerStatus:
    """At work with two tasks of that job."""
    tasks = tuple(
        CurrentTask(
            job_id=job_id,
            task_id=TaskId(f"f:00000{n}:00:00000000001"),
            path="a",
            begin=0,
            end=9,
            position=4,
        )
        for n in range(2)
    )
    told: dict[str, Any] = {
        "worker_id": worker_id,
        "boot_id": "boot",
        "host": "h",
        "pid": 1,
        "version": "1",
        "state": WorkerState.WORKING,
        "started_at": datetime(2026, 1, 1, tzinfo=UTC),
        "throughput_bytes_per_second": 1000.0,
        "lanes": (Lane(name="direct", connections=2),),
        "tasks": tasks,
    }
    return WorkerStatus(**(told | more))
