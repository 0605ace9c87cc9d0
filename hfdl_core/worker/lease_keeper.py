"""Keeps the leases alive: reports positions, hears verdicts, stops what it may no longer hold."""

import logging

from hfdl_core.errors import QueueEmptied, QueueError, QueueRolledBack, QueueUnavailable, UnknownJob
from hfdl_core.models import JobId, JobState, Token
from hfdl_core.queue import Progress, RedisClient
from hfdl_core.task_id import TaskKind
from hfdl_core.worker.lease import Lease, LeaseBook, Right
from hfdl_core.worker.reconnect import Reconnect
from hfdl_core.worker.time_source import TimeSource

logger = logging.getLogger(__name__)

REPORT_SECONDS = 5.0
# Where nothing is pending any more thieves look for what to take: they shall see the present.
_TAIL_REPORT_SECONDS = 1.0
# With thousands of leases Redis has enough to do.
CROWD_REPORT_SECONDS = 10.0
REPORT_LOOK_SECONDS = 1.0
SELF_STOP_LOOK_SECONDS = 1.0
# The lease lasts 45 s on Redis' clock; ten seconds are for a report that is on its way.
SELF_STOP_SECONDS = 35.0


class LeaseKeeper:
    """One round of reports for every lease in hand."""

    def __init__(
        self,
        queue: RedisClient,
        book: LeaseBook,
        reconnect: Reconnect,
        time: TimeSource,
    ) -> None:
        self._queue = queue
        self._book = book
        self._reconnect = reconnect
        self._time = time
        self._reported_at: dict[JobId, float] = {}

    def report_due(self) -> None:
        """Report the jobs whose time has come; never raises for a queue that is away.

        With a server that hangs this takes 20 s and more a job: the clock that stops silent leases
        is looked at elsewhere.
        """
        now = self._time.monotonic()
        for job_id in self._book.job_ids():
            wait = self._seconds_between(job_id)
            # A little early rather than a second late.
            if now - self._reported_at.get(job_id, float("-inf")) >= wait - REPORT_LOOK_SECONDS / 2:
                self._reported_at[job_id] = now
                self._report(job_id, self._book.leases(job_id))

    def _seconds_between(self, job_id: JobId) -> float:
        if self._book.is_crowd(job_id):
            return CROWD_REPORT_SECONDS
        return _TAIL_REPORT_SECONDS if self._book.is_tail(job_id) else REPORT_SECONDS

    def stop_the_silent(self) -> None:
        """Stop what has had no accepted report for 35 s; asks nobody."""
        now = self._time.monotonic()
        for lease in self._book.leases():
            if lease.right is Right.HELD and lease.silent_seconds(now) > SELF_STOP_SECONDS:
                logger.warning("%s: no answer from redis for long, stops", lease.path)
                lease.give_back(f"no answer from redis for {SELF_STOP_SECONDS:.0f} s")

    def _report(self, job_id: JobId, leases: list[Lease]) -> None:
        sent_at = self._time.monotonic()
        progress = [
            Progress(
                task_id=lease.task.task_id,
                token=lease.task.token,
                position=lease.position,
                bytes_per_second=lease.measured_speed,
                fetched=lease.bytes_written if lease.task.kind is TaskKind.RANGE else 0,
            )
            for lease in leases
        ]
        try:
            reported = self._queue.report(job_id, self._book.worker, progress)
        except QueueRolledBack as error:
            self._reconnect.rolled_back(error)
            return
        except (QueueEmptied, UnknownJob) as error:
            logger.warning("%s; drops its leases of job %s", error, job_id)
            self._book.lose(job_id)
            return
        except QueueUnavailable:
            return  # whoever waits for an answer says so; the clock decides
        except QueueError as error:
            logger.warning("report refused: %s", error)
            return
        self._reconnect.answered()
        self._apply(leases, reported.ends, reported.state, sent_at)

    def _apply(
        self, leases: list[Lease], ends: dict[Token, int | None], state: JobState, sent_at: float
    ) -> None:
        for lease in leases:
            end = ends.get(lease.task.token)
            if end is None:
                lease.lose()
                continue
            lease.accepted(sent_at)
            lease.shrink(end)
            if state is not JobState.RUNNING:
                lease.give_back(f"the job is {state}")
