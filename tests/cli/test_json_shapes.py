"""Scripts rely on these fields: exactly these, of these types."""

import json
from collections.abc import Mapping
from typing import Any

from hfdl_core.models import JobState, LimitedBy, WorkerState
from hfdl_tui.cli.as_json import counts_json, event_json, job_json, task_json, worker_json
from tests.cli.samples import counts, event, job, task_view, worker_view


def _shape(record: Mapping[str, object]) -> dict[str, str]:
    read: dict[str, Any] = json.loads(json.dumps(record))
    return {name: type(value).__name__ for name, value in read.items()}


def test_a_job() -> None:
    assert _shape(job_json(job())) == {
        "job_id": "str",
        "repo_id": "str",
        "repo_type": "str",
        "revision": "str",
        "commit": "str",
        "deliver": "str",
        "destination": "str",
        "status": "str",
        "files_total": "int",
        "files_completed": "int",
        "files_failed": "int",
        "bytes_total": "int",
        "bytes_completed": "int",
        "throughput_bytes_per_second": "float",
        "eta_seconds": "float",
        "limited_by": "str",
        "created_at": "str",
        "updated_at": "str",
    }


def test_times_are_iso_8601_utc_and_what_is_unknown_is_null() -> None:
    shown = job_json(job(eta_seconds=None))

    assert shown["created_at"] == "2026-03-01T12:30:05Z"
    assert shown["eta_seconds"] is None


def test_words_for_states_and_limits() -> None:
    assert set(JobState) == {"planning", "running", "paused", "completed", "failed", "cancelled"}
    assert set(LimitedBy) == {
        "caps",
        "hub_budget",
        "disk",
        "tail",
        "no_workers",
        "collector",
        "redis",
        "access",
        "retry_wait",
        "verifying",
        "paused",
        "none",
    }
    assert set(WorkerState) == {
        "starting",
        "idle",
        "working",
        "draining",
        "stepped_aside",
        "late",
        "lost",
        "left",
        "duplicate",
    }


def test_a_worker() -> None:
    assert _shape(worker_json(worker_view())) == {
        "worker_id": "str",
        "host": "str",
        "status": "str",
        "last_heartbeat_seconds_ago": "float",
        "throughput_bytes_per_second": "float",
        "limit_bytes_per_second": "NoneType",
        "tasks": "list",
        "lanes": "list",
        "files_completed": "int",
        "bytes_completed": "int",
        "errors": "int",
        "version": "str",
    }


def test_what_a_worker_does() -> None:
    shown: Any = worker_json(worker_view())

    assert _shape(shown["tasks"][0]) == {
        "job_id": "str",
        "task_id": "str",
        "path": "str",
        "begin": "int",
        "end": "int",
        "position": "int",
        "bytes_per_second": "float",
    }
    assert _shape(shown["lanes"][0]) == {
        "name": "str",
        "bytes_per_second": "float",
        "connections": "int",
    }


def test_counts_of_a_queue() -> None:
    assert _shape(counts_json(counts())) == {
        "job_id": "str",
        "pending": "int",
        "in_progress": "int",
        "retrying": "int",
        "failed": "int",
        "completed": "int",
    }


def test_a_task() -> None:
    assert _shape(task_json(task_view())) == {
        "task_id": "str",
        "state": "str",
        "path": "str",
        "begin": "int",
        "end": "int",
        "position": "int",
        "attempt": "int",
        "worker": "str",
        "error": "str",
        "cause": "str",
        "next_try_seconds": "NoneType",
    }


def test_an_event() -> None:
    assert _shape(event_json(event())) == {
        "event_id": "str",
        "at": "str",
        "job_id": "str",
        "kind": "str",
        "text": "str",
        "worker": "str",
        "path": "str",
    }
