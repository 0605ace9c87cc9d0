"""Compares the digests of whole files, puts them in their place, and traces what is wrong."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from hfdl_core.collector.arriving import ArrivingFile, Stage
from hfdl_core.collector.other_sources import OtherSources
from hfdl_core.collector.patience import Patience
from hfdl_core.collector.shelf import Shelf
from hfdl_core.collector.telling import FinishedFiles
from hfdl_core.errors import DigestMismatch, DiskFull, FileInUse, HfdlError, StorageError
from hfdl_core.models import ByteRange, JobSpec
from hfdl_core.queue import RedisClient
from hfdl_core.storage import GatheredFile, OutputDirectory

logger = logging.getLogger(__name__)

_THREADS: Final = 2
_FULL_SECONDS: Final = 5.0
# A wrong source: the file is fetched again at most twice, then a person decides.
_MOST_ROUNDS: Final = 2
_MOST_DAMAGES: Final = 5


class _Ended(Exception):
    """Ends a hashing that nobody waits for any more; never leaves this module."""


class Verifying:
    """Works on threads of its own: a large file is hashed for seconds after its last byte."""

    def __init__(
        self,
        queue: RedisClient,
        spec: JobSpec,
        output: OutputDirectory,
        shelf: Shelf,
        finished: FinishedFiles,
        sources: OtherSources,
        patience: Patience,
    ) -> None:
        self._queue = queue
        self._spec = spec
        self._output = output
        self._shelf = shelf
        self._finished = finished
        self.sources = sources
        self._patience = patience
        self._pool = ThreadPoolExecutor(_THREADS, "verify")
        self._ending = threading.Event()
        self._rounds: dict[int, int] = {}
        self._damages: dict[int, int] = {}

    def close(self) -> None:
        """Leave what is not finished; it is found on the disk next time."""
        self._ending.set()
        self._pool.shutdown(cancel_futures=True)

    def open(self, arriving: ArrivingFile) -> None:
        """Go on with what is on the disk of the file; its lock is held."""
        arriving.content = self._output.open_gathered(arriving.file)
        arriving.stage = Stage.OPEN
        if arriving.content.is_whole:
            self.begin(arriving)

    def done(self, arriving: ArrivingFile) -> None:
        """The file is in its place and right."""
        arriving.stage = Stage.DONE
        self._shelf.done.add(arriving.index)
        self._shelf.drop(arriving)
        self._finished.add(arriving.index, self._shelf.generation(arriving.index))
        logger.info("finished %s", arriving.file.path)

    def check(self, arriving: ArrivingFile) -> None:
        """Hash what stands in the file's place; its lock is held."""
        arriving.stage = Stage.CHECKING
        self._submit(self._check, arriving)

    def give_up(self, arriving: ArrivingFile, error: HfdlError) -> None:
        """Nothing can stand in the file's place; its lock is held."""
        arriving.stage = Stage.CHECKING  # workers ask again, and hear of the new generation
        self._submit(lambda given_up: self._condemn(given_up, error), arriving)

    def begin(self, arriving: ArrivingFile) -> None:
        """Every byte is received: sync, compare, rename."""
        with arriving.lock:
            if arriving.stage is not Stage.OPEN or arriving.content is None:
                return
            # Synced by whoever brought the last byte, so that its lease can end now.
            arriving.content.sync()
            arriving.stage = Stage.VERIFYING
        self._submit(self._verify, arriving)

    def _submit(self, work: Callable[[ArrivingFile], None], arriving: ArrivingFile) -> None:
        try:
            self._pool.submit(self._guarded, work, arriving)
        except RuntimeError:  # the pool is shut down: the disk keeps what is there
            logger.debug("%s is verified next time", arriving.file.path)

    def _guarded(self, work: Callable[[ArrivingFile], None], arriving: ArrivingFile) -> None:
        try:
            work(arriving)
        except _Ended:
            logger.debug("%s is verified next time", arriving.file.path)
        except HfdlError as error:
            logger.error("%s: %s", arriving.file.path, error)  # noqa: TRY400 - a known error
            self._let_go(arriving)

    def _check(self, arriving: ArrivingFile) -> None:
        try:
            is_right = self._output.existing(arriving.file, self._spec.commit, self._stop_if_ending)
            with arriving.lock:
                if is_right:
                    self.done(arriving)
                else:
                    self.open(arriving)
        except DiskFull as error:
            self._again_when_there_is_room(arriving, error)
        except FileInUse:
            raise
        except StorageError as error:
            self._condemn(arriving, error)

    def _verify(self, arriving: ArrivingFile) -> None:
        content = arriving.content
        if content is None:
            return
        try:
            content.finish(self._spec.commit, self._stop_if_ending)
        except DiskFull as error:
            self._again_when_there_is_room(arriving, error)
        except DigestMismatch as error:
            self._trace(arriving, content, error)
        except StorageError as error:
            self._condemn(arriving, error)
        else:
            self.done(arriving)

    def _again_when_there_is_room(self, arriving: ArrivingFile, error: DiskFull) -> None:
        """The records of a file need room, too; its bytes are kept meanwhile."""
        logger.warning("%s", error)
        if self._ending.wait(_FULL_SECONDS):
            raise _Ended from error
        with arriving.lock:
            self._close(arriving)
            arriving.stage = Stage.CHECKING
        self._submit(self._check, arriving)

    def _trace(self, arriving: ArrivingFile, content: GatheredFile, error: DigestMismatch) -> None:
        """Ours is the damage where bytes are no longer what they were when they came."""
        damaged = content.damaged()
        if damaged:
            counts, most = self._damages, _MOST_DAMAGES
            bad, reason = damaged, f"{sum(d.length for d in damaged)} bytes were damaged on disk"
        else:
            counts, most = self._rounds, _MOST_ROUNDS
            bad = [ByteRange(0, arriving.file.size)]
            reason = f"fetched again from other machines: {error}"
        counts[arriving.index] = counts.get(arriving.index, 0) + 1
        logger.warning("%s: %s", arriving.file.path, reason if damaged else error)
        if counts[arriving.index] > most:
            content.discard()
            self._condemn(arriving, error)
            return
        if not damaged:
            self.sources.note(arriving.index, content.blocks())
        self._reopen(arriving, content, bad, reason)

    def _reopen(
        self, arriving: ArrivingFile, content: GatheredFile, bad: list[ByteRange], reason: str
    ) -> None:
        # First the disk: after a crash in between the queue is put right from the disk's journal.
        with arriving.lock:
            lost = content.reopen(bad)
            arriving.stage = Stage.OPEN
        self._reopen_in_queue(arriving.index, lost, reason)

    def _reopen_in_queue(self, index: int, bad: list[ByteRange], reason: str) -> int:
        ask, job_id = self._patience.until_answered, self._spec.job_id
        # Asked once: a reopening that is repeated after a lost answer names the same generation.
        present = ask(lambda: self._queue.generation(job_id, index))
        generation = ask(lambda: self._queue.reopen(job_id, index, present, bad, reason))
        self._shelf.reopened(index, generation)
        return generation

    def _condemn(self, arriving: ArrivingFile, error: HfdlError) -> None:
        """Nothing of the file is worth keeping, and it is a person's to decide what then."""
        self._rounds.pop(arriving.index, None)
        self._damages.pop(arriving.index, None)
        self._let_go(arriving)
        whole = [ByteRange(0, arriving.file.size)]
        generation = self._reopen_in_queue(arriving.index, whole, str(error))
        self._patience.until_answered(
            lambda: self._queue.condemn(
                self._spec.job_id,
                arriving.index,
                generation,
                error=str(error),
                cause=error.cause,
            )
        )

    def _let_go(self, arriving: ArrivingFile) -> None:
        """Whoever asks next looks at the disk anew."""
        with arriving.lock:
            self._close(arriving)
            arriving.stage = Stage.NEW
            self._shelf.drop(arriving)

    def _close(self, arriving: ArrivingFile) -> None:
        if arriving.content is not None:
            arriving.content.close()
            arriving.content = None

    def _stop_if_ending(self, _hashed: int) -> None:
        if self._ending.is_set():
            raise _Ended
