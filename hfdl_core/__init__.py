"""hfdl's core: everything but the screens. The public names load when they are first used."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfdl_core.master import MasterNode
    from hfdl_core.models import DownloadTask, JobStatus, TaskStatus, WorkerStatus
    from hfdl_core.queue import RedisClient
    from hfdl_core.worker import WorkerNode

__all__ = [
    "DownloadTask",
    "JobStatus",
    "MasterNode",
    "RedisClient",
    "TaskStatus",
    "WorkerNode",
    "WorkerStatus",
]

_HOMES = {
    "DownloadTask": "hfdl_core.models",
    "JobStatus": "hfdl_core.models",
    "MasterNode": "hfdl_core.master",
    "RedisClient": "hfdl_core.queue",
    "TaskStatus": "hfdl_core.models",
    "WorkerNode": "hfdl_core.worker",
    "WorkerStatus": "hfdl_core.models",
}


def __getattr__(name: str) -> object:
    # Loaded on demand: `hfdl --help` must not pay for redis, requests and pydantic.
    if name not in _HOMES:
        raise AttributeError(f"module 'hfdl_core' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
