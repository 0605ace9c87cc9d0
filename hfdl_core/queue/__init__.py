"""The queue: jobs, tasks and leases in Redis, moved by scripts that are safe to repeat."""

from hfdl_core.queue.answers import (
    Beat,
    Claimed,
    Collector,
    CollectorClaim,
    Failed,
    FailOutcome,
    FileState,
    JobSnapshot,
    LiveLimits,
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

__all__ = [
    "Beat",
    "Claimed",
    "Collector",
    "CollectorClaim",
    "FailOutcome",
    "Failed",
    "FileState",
    "JobSnapshot",
    "LiveLimits",
    "Outcome",
    "Permits",
    "PlanBegun",
    "PlannedPage",
    "Progress",
    "QuotaTold",
    "RedisClient",
    "Reported",
    "ServerReport",
]
