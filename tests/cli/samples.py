"""Records as the core hands them over."""

from datetime import UTC, datetime
from typing import Any

from hfdl_core.models import (
    CurrentTask,
    Delivery,
    Event,
    JobId,
    JobState,
    JobStatus,
    Lane,
    LimitedBy,
    QueueCounts,
    RepoType,
    TaskStatus,
    TaskView,
    WorkerState,
    WorkerStatus,
    WorkerView,
)
from hfdl_core.task_id import TaskId

JOB = JobId("3f2a9c01b7d4")
THEN = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
TASK = CurrentTask(
    job_id=JOB,
    task_id=TaskId("f:000000:00:00000000400"),
    path="data/a.bin",
    begin=0,
    end=1024,
    position=512,
    bytes_per_second=100.0,
)


def job(**changes: Any) -> JobStatus:
    made = JobStatus(
        job_id=JOB,
        repo_id="acme/data",
        repo_type=RepoType.DATASET,
        revision="main",
        commit="a" * 40,
        deliver=Delivery.KEEP,
        destination="data",
        status=JobState.RUNNING,
        files_total=10,
        files_completed=2,
        files_failed=0,
        bytes_total=1_000_000,
        bytes_completed=250_000,
        throughput_bytes_per_second=125_000.0,
        eta_seconds=6.0,
        limited_by=LimitedBy.CAPS,
        created_at=THEN,
        updated_at=THEN,
    )
    return made.model_copy(update=changes)


def worker_view(**changes: Any) -> WorkerView:
    made = WorkerView(
        worker_id="pc-7",
        boot_id="0badcafe",
        host="pc-7.lan",
        status=WorkerState.WORKING,
        reason="",
        last_heartbeat_seconds_ago=1.5,
        throughput_bytes_per_second=100.0,
        tasks=(TASK,),
        lanes=(Lane(name="direct", bytes_per_second=100.0, connections=2),),
        files_completed=3,
        bytes_completed=4096,
        errors=1,
        last_error="cut",
        version="0.1.0",
    )
    return made.model_copy(update=changes)


def worker_status(**changes: Any) -> WorkerStatus:
    made = WorkerStatus(
        worker_id="pc-7",
        boot_id="0badcafe",
        host="pc-7.lan",
        pid=1,
        version="0.1.0",
        state=WorkerState.WORKING,
        started_at=THEN,
        tasks=(TASK,),
    )
    return made.model_copy(update=changes)


def counts() -> QueueCounts:
    return QueueCounts(job_id=JOB, pending=1, in_progress=2, retrying=3, failed=4, completed=5)


def task_view(**changes: Any) -> TaskView:
    made = TaskView(
        task_id=TASK.task_id, state=TaskStatus.FAILED, path="data/a.bin", begin=0, end=1024
    )
    return made.model_copy(update=changes)


def event() -> Event:
    return Event(event_id="1-0", at=THEN, job_id=JOB, kind="retrying", text="again in 2 s")
