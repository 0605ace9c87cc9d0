"""How jobs stand, put together from the queue's counters and the workers' own figures."""

from hfdl_core.monitor.fleet_view import (
    FileInProgress,
    FleetView,
    Focus,
    LeaseInHand,
    TaskPage,
)
from hfdl_core.monitor.job_monitor import JobMonitor

__all__ = ["FileInProgress", "FleetView", "Focus", "JobMonitor", "LeaseInHand", "TaskPage"]
