"""The master: turns a repo name into a planned job, and steers jobs."""

from hfdl_core.master.node import MasterNode
from hfdl_core.master.request import (
    DryRun,
    JobRequest,
    PlanProgress,
    PlanStage,
    Submitted,
    SubmittedHow,
)

__all__ = [
    "DryRun",
    "JobRequest",
    "MasterNode",
    "PlanProgress",
    "PlanStage",
    "Submitted",
    "SubmittedHow",
]
