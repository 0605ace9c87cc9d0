"""What travels between machines and rooms: values without I/O and without a clock."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, NamedTuple, NewType

from pydantic import BaseModel, ConfigDict, Field

from hfdl_core.task_id import TaskId, TaskKind

# Raised whenever ids, plan pages, scripts or records change their meaning. A worker takes no task
# of a protocol that it does not know.
PROTOCOL: Final = 1

JobId = NewType("JobId", str)
Token = NewType("Token", str)


class RepoType(StrEnum):
    DATASET = "dataset"
    MODEL = "model"
    SPACE = "space"


class Delivery(StrEnum):
    """Where bytes end up."""

    KEEP = "keep"  # each worker keeps the whole files that it fetched
    SHARED = "shared"  # keep, on a path that all workers see
    GATHER = "gather"  # workers stream ranges to the collector beside the master


class Layout(StrEnum):
    DIR = "dir"  # files in place, plus the metadata of `hf download --local-dir`
    CACHE = "cache"  # the Hub's own cache tree


class JobState(StrEnum):
    PLANNING = "planning"
    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_finished(self) -> bool:
        return self in {JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED}


class TaskStatus(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    RETRYING = "retrying"  # waits out its backoff


class WorkerState(StrEnum):
    STARTING = "starting"
    IDLE = "idle"
    WORKING = "working"
    DRAINING = "draining"
    STEPPED_ASIDE = "stepped_aside"
    LATE = "late"
    LOST = "lost"
    LEFT = "left"
    DUPLICATE = "duplicate"


class LimitedBy(StrEnum):
    """What holds a job back right now."""

    CAPS = "caps"
    HUB_BUDGET = "hub_budget"
    DISK = "disk"
    TAIL = "tail"
    NO_WORKERS = "no_workers"
    COLLECTOR = "collector"
    REDIS = "redis"
    ACCESS = "access"
    RETRY_WAIT = "retry_wait"
    VERIFYING = "verifying"
    PAUSED = "paused"
    NONE = "none"


class DownloaderChoice(StrEnum):
    """Which way of downloading the operator wants."""

    AUTO = "auto"  # http, and hub for files that http cannot serve
    HTTP = "http"
    HUB = "hub"  # hub, and http for files that hub cannot serve


class DownloaderName(StrEnum):
    """Which way of downloading served a file."""

    HTTP = "http"
    HUB = "hub"
    DISK = "disk"  # it was already there with the right digest


class RepoFile(NamedTuple):
    """One file of the manifest, as the Hub lists it at the pinned commit."""

    path: str
    size: int
    digest: str  # hex: 64 digits are a sha256 (LFS), 40 a git blob sha1 (regular file)

    @property
    def digest_name(self) -> str:
        return "sha256" if len(self.digest) == _SHA256_HEX_DIGITS else "git-sha1"

    @property
    def is_lfs(self) -> bool:
        return len(self.digest) == _SHA256_HEX_DIGITS


_SHA256_HEX_DIGITS: Final = 64
COMMIT_PATTERN: Final = re.compile(r"[0-9a-f]{40}")


class ByteRange(NamedTuple):
    """Half-open like a slice: `end` is the first byte not wanted."""

    begin: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.begin


class Frozen(BaseModel):
    """The common ground of our records: unknown fields refused, never changed after making."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class JobSpec(Frozen):
    """What a job is: everything that its id is made of, and how to reach its repo."""

    job_id: JobId
    repo_id: str
    repo_type: RepoType
    revision: str  # as asked for
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    delivery: Delivery
    layout: Layout = Layout.DIR
    destination: str  # absolute for shared and gather; as given for keep
    machine: str  # stable id of the machine on which the job was made
    host: str  # its name, for people
    max_attempts: int = 4  # the first try and three retries
    weight: Annotated[float, Field(gt=0)] = 1.0  # share of the workers when several jobs run
    protocol: int = PROTOCOL


class JobStatus(Frozen):
    """How one job stands (`hfdl status --json`)."""

    job_id: JobId
    repo_id: str
    repo_type: RepoType
    revision: str
    commit: str
    deliver: Delivery
    destination: str
    status: JobState
    files_total: int
    files_completed: int
    files_failed: int
    bytes_total: int
    bytes_completed: int
    throughput_bytes_per_second: float
    eta_seconds: float | None
    limited_by: LimitedBy
    created_at: datetime
    updated_at: datetime


class CollectorAddress(Frozen):
    """Where a job's collector takes blocks, and which process it is."""

    urls: tuple[str, ...]  # candidates, the likeliest first
    port: int
    tls: bool = False
    host: str  # the machine's name, for people
    machine: str  # its stable id
    pid: int


class QueueCounts(Frozen):
    """Tasks of one job by state (`hfdl queue --json`)."""

    job_id: JobId
    pending: int
    in_progress: int
    retrying: int
    failed: int
    completed: int


class DownloadTask(Frozen):
    """One claimed piece of work, with the lease under which it is held."""

    job_id: JobId
    task_id: TaskId
    kind: TaskKind
    files: tuple[RepoFile, ...]  # one, or the batch's
    file_index: int  # of the first file, in the plan's order
    generation: int = 0
    begin: int  # bytes; for a batch always 0
    end: int  # bytes; for a batch the number of files
    token: Token
    attempt: int = 1


class CurrentTask(Frozen):
    """What one connection of a worker does right now."""

    job_id: JobId
    task_id: TaskId
    path: str
    begin: int
    end: int
    position: int
    bytes_per_second: float = 0.0


class Lane(Frozen):
    """One way out of a worker to the Hub."""

    name: str  # the proxy's host and port, or "direct"; never with credentials
    bytes_per_second: float = 0.0
    connections: int = 1


class WorkerStatus(Frozen):
    """What a worker tells of itself, every 2 s."""

    worker_id: str
    boot_id: str
    host: str
    pid: int
    version: str
    protocol: int = PROTOCOL
    state: WorkerState
    reason: str = ""  # why it stepped aside or takes nothing of a job, for people
    limited_by: LimitedBy = LimitedBy.NONE  # the same for programs
    started_at: datetime
    throughput_bytes_per_second: float = 0.0
    limit_bytes_per_second: float | None = None  # what holds now; None: no limit
    tasks: tuple[CurrentTask, ...] = ()
    lanes: tuple[Lane, ...] = ()
    files_completed: int = 0
    bytes_completed: int = 0
    bytes_refetched: int = 0
    errors: int = 0
    last_error: str = ""


class WorkerView(Frozen):
    """One line of the roster: a worker as a reader sees it (`hfdl workers --json`)."""

    worker_id: str
    boot_id: str
    host: str
    pid: int = 0
    started_at: datetime | None = None
    status: WorkerState
    reason: str = ""
    limited_by: LimitedBy = LimitedBy.NONE
    last_heartbeat_seconds_ago: float
    throughput_bytes_per_second: float = 0.0
    limit_bytes_per_second: float | None = None  # what holds now; None: no limit
    tasks: tuple[CurrentTask, ...] = ()
    lanes: tuple[Lane, ...] = ()
    files_completed: int = 0
    bytes_completed: int = 0
    bytes_refetched: int = 0
    errors: int = 0
    last_error: str = ""
    version: str = ""


class TaskView(Frozen):
    """One task as a reader sees it (`hfdl tasks`)."""

    task_id: TaskId
    state: TaskStatus
    path: str
    begin: int
    end: int
    position: int = 0
    attempt: int = 0
    worker: str = ""
    error: str = ""
    cause: str = ""
    next_try_seconds: float | None = None


class Event(Frozen):
    """One line of the event log."""

    event_id: str  # the stream's id; sorts by time
    at: datetime
    job_id: str  # empty for events of the fleet
    kind: str
    text: str
    worker: str = ""
    path: str = ""
