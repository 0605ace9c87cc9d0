"""Frees the claim of a collector that was killed on this machine: no need to wait it out."""

import logging
import os

from hfdl_core.machine import machine_id
from hfdl_core.models import JobId
from hfdl_core.queue import RedisClient

logger = logging.getLogger(__name__)


def step_back_for_the_dead(queue: RedisClient, job_id: JobId) -> bool:
    """Whether the job's last collector was of this machine and is dead; its claim is then free.

    The caller holds the destination's lock, which one that lives would hold. QueueError leaves.
    """
    last = queue.snapshot(job_id).collector
    if last is None or last.address.machine != machine_id() or _runs(last.address.pid):
        return False
    logger.info("process %d was killed; its collecting goes on here", last.address.pid)
    return queue.claim_collector(job_id, last.token, 0.0, last.address) is not None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True  # somebody else's, or a number that is none: nothing is known for certain
    return True
