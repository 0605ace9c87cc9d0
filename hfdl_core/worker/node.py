"""One worker: its connections, its heartbeat, its lease keeper, and how they end."""

import logging
import os
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

from hfdl_core.errors import QueueError
from hfdl_core.machine import host_name, machine_id, new_boot_id
from hfdl_core.models import WorkerState, WorkerStatus
from hfdl_core.queue import RedisClient
from hfdl_core.retry import Breaker, RetryPolicy
from hfdl_core.transfer import Downloader
from hfdl_core.worker.admission import STEP_ASIDE_SECONDS, Admission
from hfdl_core.worker.bring_home import BringHome, HubPause
from hfdl_core.worker.dispenser import Dispenser
from hfdl_core.worker.ended import RecentlyEnded
from hfdl_core.worker.heartbeat import Heartbeat
from hfdl_core.worker.lease import LeaseBook
from hfdl_core.worker.lease_keeper import REPORT_SECONDS, LeaseKeeper
from hfdl_core.worker.options import WorkerOptions
from hfdl_core.worker.reconnect import Reconnect
from hfdl_core.worker.run_task import TaskRunner
from hfdl_core.worker.tally import Tally
from hfdl_core.worker.time_source import RealTime, Stop

logger = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
_IDLE_CHECK_SECONDS = 0.2
_RETURN_SECONDS = 10.0  # time for cancelled tasks to give their leases back


class ExitReason(StrEnum):
    """Why a worker ended."""

    STOPPED = "stopped"
    IDLE = "idle"


class WorkerNode:
    """A worker on this machine; `run` blocks until it is stopped or has been idle for long."""

    def __init__(self, queue: RedisClient, downloader: Downloader, options: WorkerOptions) -> None:
        time = RealTime()
        retry = RetryPolicy(random.Random())  # noqa: S311 - jitter, not a secret
        boot_id = new_boot_id()
        machine = machine_id()
        worker = f"{options.worker_id}/{boot_id}"
        self._queue = queue
        self._options = options
        self._downloader = downloader
        self._time = time
        self._stop = Stop()
        self._tally = Tally()
        self._book = LeaseBook(time)
        ended = RecentlyEnded(time)
        self._reconnect = Reconnect(self._stop, ended, random.Random())  # noqa: S311
        self._hub_pause = HubPause(retry, time)
        self._breaker = Breaker(time.monotonic, open_seconds=STEP_ASIDE_SECONDS)
        self._admission = Admission(options, machine, time)
        bring_home = BringHome(downloader, options.endpoint, machine[:8], time, self._hub_pause)
        self._dispenser = Dispenser(queue, options, worker, self._admission, self._reconnect, time)
        self._runner = TaskRunner(
            queue=queue,
            book=self._book,
            bring_home=bring_home,
            admission=self._admission,
            reconnect=self._reconnect,
            ended=ended,
            breaker=self._breaker,
            retry=retry,
            tally=self._tally,
            worker=options.worker_id,
        )
        self._keeper = LeaseKeeper(queue, self._book, self._reconnect, worker, time)
        self._heartbeat = Heartbeat(
            queue=queue,
            blank=WorkerStatus(
                worker_id=options.worker_id,
                boot_id=boot_id,
                host=host_name(),
                pid=os.getpid(),
                version=options.version,
                state=WorkerState.STARTING,
                started_at=datetime.now(UTC),
            ),
            book=self._book,
            tally=self._tally,
            speed=bring_home.speed,
            admission=self._admission,
            breaker=self._breaker,
            hub_pause=self._hub_pause,
            reconnect=self._reconnect,
            options=options,
        )

    def run(self) -> ExitReason:
        """Serve until stopped; every lease is finished or given back when this returns."""
        connections = [
            threading.Thread(target=self._serve, name=f"connection-{number}", daemon=True)
            for number in range(1, self._options.connections + 1)
        ]
        ended = threading.Event()
        loops = [
            threading.Thread(target=_every, args=(seconds, ended, turn), name=name, daemon=True)
            for seconds, turn, name in (
                (BEAT_SECONDS, self._heartbeat.beat, "heartbeat"),
                (REPORT_SECONDS, self._keeper.report_all, "lease-keeper"),
            )
        ]
        for thread in (*loops, *connections):
            thread.start()
        reason = self._wait_for_the_end()
        self._wind_down(connections)
        ended.set()
        for thread in loops:
            thread.join(timeout=BEAT_SECONDS + REPORT_SECONDS)
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
            idle = self._time.monotonic() - self._dispenser.worked_at
            if longest_idle is not None and len(self._book) == 0 and idle >= longest_idle:
                self._stop.ask()
                return ExitReason.IDLE
        return ExitReason.STOPPED

    def _wind_down(self, connections: list[threading.Thread]) -> None:
        deadline = self._time.monotonic() + self._options.grace_seconds
        while len(self._book) and self._time.monotonic() < deadline:
            if self._stop.wait_now(_IDLE_CHECK_SECONDS):
                break
        self._book.give_back("the worker stops")
        deadline = self._time.monotonic() + _RETURN_SECONDS
        for connection in connections:
            connection.join(timeout=max(0.0, deadline - self._time.monotonic()))
        for lease in self._book.leases():
            logger.warning("%s did not stop in time; its lease runs out by itself", lease.path)

    def _serve(self) -> None:
        while not self._stop.is_asked:
            try:
                task = self._dispenser.next_task(self._stop, self._may_work)
            except QueueError as error:
                logger.error("no work: %s", error)
                self._stop.wait(BEAT_SECONDS)
                continue
            if task is not None:
                self._runner.run(task)
                self._dispenser.worked()

    def _may_work(self) -> bool:
        return not self._heartbeat.is_draining and not self._breaker.is_open


def _every(seconds: float, ended: threading.Event, turn: Callable[[], None]) -> None:
    while True:
        turn()
        if ended.wait(seconds):
            return
