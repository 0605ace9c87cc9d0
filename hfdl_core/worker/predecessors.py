"""Gives back what a worker of this machine held when it was killed: no need to wait 45 s for it."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from hfdl_core.errors import QueueError, UnknownJob
from hfdl_core.machine import WorkerMarks
from hfdl_core.models import JobState
from hfdl_core.queue import RedisClient

logger = logging.getLogger(__name__)


@contextmanager
def between_predecessors_and_successors(
    queue: RedisClient, marks: WorkerMarks, worker: str
) -> Iterator[None]:
    """Take over from the dead, and be marked as alive for the length of the block."""
    with ExitStack() as marked:
        try:
            release_the_dead(queue, marks)
            marked.enter_context(marks.marked(worker))
        except OSError as error:
            # A read-only home, say: then leases of the dead run out by themselves.
            logger.info("workers of this machine cannot see each other: %s", error)
        yield


def release_the_dead(queue: RedisClient, marks: WorkerMarks) -> int:
    """Release the leases of dead workers of this machine; returns how many.

    Certain, not guessed: the mark of a live worker is locked by its process.
    """
    released = 0
    for worker in marks.dead():
        try:
            released += _release(queue, worker)
        except QueueError as error:
            logger.info("leases of %s run out by themselves: %s", worker, error)
            return released
        marks.forget(worker)
    return released


def _release(queue: RedisClient, worker: str) -> int:
    released = 0
    for snapshot in queue.snapshots():
        if snapshot.state is not JobState.RUNNING or not snapshot.in_progress:
            continue
        job_id = snapshot.job_id
        try:
            for lease in queue.held_by(job_id, worker):
                reason = f"{worker.partition('/')[0]} was killed; its work goes on here"
                queue.release(job_id, lease.task_id, lease.token, lease.position, reason=reason)
                released += 1
        except UnknownJob:
            continue  # deleted meanwhile, and its leases with it
    return released
