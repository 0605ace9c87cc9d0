"""What the queue is told and what it answers: plain values, one per move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pydantic import SecretStr

from hfdl_core.models import (
    ByteRange,
    CollectorAddress,
    DownloadTask,
    Event,
    JobId,
    JobSpec,
    JobState,
    RepoFile,
    Token,
)
from hfdl_core.task_id import TaskId, Work


class PlannedPage(Protocol):
    """One page of a plan, as the planner makes it."""

    @property
    def page(self) -> int: ...
    @property
    def files(self) -> Sequence[RepoFile]: ...
    @property
    def tasks(self) -> Sequence[Work]: ...


@dataclass(frozen=True, slots=True)
class PlanBegun:
    epoch: str
    sealed: bool  # by an earlier run of the same command: nothing is left to publish
    pages_published: int
    state: JobState


@dataclass(frozen=True, slots=True)
class CollectorClaim:
    """What a collector got when the job became its own."""

    generation: int  # stands in the address of every block
    secret: SecretStr  # with which workers sign


@dataclass(frozen=True, slots=True)
class Collector:
    """A job's present or last collector, as it announced itself."""

    token: Token
    generation: int
    address: CollectorAddress
    secret: SecretStr
    until_ms: int  # of the server's clock; it lives while it keeps this in the future


@dataclass(frozen=True, slots=True)
class FileState:
    """What the queue believes of a gathered file."""

    generation: int
    completed: bool
    missing_bytes: int | None  # None while nothing of it was counted
    open: tuple[ByteRange, ...]  # pending, leased (from the position on), waiting or failed


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    """One job's counters at one instant of the server's clock."""

    spec: JobSpec
    epoch: str
    seq: int
    state: JobState
    sealed: bool
    files_total: int  # 0 until the plan is sealed
    bytes_total: int
    pending: int  # tasks, as the three below
    retrying: int
    in_progress: int
    failed: int
    files_failed: int
    pages: int
    created_ms: int
    updated_ms: int
    now_ms: int
    counters: Mapping[str, int] = field(default_factory=dict)
    collector: Collector | None = None  # gather only; None until there was one

    @property
    def has_live_collector(self) -> bool:
        return self.collector is not None and self.collector.until_ms > self.now_ms

    @property
    def collects_on(self) -> tuple[str, str]:
        """Id and name of the machine where its files are, or will be."""
        place = self.spec if self.collector is None else self.collector.address
        return place.machine, place.host

    @property
    def job_id(self) -> JobId:
        return self.spec.job_id

    @property
    def files_completed(self) -> int:
        return self.counters.get("files_completed", 0)

    @property
    def tasks_completed(self) -> int:
        return self.counters.get("tasks_completed", 0)

    @property
    def bytes_completed(self) -> int:
        """Verified (keep, shared) or durable at the collector (gather)."""
        return self.counters.get("bytes_completed", 0)

    @property
    def bytes_live(self) -> int:
        """Reported by the leases now held, not yet counted as completed."""
        return self.counters.get("bytes_live", 0)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one lease is: an absolute, durable position, so that a repeat is harmless."""

    task_id: TaskId
    token: Token
    position: int  # bytes; for a batch the number of files done
    bytes_per_second: float = 0.0  # negative while it cannot be known yet
    fetched: int = 0  # where the bytes end that are here, durable or not


@dataclass(frozen=True, slots=True)
class Claimed:
    state: JobState
    tasks: tuple[DownloadTask, ...]


@dataclass(frozen=True, slots=True)
class Reported:
    state: JobState
    ends: dict[Token, int | None]  # where each lease now ends; None: the lease is lost


class Outcome(StrEnum):
    """How a lease's ending was taken."""

    COUNTED = "counted"  # taken now
    ALREADY = "already"  # it was taken before: this is a repeat after a lost answer
    LOST = "lost"  # somebody else holds the task now; nothing was changed


class FailOutcome(StrEnum):
    RETRYING = "retrying"
    FAILED = "failed"  # its attempts are used up, or another try cannot help
    ALREADY = "already"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Failed:
    outcome: FailOutcome
    attempt: int  # the number of failed attempts so far


@dataclass(frozen=True, slots=True)
class ServerReport:
    """What kind of server this is, and what about it endangers a queue."""

    version: str
    flavour: str  # redis, valkey, or what else speaks its protocol
    maxmemory_policy: str
    aof_enabled: bool
    warnings: tuple[str, ...]  # one plain line each
    is_replica: bool = False  # takes no changes
    is_disk_broken: bool = False  # its last write failed; it may refuse changes
    memory_bytes: int = 0
    memory_limit_bytes: int = 0  # 0: none


@dataclass(frozen=True, slots=True)
class QuotaTold:
    """What an answer of the Hub told of one bucket of its requests."""

    remaining: int  # requests
    reset_seconds: float  # from now
    quota: int | None = None  # requests per window
    window_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Permits:
    """For how many requests to the Hub one holder got leave, and when to ask for more."""

    granted: int
    wait_seconds: float  # 0 when all that was wanted was granted
    holders: int  # that share the bucket
    is_told: bool  # False: no answer has told of this window yet, so tell of the next one at once


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """Rate limits set in the queue, as their author wrote them; empty where none is."""

    worker: str = ""  # this one's own
    fleet: str = ""  # shared evenly by the live
    live_workers: int = 1


@dataclass(frozen=True, slots=True)
class Beat:
    """What the fleet answers to a worker's heartbeat."""

    draining: bool
    fleet_epoch: str  # another one than before: Redis was emptied
    duplicate: bool  # another live worker has the same id
    limits: LiveLimits = LiveLimits()


@dataclass(frozen=True, slots=True)
class LogMark:
    """How far a log has been read."""

    event_id: str = ""  # of the last line; empty before the first look
    number: int = 0  # which line of all that were ever written that was
    is_behind: bool = False  # more was waiting to be read


@dataclass(frozen=True, slots=True)
class LogNews:
    """What was written into a log since the last look; the newest lines at the first one."""

    events: tuple[Event, ...]  # oldest first
    missed: int  # trimmed away before they could be read
    mark: LogMark  # from which to read on


@dataclass(frozen=True, slots=True)
class LeaseInHand:
    """A range of a file that a worker fetches right now."""

    worker_id: str
    begin: int
    position: int  # reported; bytes before it are on a disk
    end: int


@dataclass(frozen=True, slots=True)
class FileInProgress:
    """One file's bytes as the queue knows them: whatever is not open is on a disk."""

    file_index: int
    path: str
    size: int
    open: tuple[ByteRange, ...]  # sorted; waiting, in flight (from the position on) or failed
    leases: tuple[LeaseInHand, ...]  # by begin
    is_verified: bool = False

    @property
    def bytes_here(self) -> int:
        return self.size - sum(span.length for span in self.open)
