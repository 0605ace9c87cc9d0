"""The worker: takes tasks from the queue, brings their files home verified, and says how it is."""

from hfdl_core.worker.collectors import Collectors, LocalCollector, nothing_local
from hfdl_core.worker.hub_budget import HubBudget, quota_owner
from hfdl_core.worker.lanes import WayOut
from hfdl_core.worker.node import ExitReason, WorkerNode
from hfdl_core.worker.options import WorkerOptions

__all__ = [
    "Collectors",
    "ExitReason",
    "HubBudget",
    "LocalCollector",
    "WayOut",
    "WorkerNode",
    "WorkerOptions",
    "nothing_local",
    "quota_owner",
]
