"""The queue: jobs, tasks and leases in Redis, moved by scripts that are safe to repeat."""

from hfdl_core.queue.answers import (
    Beat,
    Claimed,
    Collector,
    CollectorClaim,
    Failed,
    FailOutcome,
    FileInProgress,
    FileState,
    JobSnapshot,
    LeaseInHand,
    LiveLimits,
    LogMark,
    LogNews,
    Outcome,
    Permits,
    PlanBegun,
    PlannedPage,
    Progress,
    QuotaTold,
    Reported,
    ServerReport,
)
from hfdl_core.queue.client import RedisClient
from hfdl_core.queue.jobs import JobsRead
from hfdl_core.queue.roster import views_of
from hfdl_core.queue.watching import Look, Wanted

__all__ = [
    "Beat",
    "Claimed",
    "Collector",
    "CollectorClaim",
    "FailOutcome",
    "Failed",
    "FileInProgress",
    "FileState",
    "JobSnapshot",
    "JobsRead",
    "LeaseInHand",
    "LiveLimits",
    "LogMark",
    "LogNews",
    "Look",
    "Outcome",
    "Permits",
    "PlanBegun",
    "PlannedPage",
    "Progress",
    "QuotaTold",
    "RedisClient",
    "Reported",
    "ServerReport",
    "Wanted",
    "views_of",
]
