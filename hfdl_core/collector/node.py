"""One job's collector on this machine: stands by, takes the job over, serves until it ends."""

import logging
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final

from hfdl_core.collector.doors import Doors
from hfdl_core.collector.http_server import BlockServer
from hfdl_core.collector.job_collector import JobCollector
from hfdl_core.collector.options import CollectorOptions
from hfdl_core.collector.parts import Parts
from hfdl_core.collector.patience import Patience
from hfdl_core.collector.predecessor import step_back_for_the_dead
from hfdl_core.collector.replanning import Replanning
from hfdl_core.collector.telling import EMPTIED
from hfdl_core.errors import (
    CollectorAway,
    FileInUse,
    QueueError,
    QueueRolledBack,
    UnknownJob,
)
from hfdl_core.machine import host_name, machine_id
from hfdl_core.models import CollectorAddress, JobSpec, JobState, Token
from hfdl_core.planning import destination_key
from hfdl_core.queue import CollectorClaim, RedisClient
from hfdl_core.storage import OutputDirectory

logger = logging.getLogger(__name__)

CLAIM_SECONDS: Final = 20.0
_RENEW_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 1.0
_TURN_SECONDS: Final = 0.2
_STANDBY_SECONDS: Final = 1.0
_ANOTHER: Final = "another collector has the job"


class CollectorEnd(StrEnum):
    """Why a collector ended."""

    FINISHED = "finished"  # the job has completed, failed or was cancelled
    STOPPED = "stopped"
    MOVED = "moved"  # another collector has taken the job over


class CollectorNode:
    """Holds the destination's lock and the job's claim while it serves."""

    def __init__(self, queue: RedisClient, spec: JobSpec, options: CollectorOptions) -> None:
        self._queue = queue
        self._spec = spec
        self._options = options
        self._token = Token(f"{host_name()}-{os.getpid()}-{secrets.token_hex(4)}")
        self._output = OutputDirectory(Path(spec.destination))
        self._replanning = Replanning(queue, spec, self._output)
        self._stop = threading.Event()
        self._is_current = False
        self._held: CollectorClaim | None = None
        self._waits_for = _ANOTHER
        self._is_moved = False  # the one before was on another machine
        self._renewed_at = float("-inf")
        self._looked_at = float("-inf")
        self._doors: Doors | None = None
        self._address: CollectorAddress | None = None
        self._trouble = ""
        self.serving: JobCollector | None = None  # for the worker in this process
        self.is_announced = False  # whether other workers can find it
        self.standing_by_because = ""  # why it does not serve yet, for people

    def stop(self) -> None:
        """Let go of the job; what has come is kept for the next collector."""
        self._stop.set()

    def run(self) -> CollectorEnd:
        """Serve until the job ends, another collector takes over, or it is stopped.

        StorageError leaves when the destination cannot be written, CollectorError when the address
        cannot be listened on.
        """
        self._output.prepare()
        while not self._stop.is_set():
            try:
                with self._output.lock_for_collecting():
                    end = self._stand_by()
            except FileInUse as error:
                end = self._wait_for_the_other(str(error))
            if end is not None:
                return end
        return CollectorEnd.STOPPED

    def _stand_by(self) -> CollectorEnd | None:
        """Claim the job as soon as its collector is gone; None to be stopped."""
        while not self._stop.is_set():
            try:
                claim = self._claim()
            except EMPTIED:
                if not self._replan():
                    self._stop.wait(_STANDBY_SECONDS)
                continue
            except QueueError as error:
                self._note(str(error))
                claim = None
            if claim is not None:
                self.standing_by_because = ""
                return self._serve(claim)
            end = self._wait_for_the_other(self._waits_for)
            if end is not None:
                return end
        return None

    def _claim(self) -> CollectorClaim | None:
        job_id = self._spec.job_id
        snapshot = self._queue.snapshot(job_id)
        if not snapshot.sealed:  # half a manifest must never be taken for the whole
            self._waits_for = "the job is still being planned: give its command again"
            return None
        self._waits_for = _ANOTHER
        before, _ = snapshot.collects_on
        self._is_moved = before != machine_id()
        claim = self._queue.claim_collector(job_id, self._token, CLAIM_SECONDS)
        if claim is None and step_back_for_the_dead(self._queue, job_id):
            claim = self._queue.claim_collector(job_id, self._token, CLAIM_SECONDS)
        return claim

    def _wait_for_the_other(self, why: str) -> CollectorEnd | None:
        if why != self.standing_by_because:
            logger.info("stands by: %s", why)
        self.standing_by_because = why
        try:
            if self._queue.snapshot(self._spec.job_id).state.is_finished:
                return CollectorEnd.FINISHED
        except (QueueError, UnknownJob) as error:
            self._note(str(error))
        self._stop.wait(_STANDBY_SECONDS)
        return None

    def _serve(self, claim: CollectorClaim) -> CollectorEnd:
        self._is_current, self._held = True, claim
        try:
            return self._serve_as(claim)
        except CollectorAway:
            if self._stop.is_set():  # while the queue was away
                return CollectorEnd.STOPPED
            raise
        finally:
            self._step_back()

    def _serve_as(self, claim: CollectorClaim) -> CollectorEnd:
        ended = threading.Event()
        starting = Patience(self._stop, rolled_back=lambda: None, emptied=self._replan)
        parts = Parts.of(self._queue, self._spec, self._output, self._token, ended, starting)
        try:
            starting.until_answered(self._replanning.keep_copy)
            starting.until_answered(parts.reconciling.run)
            if self._is_moved:
                starting.until_answered(parts.reconciling.run_moved)
            with self._taking(claim, parts, ended):
                return self._until_the_end(parts)
        finally:
            ended.set()
            parts.close()

    @contextmanager
    def _taking(
        self, claim: CollectorClaim, parts: Parts, ended: threading.Event
    ) -> Iterator[None]:
        """Take blocks, from the network and in this process, for the length of the block."""
        syncer = threading.Thread(target=parts.syncing.run, args=(ended,), name="sync", daemon=True)

        def server(listen: tuple[str, int]) -> BlockServer:
            return BlockServer(
                parts.collector,
                job_id=self._spec.job_id,
                generation=claim.generation,
                secret=claim.secret,
                listen=listen,
                cert=self._options.certificate,
                key=self._options.key,
                is_current=lambda: self._is_current,
            )

        with Doors(self._options, server) as doors:
            self._doors = doors
            self._announce()
            syncer.start()
            self.serving = parts.collector
            try:
                yield
            finally:
                self.serving = self._doors = None
        ended.set()
        parts.syncing.want()
        syncer.join()

    def _until_the_end(self, parts: Parts) -> CollectorEnd:
        while not self._stop.is_set():
            try:
                end = self._turn(parts)
            except QueueRolledBack as error:
                logger.warning("%s; compares it with the disk", error)
                parts.lost_tail.set()
            except EMPTIED:
                self._rebuild(parts)
            except QueueError as error:
                self._note(str(error))
                self._stop.wait(_STANDBY_SECONDS)
            else:
                self._note("")
                if end is not None:
                    return end
            parts.finished.wake.wait(_TURN_SECONDS)
            parts.finished.wake.clear()
        # Whoever waits for the job's end may have seen it first.
        return self._has_ended_now() or CollectorEnd.STOPPED

    def _has_ended_now(self) -> CollectorEnd | None:
        try:
            return self._has_ended()
        except (QueueError, UnknownJob) as error:
            logger.debug("nobody tells how the job stands: %s", error)
            return None

    def _turn(self, parts: Parts) -> CollectorEnd | None:
        now = time.monotonic()
        if now - self._renewed_at >= _RENEW_SECONDS:
            if not self._renew():
                self._is_current = False
                logger.warning("another collector has taken job %s over", self._spec.job_id)
                return CollectorEnd.MOVED
            self._renewed_at, self.is_announced = now, True
        if parts.lost_tail.is_set():
            self._go_on_from_the_disk(parts)
        done = parts.shelf.done
        was_told = len(parts.finished) > 0
        parts.finished.tell(lambda index: index in done)
        parts.leases.refresh()
        if now - self._looked_at < _LOOK_SECONDS and not was_told:
            return None
        self._looked_at = now
        if self._doors is not None and self._doors.look():
            self._announce()
        return self._has_ended()

    def _has_ended(self) -> CollectorEnd | None:
        state = self._queue.snapshot(self._spec.job_id).state
        if state is JobState.COMPLETED:
            self._replanning.drop_copy()
        return CollectorEnd.FINISHED if state.is_finished else None

    def _renew(self) -> bool:
        claim = self._queue.claim_collector(
            self._spec.job_id, self._token, CLAIM_SECONDS, self._address, self._held
        )
        return claim is not None and claim == self._held

    def _rebuild(self, parts: Parts) -> None:
        if self._replan():
            parts.shelf.forget_generations()
            self._renewed_at = float("-inf")

    def _replan(self) -> bool:
        try:
            self._replanning.run(destination_key(self._spec))
        except QueueError as error:
            self._note(str(error))
            return False
        return True

    def _go_on_from_the_disk(self, parts: Parts) -> None:
        """Redis lost its last moments: claim, finished and reopened files may be among them."""
        self._renewed_at = float("-inf")
        parts.finished.say_again()
        parts.shelf.forget_generations()
        parts.reconciling.run()
        parts.lost_tail.clear()

    def _step_back(self) -> None:
        self._is_current = False
        try:
            self._queue.claim_collector(
                self._spec.job_id, self._token, 0.0, self._address, self._held
            )
        except (QueueError, UnknownJob) as error:
            logger.info("the claim runs out by itself: %s", error)

    def _announce(self) -> None:
        """Tell where it is with the next turn."""
        if self._doors is not None:
            self._address = self._doors.address
        self._renewed_at = float("-inf")

    def _note(self, trouble: str) -> None:
        if trouble and not self._trouble:
            logger.warning("redis is away, goes on taking blocks: %s", trouble)
        elif self._trouble and not trouble:
            logger.info("redis answers again")
        self._trouble = trouble
