"""The roster: what is kept of a worker after its last heartbeat, and how readers see it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from hfdl_core.models import JobId, WorkerState, WorkerStatus, WorkerView

LATE_SECONDS: Final = 6.0
LOST_SECONDS: Final = 20.0
KEPT_SECONDS: Final = 24 * 3600.0
STATUS_SECONDS: Final = 60.0  # after which a status has expired


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
    status: WorkerStatus  # its own, or what the roster kept of it
    seconds_ago: float
    left: str = ""  # how it said goodbye; empty while it has not
    jobs: tuple[JobId, ...] = ()  # that it worked on; known of those that are silent

    @property
    def worker_id(self) -> str:
        return self.status.worker_id

    @property
    def is_live(self) -> bool:
        return not self.left and self.seconds_ago <= LOST_SECONDS


def entry_of(status: WorkerStatus, jobs: tuple[JobId, ...], left: str = "") -> RosterEntry:
    passing = {
        "tasks": (),
        "lanes": (),
        "throughput_bytes_per_second": 0,
        "limit_bytes_per_second": None,
    }
    lasting = status.model_copy(update=passing)
    return RosterEntry(status=lasting, jobs=jobs, left=left)


def read_entry(raw: bytes | None) -> RosterEntry | None:
    """None for the entry of a version whose fields this one does not know, too."""
    if raw is None:
        return None
    try:
        return RosterEntry.model_validate_json(raw)
    except ValidationError:
        return None


def read_status(raw: bytes | None) -> WorkerStatus | None:
    """None as well for one that has expired."""
    if raw is None:
        return None
    try:
        return WorkerStatus.model_validate_json(raw)
    except ValidationError:
        return None


def is_kept(seen: Seen, unfinished: Collection[JobId]) -> bool:
    """For a day, and as long as a job that it worked on goes on."""
    return seen.seconds_ago <= KEPT_SECONDS or any(job in unfinished for job in seen.jobs)


def views_of(everyone: Sequence[Seen], unfinished: Collection[JobId]) -> list[WorkerView]:
    """By worker id; two live boots with one id are both shown as duplicates."""
    live = Counter(seen.worker_id for seen in everyone if seen.is_live)
    return [
        _view_of(seen, has_double=live[seen.worker_id] > 1)
        for seen in sorted(everyone, key=lambda seen: (seen.worker_id, seen.member))
        if is_kept(seen, unfinished)
    ]


def _view_of(seen: Seen, *, has_double: bool) -> WorkerView:
    status = seen.status
    is_gone = seen.left != "" or seen.seconds_ago > LOST_SECONDS
    return WorkerView(
        worker_id=status.worker_id,
        boot_id=status.boot_id,
        host=status.host,
        pid=status.pid,
        started_at=status.started_at,
        status=_state(seen, has_double=has_double),
        reason=seen.left or status.reason,
        limited_by=status.limited_by,
        last_heartbeat_seconds_ago=round(seen.seconds_ago, 3),
        throughput_bytes_per_second=0.0 if is_gone else status.throughput_bytes_per_second,
        limit_bytes_per_second=None if is_gone else status.limit_bytes_per_second,
        tasks=status.tasks,
        lanes=status.lanes,
        files_completed=status.files_completed,
        bytes_completed=status.bytes_completed,
        bytes_refetched=status.bytes_refetched,
        errors=status.errors,
        last_error=status.last_error,
        version=status.version,
    )


def _state(seen: Seen, *, has_double: bool) -> WorkerState:
    if seen.left:
        return WorkerState.LEFT
    if seen.seconds_ago > LOST_SECONDS:
        return WorkerState.LOST
    if has_double:
        return WorkerState.DUPLICATE
    if seen.seconds_ago > LATE_SECONDS:
        return WorkerState.LATE
    return seen.status.state
