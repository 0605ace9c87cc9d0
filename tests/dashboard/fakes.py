"""A queue for the dashboard that shows what a test says, and builders of what it shows."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hfdl_core.errors import HfdlError
from hfdl_core.master import DryRun, JobRequest
from hfdl_core.models import (
    ByteRange,
    CurrentTask,
    Delivery,
    Event,
    JobId,
    JobSpec,
    JobState,
    Lane,
    RepoType,
    TaskStatus,
    TaskView,
    WorkerState,
    WorkerView,
)
from hfdl_core.monitor import FleetView, Focus
from hfdl_core.monitor.job_status import job_statuses
from hfdl_core.queue import FileInProgress, JobSnapshot, LeaseInHand, ServerReport
from hfdl_core.task_id import RangeWork
from hfdl_tui.operations.orders import Order, Outcome

MB = 1_000_000
GB = 1000 * MB
NOW = 1_790_000_000.0  # seconds since the epoch, by the pretended server's clock
JOB = JobId("7f3a51c0d2e84b6f9a7c3d1e5f708192")
TASK = RangeWork(file_index=0, generation=0, begin=0, end=64 * MB).task_id


class FakeSource:
    """Shows the last view that was pushed; its events are told once, as by a real queue.

    `push` and `fail` may be called at any time; what a test orders by keys is in `orders`.
    """

    def __init__(self, view: FleetView | None = None) -> None:
        self.address = "redis.lab:6379"
        self.line = "queue redis.lab:6379"
        self.orders: list[Order] = []
        self.foci: list[Focus] = []  # of each look
        self.requests: list[JobRequest] = []  # of dry runs
        self.answer: Callable[[Order], Outcome] = lambda order: Outcome(f"did {order}")
        self.dry: Callable[[JobRequest], DryRun] | None = None
        self.tells: Sequence[str] = ()  # how each order and dry run goes
        self.gate = threading.Event()  # cleared: looks and orders hang, as with a silent server
        self.gate.set()
        self.looks = 0
        self.is_closed = False
        self._pushed = self._next = view if view is not None else a_view()
        self._problem: HfdlError | None = None

    def push(self, view: FleetView) -> None:
        """What the next looks show."""
        self._pushed = self._next = view
        self._problem = None

    def is_last(self, view: FleetView | None) -> bool:
        """Whether this is what was pushed last, at its first look or a later one."""
        return view is not None and (view is self._pushed or view is self._next)

    def fail(self, error: HfdlError) -> None:
        """The next looks fail, until something is pushed."""
        self._problem = error

    def read(self, focus: Focus) -> FleetView:
        self.gate.wait()
        self.foci.append(focus)
        if self._problem is not None:
            raise self._problem
        view = self._next
        if view is self._pushed:
            self._next = replace(view, events=(), events_missed=0)
        self.looks += 1
        return view

    def what_opens(self) -> str:
        return "opens port 6380 for the queue, port 6381 for the files"

    def dry_run(self, request: JobRequest, tell: Callable[[str], None]) -> DryRun:
        self.requests.append(request)
        for text in self.tells:
            tell(text)
        self.gate.wait()
        if self.dry is None:
            return a_dry_run(request)
        return self.dry(request)

    def carry_out(self, order: Order, tell: Callable[[str], None]) -> Outcome:
        for text in self.tells:
            tell(text)
        self.gate.wait()
        self.orders.append(order)
        return self.answer(order)

    def close(self) -> None:
        self.is_closed = True


def a_spec(job_id: str = JOB, **changes: Any) -> JobSpec:
    given: dict[str, Any] = {
        "job_id": JobId(job_id),
        "repo_id": "acme/model-9b",
        "repo_type": RepoType.MODEL,
        "revision": "main",
        "commit": "1588ec4" + "0" * 33,
        "delivery": Delivery.SHARED,
        "destination": "/mnt/data/model-9b",
        "machine": "m-1",
        "host": "node-00",
    }
    return JobSpec(**(given | changes))


def a_job(job_id: str = JOB, *, spec: JobSpec | None = None, **changes: Any) -> JobSnapshot:
    """All that the queue tells of one job; `counters` are added to those of a job half done."""
    counters = {
        "files_completed": 212,
        "tasks_completed": 300,
        "bytes_completed": 129 * GB,
        "bytes_live": 1 * GB,
    } | changes.pop("counters", {})
    given: dict[str, Any] = {
        "spec": spec or a_spec(job_id),
        "epoch": "e1",
        "seq": 1,
        "state": JobState.RUNNING,
        "sealed": True,
        "files_total": 1024,
        "bytes_total": 300 * GB,
        "pending": 600,
        "retrying": 0,
        "in_progress": 10,
        "failed": 0,
        "files_failed": 0,
        "pages": 1,
        "created_ms": int(NOW * 1000) - 13_400_000,
        "updated_ms": int(NOW * 1000),
        "now_ms": int(NOW * 1000),
    }
    return JobSnapshot(**(given | changes), counters=counters)


def a_worker(worker_id: str = "w-01", **changes: Any) -> WorkerView:
    """One that works at 1 MB/s on one task of the job."""
    given: dict[str, Any] = {
        "worker_id": worker_id,
        "boot_id": f"boot-{worker_id}",
        "host": "node-01",
        "pid": 4711,
        "started_at": datetime.fromtimestamp(NOW - 3600, UTC),
        "status": WorkerState.WORKING,
        "last_heartbeat_seconds_ago": 0.6,
        "throughput_bytes_per_second": float(MB),
        "limit_bytes_per_second": float(MB),
        "tasks": (a_task_in_hand(),),
        "lanes": (Lane(name="direct", bytes_per_second=float(MB), connections=1),),
        "version": "1.0",
    }
    return WorkerView(**(given | changes))


def a_task_in_hand(**changes: Any) -> CurrentTask:
    given: dict[str, Any] = {
        "job_id": JOB,
        "task_id": TASK,
        "path": "model-00001-of-00004.safetensors",
        "begin": 0,
        "end": 64 * MB,
        "position": 20 * MB,
        "bytes_per_second": float(MB),
    }
    return CurrentTask(**(given | changes))


def a_task(state: TaskStatus = TaskStatus.PENDING, **changes: Any) -> TaskView:
    given: dict[str, Any] = {
        "task_id": TASK,
        "state": state,
        "path": "model-00001-of-00004.safetensors",
        "begin": 0,
        "end": 64 * MB,
    }
    return TaskView(**(given | changes))


def an_event(text: str = "job created", **changes: Any) -> Event:
    given: dict[str, Any] = {
        "event_id": "1-0",
        "at": datetime.fromtimestamp(NOW, UTC),
        "job_id": JOB,
        "kind": "job_created",
        "text": text,
    }
    return Event(**(given | changes))


def a_file(
    index: int = 0,
    *,
    path: str = "model-00001-of-00004.safetensors",
    size: int = 5 * GB,
    open: Sequence[tuple[int, int]] = (),  # noqa: A002 - as the queue calls it
    leases: Sequence[tuple[str, int, int, int]] = (),
    is_verified: bool = False,
) -> FileInProgress:
    """`open` are half-open byte ranges, a lease is worker, begin, position and end."""
    return FileInProgress(
        file_index=index,
        path=path,
        size=size,
        open=tuple(ByteRange(*each) for each in open),
        leases=tuple(LeaseInHand(*each) for each in leases),
        is_verified=is_verified,
    )


def a_server(**changes: Any) -> ServerReport:
    given: dict[str, Any] = {
        "version": "8.1.0",
        "flavour": "valkey",
        "maxmemory_policy": "noeviction",
        "aof_enabled": True,
        "warnings": (),
    }
    return ServerReport(**(given | changes))


def a_view(
    jobs: Sequence[JobSnapshot] = (), workers: Sequence[WorkerView] = (), **changes: Any
) -> FleetView:
    """One look; how each job stands is worked out from the rest as by the real one."""
    given: dict[str, Any] = {
        "at": NOW,
        "took_seconds": 0.004,
        "round_trip_seconds": 0.002,
        "server": a_server(),
        "focus_job": jobs[0].job_id if jobs else None,
    }
    return FleetView(
        jobs=tuple(job_statuses(jobs, workers)),
        snapshots={job.job_id: job for job in jobs},
        workers=tuple(workers),
        **(given | changes),
    )


def a_dry_run(request: JobRequest, **changes: Any) -> DryRun:
    given: dict[str, Any] = {
        "spec": a_spec(
            repo_id=request.repo,
            include=request.include,
            exclude=request.exclude,
            delivery=request.delivery,
            destination=request.destination or "/mnt/data/model-9b",
        ),
        "files_total": 1024,
        "bytes_total": 300 * GB,
        "largest": (),
        "bytes_per_second": 10.0 * MB,
        "workers_alive": 10,
    }
    return DryRun(**(given | changes))
