"""How jobs stand, put together from the queue's counters and the workers' own figures."""

from hfdl_core.monitor.job_monitor import JobMonitor

__all__ = ["JobMonitor"]
