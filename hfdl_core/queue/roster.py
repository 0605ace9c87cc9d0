"""The roster: what is kept of a worker after its last heartbeat, and how readers see it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from hfdl_core.models import JobId, WorkerState, WorkerStatus, WorkerView

LATE_SECONDS: Final = 6.0
LOST_SECONDS: Final = 20.0
KEPT_SECONDS: Final = 24 * 3600.0


class RosterEntry(BaseModel):
    """Outlives the worker's status, which expires within a minute."""

    model_config = ConfigDict(frozen=True)

    status: WorkerStatus  # without what changes all the time
    jobs: tuple[JobId, ...] = ()  # that it worked on
    left: str = ""  # how it said goodbye; empty while it has not


@dataclass(frozen=True, slots=True)
class Seen:
    """One worker process, as far as Redis knows it."""

    member: str  # worker/boot
    entry: RosterEntry
    fresh: WorkerStatus | None  # expired when None
    seconds_ago: float

    @property
    def worker_id(self) -> str:
        return self.entry.status.worker_id

    @property
    def is_live(self) -> bool:
        return not self.entry.left and self.seconds_ago <= LOST_SECONDS


def entry_of(status: WorkerStatus, jobs: tuple[JobId, ...], left: str = "") -> RosterEntry:
    passing = {
        "tasks": (),
        "lanes": (),
        "throughput_bytes_per_second": 0,
        "limit_bytes_per_second": None,
    }
    lasting = status.model_copy(update=passing)
    return RosterEntry(status=lasting, jobs=jobs, left=left)


def read_entry(raw: bytes) -> RosterEntry | None:
    """None for the entry of a version whose fields this one does not know."""
    try:
        return RosterEntry.model_validate_json(raw)
    except ValidationError:
        return None


def read_status(raw: bytes | None) -> WorkerStatus | None:
    if raw is None:
        return None
    try:
        return WorkerStatus.model_validate_json(raw)
    except ValidationError:
        return None


def is_kept(seen: Seen, unfinished: Collection[JobId]) -> bool:
    """For a day, and as long as a job that it worked on goes on."""
    return seen.seconds_ago <= KEPT_SECONDS or any(job in unfinished for job in seen.entry.jobs)


def view_of(seen: Seen, *, has_double: bool) -> WorkerView:
    status = seen.fresh or seen.entry.status
    is_gone = seen.entry.left != "" or seen.seconds_ago > LOST_SECONDS
    return WorkerView(
        worker_id=status.worker_id,
        boot_id=status.boot_id,
        host=status.host,
        status=_state(seen, status, has_double=has_double),
        reason=seen.entry.left or status.reason,
        limited_by=status.limited_by,
        last_heartbeat_seconds_ago=round(seen.seconds_ago, 3),
        throughput_bytes_per_second=0.0 if is_gone else status.throughput_bytes_per_second,
        limit_bytes_per_second=None if is_gone else status.limit_bytes_per_second,
        tasks=status.tasks,
        lanes=status.lanes,
        files_completed=status.files_completed,
        bytes_completed=status.bytes_completed,
        errors=status.errors,
        last_error=status.last_error,
        version=status.version,
    )


def _state(seen: Seen, status: WorkerStatus, *, has_double: bool) -> WorkerState:
    if seen.entry.left:
        return WorkerState.LEFT
    if seen.seconds_ago > LOST_SECONDS:
        return WorkerState.LOST
    if has_double:
        return WorkerState.DUPLICATE
    if seen.seconds_ago > LATE_SECONDS:
        return WorkerState.LATE
    return status.state
