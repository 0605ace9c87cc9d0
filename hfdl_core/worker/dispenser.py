"""Chooses the next task: fair between jobs, only those this worker can serve, politely polled."""

import itertools
import logging
import random
import threading
from typing import NamedTuple

from hfdl_core.errors import (
    CollectorError,
    HfdlError,
    JobNotRunning,
    OutputRefused,
    PlanMismatch,
    ProtocolMismatch,
    QueueEmptied,
    QueueError,
    QueueRefused,
    StorageError,
    UnknownJob,
)
from hfdl_core.models import (
    Delivery,
    DownloadTask,
    JobId,
    JobSpec,
    JobState,
    LimitedBy,
    Token,
)
from hfdl_core.queue import JobSnapshot, RedisClient
from hfdl_core.worker.admission import STEP_ASIDE_SECONDS, Admission, limited_by
from hfdl_core.worker.carving import LEAST_STOLEN_BYTES, carve_bytes, silent_seconds
from hfdl_core.worker.collectors import Collectors
from hfdl_core.worker.condition import ConditionOf
from hfdl_core.worker.lanes import LaneLine
from hfdl_core.worker.lease import LeaseBook
from hfdl_core.worker.options import WorkerOptions
from hfdl_core.worker.reconnect import Reconnect
from hfdl_core.worker.time_source import Stop, TimeSource

logger = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_LEAST_POLL_SECONDS = 0.25
_POLL_SECONDS_PER_WORKER = 0.01
# In the last seconds of a gathered job something worth stealing may turn up at any moment.
_TAIL_POLL_SECONDS = 0.3
# A server that refuses a claim (no memory, a full disk) may be mended at any moment, and a
# collector that is away be started again.
_ASKED_AGAIN_SECONDS = 5.0


class Handout(NamedTuple):
    """A claimed task; its lease is at most as old as `granted_at` of this machine's clock says."""

    task: DownloadTask
    granted_at: float


class Dispenser:
    """Hands out one claimed task at a time; all connections of the worker share it.

    An idle worker asks once a second altogether, not once a second per connection.
    """

    def __init__(
        self,
        queue: RedisClient,
        options: WorkerOptions,
        book: LeaseBook,
        admission: Admission,
        collectors: Collectors,
        reconnect: Reconnect,
        time: TimeSource,
    ) -> None:
        self._queue = queue
        self._options = options
        self._book = book
        self._worker = book.worker
        self._admission = admission
        self._collectors = collectors
        self._reconnect = reconnect
        self._time = time
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._chance = random.Random()  # noqa: S311 - jitter, not a secret
        self._empty_at = float("-inf")
        self._empty_since: float | None = None
        self._poll_seconds = _POLL_SECONDS

    def next_task(self, stop: Stop, condition: ConditionOf, lane: LaneLine) -> Handout | None:
        """A claimed task; None when nothing was to be had this time (ask again at once)."""
        if condition.leaves_alone(lane):
            stop.wait(_POLL_SECONDS)
            return None
        with self._lock:
            pause = self._empty_at + self._poll_seconds - self._time.monotonic()
            if pause > 0 and stop.wait(pause * self._chance.uniform(0.8, 1.0)):
                return None
            handout = None
            if condition.may_work and not stop.is_asked:
                handout = self._claim_from_fairest(condition, lane)
            if handout is not None or condition.is_waiting:
                self.worked()
            if handout is None:
                self._found_nothing()
            return handout

    def worked(self) -> None:
        """A task was taken or ended just now: the worker is not idle."""
        self._empty_since = None

    def has_been_idle(self, seconds: float) -> bool:
        """Whether every look of so long found nothing to do; a queue that is away tells nothing."""
        since = self._empty_since
        return since is not None and self._empty_at - since >= seconds

    def _found_nothing(self) -> None:
        self._empty_at = self._time.monotonic()
        if self._empty_since is None:
            self._empty_since = self._empty_at

    def _claim_from_fairest(self, condition: ConditionOf, lane: LaneLine) -> Handout | None:
        snapshots = self._reconnect.until_answered(self._queue.snapshots)
        self._admission.keep_only(
            {snapshot.job_id for snapshot in snapshots if not snapshot.state.is_finished}
        )
        self._poll_seconds = self._idle_poll_seconds(condition)
        for snapshot in sorted(snapshots, key=_share_in_use):
            if self._is_worth_asking(snapshot) and (handout := self._claim(snapshot, lane)):
                return handout
        return None

    def _idle_poll_seconds(self, condition: ConditionOf) -> float:
        """A small fleet may ask oftener: the queue answers the same number of questions."""
        share = condition.fleet_size * _POLL_SECONDS_PER_WORKER
        return min(max(share, _LEAST_POLL_SECONDS), _POLL_SECONDS)

    def _is_worth_asking(self, snapshot: JobSnapshot) -> bool:
        job_id = snapshot.spec.job_id
        if self._options.only_job not in {None, job_id}:
            return False
        # Claims also promote retries and take back the leases of the dead: ask while any are there.
        has_work = snapshot.pending or snapshot.retrying or snapshot.in_progress
        return (
            snapshot.state is JobState.RUNNING
            and bool(has_work)
            and not _waits_for_its_first_collector(snapshot)
            and self._admission.aside(job_id) is None
        )

    def _claim(self, snapshot: JobSnapshot, lane: LaneLine) -> Handout | None:
        job_id = snapshot.spec.job_id
        try:
            self._check_can_serve(snapshot.spec)
            return self._claimed_or_stolen(snapshot, lane)
        except (UnknownJob, QueueEmptied, JobNotRunning) as error:
            logger.info("%s", error)
        except (QueueRefused, CollectorError) as error:
            self._step_aside(snapshot, error, _ASKED_AGAIN_SECONDS)
        except (OutputRefused, StorageError, ProtocolMismatch, PlanMismatch) as error:
            self._step_aside(snapshot, error, STEP_ASIDE_SECONDS)
        logger.debug("nothing of job %s", job_id)
        return None

    def _check_can_serve(self, spec: JobSpec) -> None:
        if spec.delivery is Delivery.GATHER:
            self._reconnect.until_answered(lambda: self._collectors.of(spec.job_id))
        else:
            self._admission.admit(spec)

    def _claimed_or_stolen(self, snapshot: JobSnapshot, lane: LaneLine) -> Handout | None:
        job_id, gathers = snapshot.spec.job_id, snapshot.spec.delivery is Delivery.GATHER
        token = Token(f"{self._worker}.{next(self._numbers)}")
        carve = carve_bytes(snapshot, lane) if gathers else 0
        # Before the first send: a claim that is repeated finds the lease that it made then.
        granted_at = self._time.monotonic()
        claimed = self._reconnect.until_answered(
            lambda: self._queue.claim(job_id, self._worker, [token], carve), most_refusals=0
        )
        is_tail = gathers and snapshot.pending <= len(claimed.tasks)
        self._book.note_job(job_id, is_tail=is_tail, leases=snapshot.in_progress)
        if claimed.tasks:
            return Handout(claimed.tasks[0], granted_at)
        if not gathers or lane.downloader.prefers_whole:
            return None
        self._poll_seconds = _TAIL_POLL_SECONDS
        granted_at = self._time.monotonic()
        stolen = self._reconnect.until_answered(lambda: self._steal(job_id, token), most_refusals=0)
        return None if stolen is None else Handout(stolen, granted_at)

    def _steal(self, job_id: JobId, token: Token) -> DownloadTask | None:
        return self._queue.steal(
            job_id,
            self._worker,
            token,
            minimum_bytes=LEAST_STOLEN_BYTES,
            silent_seconds=silent_seconds(is_crowd=self._book.is_crowd(job_id)),
        )

    def _step_aside(self, snapshot: JobSnapshot, error: HfdlError, seconds: float) -> None:
        job_id = snapshot.spec.job_id
        reason = limited_by(error)
        if reason is LimitedBy.NONE:
            reason = LimitedBy.DISK
        if not self._admission.step_aside(job_id, str(error), reason, seconds):
            return
        logger.warning("takes nothing of job %s: %s", job_id, error)
        try:
            self._queue.log(job_id, "stepped_aside", str(error), self._worker)
        except QueueError as unheard:
            logger.debug("%s", unheard)  # the heartbeat says it, too


def _share_in_use(snapshot: JobSnapshot) -> tuple[float, float]:
    return snapshot.in_progress / snapshot.spec.weight, snapshot.created_ms


def _waits_for_its_first_collector(snapshot: JobSnapshot) -> bool:
    """Its master has just planned it and collects in a moment: no reason to step aside."""
    return snapshot.spec.delivery is Delivery.GATHER and snapshot.collector is None
