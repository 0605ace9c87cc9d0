"""Sees to it that one job at a time writes to a destination."""

import logging
import time
from contextlib import suppress

from hfdl_core.errors import DestinationRefused, JobNotRunning, QueueEmptied, UnknownJob
from hfdl_core.models import JobId, JobSpec
from hfdl_core.planning import destination_key
from hfdl_core.queue import RedisClient

logger = logging.getLogger(__name__)

# A worker that lives hears within its report's 5 s that a job is over, and lets go; the lease of
# one that is cut off runs out after 45 s, and by then it has stopped itself.
_LETTING_GO_SECONDS = 60.0
_LOOK_SECONDS = 0.5


class Reservation:
    """Holds no state: the queue knows who has which destination."""

    def __init__(self, queue: RedisClient) -> None:
        self._queue = queue

    def take(self, spec: JobSpec, *, replace: bool) -> None:
        """Have the destination, and nobody else writing there; DestinationRefused otherwise.

        With `replace` an unfinished job that holds it is cancelled.
        """
        key = destination_key(spec)
        holder = self._queue.reserve_destination(key, spec.job_id)
        if holder != spec.job_id:
            if not replace:
                raise DestinationRefused(_in_use(self._queue.spec(holder), spec))
            with suppress(JobNotRunning, QueueEmptied, UnknownJob):  # it ended by itself just now
                self._queue.cancel(holder)
            holder = self._queue.reserve_destination(key, spec.job_id)
        if holder != spec.job_id:
            raise DestinationRefused(f"job {holder} took {spec.destination} just now: try again")
        self._wait_for_the_others(spec)

    def confirm(self, spec: JobSpec) -> None:
        """Have it still, now that the job has a record; drops the record and refuses otherwise.

        Until then another master may have taken the reservation of a job that it could not find.
        """
        holder = self._queue.reserve_destination(destination_key(spec), spec.job_id)
        if holder != spec.job_id:
            self._queue.delete(spec.job_id)
            raise DestinationRefused(_in_use(self._queue.spec(holder), spec))

    def _wait_for_the_others(self, spec: JobSpec) -> None:
        """A worker of an ended job could put the old content over a file that the new one made."""
        give_up_at = time.monotonic() + _LETTING_GO_SECONDS
        told: set[JobId] = set()
        while (other := self._still_writing(spec)) is not None:
            if time.monotonic() >= give_up_at:
                raise DestinationRefused(
                    f"workers of job {other} still write to {spec.destination}: try again later"
                )
            if other not in told:
                logger.warning(
                    "waits until workers of job %s let go of %s", other, spec.destination
                )
                told.add(other)
            time.sleep(_LOOK_SECONDS)
            with suppress(QueueEmptied, UnknownJob):  # deleted meanwhile
                self._queue.reap(other)

    def _still_writing(self, spec: JobSpec) -> JobId | None:
        key = destination_key(spec)
        for snapshot in self._queue.snapshots():
            is_other = snapshot.job_id != spec.job_id and snapshot.in_progress > 0
            if is_other and destination_key(snapshot.spec) == key:
                return snapshot.job_id
        return None


def _in_use(holder: JobSpec, spec: JobSpec) -> str:
    same_repo = (holder.repo_type, holder.repo_id) == (spec.repo_type, spec.repo_id)
    what = f"commit {holder.commit[:12]}" if same_repo else holder.repo_id
    return (
        f"{spec.destination} is the destination of unfinished job {holder.job_id} ({what}): "
        "wait for it, name another place with -o, or cancel it with --replace"
    )
