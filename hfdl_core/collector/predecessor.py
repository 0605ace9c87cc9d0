"""Frees the claim of a collector that was killed on this machine: no need to wait it out."""

import logging

from hfdl_core.machine import machine_id, process_runs
from hfdl_core.models import JobId
from hfdl_core.queue import RedisClient

logger = logging.getLogger(__name__)


def step_back_for_the_dead(queue: RedisClient, job_id: JobId) -> bool:
    """Whether the job's last collector was of this machine and is dead; its claim is then free.

    The caller holds the destination's lock, which one that lives would hold. QueueError leaves.
    """
    last = queue.snapshot(job_id).collector
    if last is None or last.address.machine != machine_id() or process_runs(last.address.pid):
        return False
    logger.info("process %d was killed; its collecting goes on here", last.address.pid)
    return queue.claim_collector(job_id, last.token, 0.0, last.address) is not None
