"""What one look at a queue shows: everything that a screen needs, as values of one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hfdl_core.models import (
    Event,
    JobId,
    JobStatus,
    TaskStatus,
    TaskView,
    WorkerView,
)
from hfdl_core.queue import FileInProgress, JobSnapshot, ServerReport


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Which tasks are looked at; `limit` bounds what Redis has to send."""

    state: TaskStatus
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Focus:
    """What a reader looks at now: the less it asks for, the less Redis has to do."""

    job_id: JobId | None = None  # whose files, tasks and events; None: no job's
    most_files: int = 0  # of the job's files in progress
    tasks: TaskPage | None = None


@dataclass(frozen=True, slots=True)
class FleetView:
    """Jobs newest first, workers by id, events oldest first; times by the server's clock."""

    at: float  # seconds since the epoch
    took_seconds: float  # the whole look
    round_trip_seconds: float  # of one plain command
    jobs: tuple[JobStatus, ...] = ()
    snapshots: Mapping[JobId, JobSnapshot] = field(default_factory=dict)  # of the same jobs
    workers: tuple[WorkerView, ...] = ()
    limits: Mapping[str | None, str] = field(default_factory=dict)  # the fleet's under None
    draining: frozenset[str] = frozenset()  # worker ids that shall take no new work
    focus_job: JobId | None = None  # whose files and tasks these are
    # Those that were verified since the last look are among them, once.
    files: tuple[FileInProgress, ...] = ()  # of the focus' job, in the order of the plan
    tasks: tuple[TaskView, ...] = ()  # the focus' page
    tasks_page: TaskPage | None = None  # which page that is
    events: tuple[Event, ...] = ()  # since the last look: the fleet's and the focus' job's
    events_missed: int = 0  # trimmed away before they could be read
    server: ServerReport | None = None  # as last asked; asked rarely

    def job(self, job_id: JobId | None) -> JobStatus | None:
        return next((job for job in self.jobs if job.job_id == job_id), None)
