"""The collector: takes ranges of a job's files from all its workers and writes the files."""

from hfdl_core.collector.job_collector import JobCollector
from hfdl_core.collector.node import CollectorEnd, CollectorNode
from hfdl_core.collector.options import CollectorOptions

__all__ = ["CollectorEnd", "CollectorNode", "CollectorOptions", "JobCollector"]
