"""What is asked of the master, and what it answers."""

from dataclasses import dataclass
from enum import StrEnum

from hfdl_core.models import Delivery, Frozen, JobId, JobSpec, Layout, RepoFile, RepoType
from hfdl_core.storage import DiskNeed


class JobRequest(Frozen):
    """One `get` or `master` command, as typed."""

    repo: str  # owner/name, a huggingface.co link or an hf:// URI
    repo_type: RepoType | None = None  # found out when not given, dataset first
    revision: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    delivery: Delivery
    layout: Layout = Layout.DIR
    destination: str | None = None  # default: the repo's own name
    replace: bool = False  # cancel an unfinished job that holds the destination
    max_attempts: int = 4


class PlanStage(StrEnum):
    """How far planning is."""

    LISTING = "listing"
    PUBLISHING = "publishing"
    VERIFYING = "verifying"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class PlanProgress:
    stage: PlanStage
    files: int
    size: int
    files_total: int | None = None


class SubmittedHow(StrEnum):
    """What the same command did this time."""

    CREATED = "created"
    FOLLOWED = "followed"  # it is running already
    RESUMED = "resumed"  # it was paused
    REQUEUED = "requeued"  # it had failed files
    RESTARTED = "restarted"  # it was cancelled
    REPAIRED = "repaired"  # it was complete, but files on disk were missing or wrong
    ALREADY_COMPLETE = "already_complete"


@dataclass(frozen=True, slots=True)
class Submitted:
    job_id: JobId
    how: SubmittedHow
    spec: JobSpec
    files_total: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a job would be; nothing was written anywhere."""

    spec: JobSpec
    files_total: int
    bytes_total: int
    largest: tuple[RepoFile, ...]
    bytes_per_second: float  # of the workers now alive, as they last measured
    workers_alive: int
    need: DiskNeed | None = None  # of the destination; None where each worker has its own

    @property
    def predicted_seconds(self) -> float | None:
        """None while no worker has measured a speed."""
        return self.bytes_total / self.bytes_per_second if self.bytes_per_second else None
