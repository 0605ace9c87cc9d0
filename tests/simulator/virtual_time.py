"""Time passes, clocks step and leases expire: by rewriting every stored time of a job.

Moving all stored times back by a minute is the same, for every script, as the server's clock
having gone on by a minute; so no test has to wait and no clock is replaced.
"""

from collections.abc import Mapping

import msgpack

from hfdl_core.models import JobId
from tests.redis_servers import RedisServer
from tests.simulator.queue_state import QueueState, key

_TIMED_ZSETS = ("lease", "delay", "eta", "overq", "failed")
_TIMED_META = ("beat", "updated", "created")


class VirtualTime:
    """Moves one job's stored times; a positive number of seconds lets time pass."""

    def __init__(self, server: RedisServer, job_id: JobId) -> None:
        self._server = server
        self._job_id = job_id
        self.shifted_ms = 0.0

    def step(self, state: QueueState, seconds: float) -> None:
        """The server's clock goes on, or jumps; nothing spoke to the queue meanwhile."""
        shift_ms = round(seconds * 1000)
        self.shifted_ms += shift_ms
        pipeline = self._server.client.pipeline(transaction=True)
        for name in _TIMED_ZSETS:
            scores: Mapping[str, float] = getattr(state, name)
            if scores:
                moved = {member: score - shift_ms for member, score in scores.items()}
                pipeline.zadd(key(self._job_id, name), moved)
        for name in _TIMED_META:
            if name in state.meta:
                moved_ms = round(float(state.meta[name])) - shift_ms
                pipeline.hset(key(self._job_id, "meta"), name, str(moved_ms))
        for task_id, lease in state.live.items():
            record = dict(lease.record)
            record["l"] = round(lease.last_report_ms) - shift_ms
            pipeline.hset(key(self._job_id, "live"), task_id, msgpack.packb(record))
        pipeline.execute()

    def move_deadline(self, state: QueueState, task_id: str, seconds_from_now: float) -> None:
        """One lease alone runs out sooner, or later, than the others."""
        deadline = round(state.now_ms + seconds_from_now * 1000)
        self._server.client.zadd(key(self._job_id, "lease"), {task_id: deadline})
