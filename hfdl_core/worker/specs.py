"""What the jobs are, as the queue tells it; asked until it answers."""

from hfdl_core.models import JobId, JobSpec
from hfdl_core.queue import RedisClient
from hfdl_core.worker.reconnect import Reconnect


class Specs:
    """Job descriptions; the queue's client keeps them, since they never change."""

    def __init__(self, queue: RedisClient, reconnect: Reconnect) -> None:
        self._queue = queue
        self._reconnect = reconnect

    def of(self, job_id: JobId) -> JobSpec:
        return self._reconnect.until_answered(lambda: self._queue.spec(job_id))
