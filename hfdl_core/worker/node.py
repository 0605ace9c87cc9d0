"""One worker: its connections, its heartbeat, its lease keeper, and how they end."""

import logging
import os
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from enum import StrEnum

from hfdl_core.errors import QueueError
from hfdl_core.machine import WorkerMarks, host_name, machine_id, new_boot_id
from hfdl_core.models import WorkerState, WorkerStatus
from hfdl_core.queue import RedisClient
from hfdl_core.retry import RetryPolicy
from hfdl_core.worker.admission import Admission
from hfdl_core.worker.bring_home import BringHome
from hfdl_core.worker.collectors import Collectors
from hfdl_core.worker.condition import ConditionOf
from hfdl_core.worker.dispenser import Dispenser
from hfdl_core.worker.ended import RecentlyEnded
from hfdl_core.worker.endings import Endings
from hfdl_core.worker.fetching import Fetching
from hfdl_core.worker.gathering import Gathering
from hfdl_core.worker.handing_over import Senders
from hfdl_core.worker.heartbeat import Heartbeat
from hfdl_core.worker.hub_pause import HubPause
from hfdl_core.worker.lanes import LaneLine, Lanes, WayOut
from hfdl_core.worker.lease import LeaseBook
from hfdl_core.worker.lease_keeper import (
    REPORT_LOOK_SECONDS,
    REPORT_SECONDS,
    SELF_STOP_LOOK_SECONDS,
    LeaseKeeper,
)
from hfdl_core.worker.options import WorkerOptions
from hfdl_core.worker.predecessors import between_predecessors_and_successors
from hfdl_core.worker.rate_limiter import RateLimiter
from hfdl_core.worker.reconnect import Reconnect
from hfdl_core.worker.run_task import TaskRunner
from hfdl_core.worker.specs import Specs
from hfdl_core.worker.tally import Tally
from hfdl_core.worker.throttle import Throttle
from hfdl_core.worker.time_source import RealTime, Stop, TimeSource
from hfdl_core.worker.trailing import LOOK_SECONDS as TRAILING_LOOK_SECONDS
from hfdl_core.worker.trailing import Trailing
from hfdl_core.worker.wall import unexpected
from hfdl_core.worker.ways_home import WaysHome

logger = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
_TIMETABLE_LOOK_SECONDS = 1.0
_IDLE_CHECK_SECONDS = 0.2
_MOST_FILES_AT_ONCE = 256  # of all batches together; threads are made when they are needed
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 8.0
_RETURN_SECONDS = 10.0  # time for cancelled tasks to give their leases back


class ExitReason(StrEnum):
    """Why a worker ended."""

    STOPPED = "stopped"
    IDLE = "idle"


class WorkerNode:
    """A worker on this machine; `run` blocks until it is stopped or has been idle for long."""

    def __init__(
        self,
        queue: RedisClient,
        ways: Sequence[WayOut],
        options: WorkerOptions,
        collectors: Collectors,
        time: TimeSource | None = None,
    ) -> None:
        time = time or RealTime()
        boot_id = new_boot_id()
        worker = f"{options.worker_id}/{boot_id}"
        retry = RetryPolicy(random.Random())  # noqa: S311 - jitter, not a secret
        ended = RecentlyEnded(time)
        tally = Tally(time)
        self._queue = queue
        self._worker = worker
        self._options = options
        self._time = time
        self._stop = Stop()
        hub_pause = HubPause(retry, time, self._stop)
        self._book = LeaseBook(worker, time)
        self._lanes = Lanes(ways, Throttle(RateLimiter(time), options.limit), time)
        reconnect = Reconnect(self._stop, ended, random.Random())  # noqa: S311
        admission = Admission(options, machine_id(), time)
        self._condition = ConditionOf(admission, self._lanes, hub_pause)
        self._dispenser = Dispenser(
            queue, options, self._book, admission, collectors, reconnect, time
        )
        endings = Endings(queue, reconnect, ended, retry)
        fetching = Fetching(options.endpoint, hub_pause, tally)
        self._senders = Senders()
        self._ways_home = WaysHome(
            bring_home=BringHome(fetching, machine_id()[:8], time),
            gathering=Gathering(fetching, collectors, self._senders, time),
            trailing=Trailing(self._book, collectors, endings, time),
            pool=ThreadPoolExecutor(_MOST_FILES_AT_ONCE, "batch"),
        )
        self._runner = TaskRunner(
            self._book,
            Specs(queue, reconnect),
            admission,
            self._ways_home,
            endings,
            tally,
        )
        self._keeper = LeaseKeeper(queue, self._book, reconnect, time)
        self._heartbeat = Heartbeat(
            queue,
            _blank_status(options, boot_id),
            self._book,
            tally,
            self._condition,
            self._lanes,
            reconnect,
        )

    def run(self) -> ExitReason:
        """Serve until stopped; every lease is finished or given back when this returns."""
        marks = WorkerMarks.of_this_machine()
        with between_predecessors_and_successors(self._queue, marks, self._worker):
            return self._run()

    def _run(self) -> ExitReason:
        connections = [
            threading.Thread(
                target=self._serve, args=(lane,), name=f"{lane.name}-{number}", daemon=True
            )
            for lane in self._lanes.all
            for number in range(1, lane.connections + 1)
        ]
        ended = threading.Event()
        loops = [
            threading.Thread(target=_every, args=(seconds, ended, turn), name=name, daemon=True)
            for seconds, turn, name in (
                (BEAT_SECONDS, self._heartbeat.beat, "heartbeat"),
                (_TIMETABLE_LOOK_SECONDS, self._lanes.throttle.look, "throttle"),
                (REPORT_LOOK_SECONDS, self._keeper.report_due, "lease-keeper"),
                (TRAILING_LOOK_SECONDS, self._ways_home.trailing.look, "trailing"),
                # On a thread of its own: the keeper may hang in a report just when this is due.
                (SELF_STOP_LOOK_SECONDS, self._keeper.stop_the_silent, "self-stop"),
            )
        ]
        # Before any work is taken: this worker may have been told to drain.
        unexpected(self._heartbeat.beat, "heartbeat")
        for thread in (*loops, *connections):
            thread.start()
        reason = self._wait_for_the_end()
        self._wind_down(connections)
        ended.set()
        deadline = self._time.monotonic() + BEAT_SECONDS + REPORT_SECONDS
        for thread in loops:
            thread.join(timeout=max(0.0, deadline - self._time.monotonic()))
        if not any(thread.is_alive() for thread in loops):  # else redis hangs: nobody would hear
            self._heartbeat.leave(reason)
        return reason

    def stop(self) -> None:
        """Take no more work; finish what is in hand within the grace, then give it back."""
        self._stop.ask()

    def stop_now(self) -> None:
        """Give everything back at once."""
        self._stop.ask_now()

    def status(self) -> WorkerStatus:
        """What this worker would say in its next heartbeat."""
        return self._heartbeat.status()

    def _wait_for_the_end(self) -> ExitReason:
        longest_idle = self._options.exit_when_idle_seconds
        while not self._stop.wait(_IDLE_CHECK_SECONDS):
            if longest_idle is None or len(self._book):
                continue
            if self._dispenser.has_been_idle(longest_idle):
                self._stop.ask()
                return ExitReason.IDLE
        return ExitReason.STOPPED

    def _wind_down(self, connections: list[threading.Thread]) -> None:
        self._lanes.stop_waiting_for_the_hub()
        deadline = self._time.monotonic() + self._options.grace_seconds
        while len(self._book) and self._time.monotonic() < deadline:
            if self._stop.wait_now(_IDLE_CHECK_SECONDS):
                break
        self._book.close("the worker stops")
        deadline = self._time.monotonic() + _RETURN_SECONDS
        for connection in connections:
            connection.join(timeout=max(0.0, deadline - self._time.monotonic()))
        self._ways_home.trailing.give_back_all()
        self._ways_home.pool.shutdown(wait=False, cancel_futures=True)
        self._senders.close()
        for lease in self._book.leases():
            logger.warning("%s did not stop in time; its lease runs out by itself", lease.path)

    def _serve(self, lane: LaneLine) -> None:
        while not self._stop.is_asked:
            if unexpected(lambda: self._serve_once(lane), "connection") is not None:
                self._stop.wait(BEAT_SECONDS)

    def _serve_once(self, lane: LaneLine) -> None:
        try:
            handout = self._dispenser.next_task(self._stop, self._condition, lane)
        except QueueError as error:
            logger.warning("no work: %s", error)
            self._stop.wait(BEAT_SECONDS)
            return
        if handout is not None:
            self._runner.run(handout, lane)
            self._dispenser.worked()
            self._pause_after_failures(lane)

    def _pause_after_failures(self, lane: LaneLine) -> None:
        failures = lane.breaker.failures_in_a_row
        if failures:
            self._stop.wait(min(_FIRST_PAUSE_SECONDS * 2.0**failures, _LONGEST_PAUSE_SECONDS))


def _every(seconds: float, ended: threading.Event, turn: Callable[[], None]) -> None:
    while True:
        unexpected(turn, threading.current_thread().name)
        if ended.wait(seconds):
            return


def _blank_status(options: WorkerOptions, boot_id: str) -> WorkerStatus:
    return WorkerStatus(
        worker_id=options.worker_id,
        boot_id=boot_id,
        host=host_name(),
        pid=os.getpid(),
        version=options.version,
        state=WorkerState.STARTING,
        started_at=datetime.now(UTC),
    )
