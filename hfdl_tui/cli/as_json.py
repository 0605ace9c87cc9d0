"""What `--json` shows: the fields that scripts rely on, no more and no fewer."""

from typing import Final

from hfdl_core.models import Event, JobStatus, QueueCounts, TaskView, WorkerView

_WORKER_FIELDS: Final = (
    "worker_id",
    "host",
    "status",
    "last_heartbeat_seconds_ago",
    "throughput_bytes_per_second",
    "limit_bytes_per_second",
    "tasks",
    "lanes",
    "files_completed",
    "bytes_completed",
    "errors",
    "version",
)

JsonObject = dict[str, object]


def job_json(job: JobStatus) -> JsonObject:
    return job.model_dump(mode="json")


def counts_json(counts: QueueCounts) -> JsonObject:
    return counts.model_dump(mode="json")


def worker_json(worker: WorkerView) -> JsonObject:
    """Without what only people read: the boot id, the reason, the last error."""
    return worker.model_dump(mode="json", include=set(_WORKER_FIELDS))


def task_json(task: TaskView) -> JsonObject:
    return task.model_dump(mode="json")


def event_json(event: Event) -> JsonObject:
    return event.model_dump(mode="json")
