"""Where the blocks of each gather job go: to a collector in this process, or over the network."""

import threading
from collections.abc import Callable

from hfdl_core.errors import CollectorAway
from hfdl_core.handover import Handover
from hfdl_core.models import JobId
from hfdl_core.queue import Collector, RedisClient

# Of this process, when it collects this job itself.
LocalCollector = Callable[[JobId], Handover | None]
Connect = Callable[[JobId, Collector], Handover]


def nothing_local(_job_id: JobId) -> Handover | None:
    """For workers whose process collects nothing."""
    return None


class Collectors:
    """Remembers each job's collector until it proves gone; safe to use from all threads."""

    def __init__(
        self, queue: RedisClient, connect: Connect, local: LocalCollector = nothing_local
    ) -> None:
        self._queue = queue
        self._connect = connect
        self._local = local
        self._known: dict[JobId, Handover] = {}
        self._lock = threading.Lock()

    def is_local(self, job_id: JobId) -> bool:
        return self._local(job_id) is not None

    def of(self, job_id: JobId) -> Handover:
        """CollectorAway when the job has none now; QueueError leaves when nobody can tell."""
        local = self._local(job_id)
        if local is not None:
            return local
        with self._lock:
            known = self._known.get(job_id)
        return known if known is not None else self._found(job_id)

    def forget(self, job_id: JobId) -> None:
        """It does not answer, or another has taken over: its address is read again."""
        with self._lock:
            self._known.pop(job_id, None)

    def _found(self, job_id: JobId) -> Handover:
        snapshot = self._queue.snapshot(job_id)
        collector = snapshot.collector
        if collector is None or not snapshot.has_live_collector:
            _, host = snapshot.collects_on
            raise CollectorAway(
                f"nobody collects job {job_id}: run on {host}: hfdl collect {job_id}"
            )
        made = self._connect(job_id, collector)
        with self._lock:
            self._known[job_id] = made
        return made
