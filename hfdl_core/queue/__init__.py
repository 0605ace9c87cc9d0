"""The queue: jobs, tasks and leases in Redis, moved by scripts that are safe to repeat."""

from hfdl_core.queue.answers import (
    Beat,
    Claimed,
    Failed,
    FailOutcome,
    JobSnapshot,
    Outcome,
    PlanBegun,
    PlannedPage,
    Progress,
    Reported,
    ServerReport,
)
from hfdl_core.queue.client import RedisClient

__all__ = [
    "Beat",
    "Claimed",
    "FailOutcome",
    "Failed",
    "JobSnapshot",
    "Outcome",
    "PlanBegun",
    "PlannedPage",
    "Progress",
    "RedisClient",
    "Reported",
    "ServerReport",
]
