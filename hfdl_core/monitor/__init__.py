"""How jobs stand, put together from the queue's counters and the workers' own figures."""

from hfdl_core.monitor.fleet_view import FleetView, Focus, TaskPage
from hfdl_core.monitor.fleet_watch import FleetWatch
from hfdl_core.monitor.job_monitor import JobMonitor
from hfdl_core.monitor.job_status import job_status, job_statuses
from hfdl_core.queue import FileInProgress, LeaseInHand

__all__ = [
    "FileInProgress",
    "FleetView",
    "FleetWatch",
    "Focus",
    "JobMonitor",
    "LeaseInHand",
    "TaskPage",
    "job_status",
    "job_statuses",
]
