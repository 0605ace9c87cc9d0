"""What an operator can order, as values: the dashboard and the command line give the same ones."""

from dataclasses import dataclass
from typing import Final

from hfdl_core.master import JobRequest
from hfdl_core.models import JobId

EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - "to all machines" is what it means


@dataclass(frozen=True, slots=True)
class Requeue:
    """Failed tasks back to the queue: these, those of one cause, or all when neither is given."""

    job_id: JobId
    task_ids: tuple[str, ...] = ()
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class TryNow:
    """Tasks that wait out their backoff become due at once."""

    job_id: JobId
    task_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pause:
    job_id: JobId


@dataclass(frozen=True, slots=True)
class Resume:
    job_id: JobId


@dataclass(frozen=True, slots=True)
class Cancel:
    job_id: JobId


@dataclass(frozen=True, slots=True)
class Drain:
    worker_id: str


@dataclass(frozen=True, slots=True)
class Undrain:
    worker_id: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate limit as `hfdl limit` takes it (a rate, a timetable, or `off`)."""

    worker_id: str | None  # None: the whole fleet
    limit: str


@dataclass(frozen=True, slots=True)
class Verify:
    """Re-hash what is on this machine's disk."""

    job_id: JobId


@dataclass(frozen=True, slots=True)
class Launch:
    """Make the job, or do what the same command given again means; then see that work begins."""

    request: JobRequest


@dataclass(frozen=True, slots=True)
class OpenToOthers:
    """Let other machines reach the queue and the job's collector."""

    job_id: JobId | None
    listen: str = EVERYWHERE  # as `--listen` takes it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an order did, told in one line."""

    text: str
    job_id: JobId | None = None  # the job that was launched
    join: tuple[str, ...] = ()  # lines to run on other machines; may hold a password


Order = (
    Requeue
    | TryNow
    | Pause
    | Resume
    | Cancel
    | Drain
    | Undrain
    | Limit
    | Verify
    | Launch
    | OpenToOthers
)
