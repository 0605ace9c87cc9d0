"""The files of one job that are on their way, found by index and generation."""

import threading
import time
from collections.abc import Iterator
from typing import Final

from hfdl_core.collector.arriving import ArrivingFile, Stage
from hfdl_core.collector.done_files import DoneFiles
from hfdl_core.errors import BlockRefused, FileReopened, PlanMismatch
from hfdl_core.handover import FileKey
from hfdl_core.models import JobSpec, RepoFile
from hfdl_core.queue import RedisClient
from hfdl_core.storage import GatheredFile

# Files whose leases went back to the queue: beyond so many open ones the idle are closed.
_OPEN_FILES: Final = 128
_IDLE_SECONDS: Final = 30.0


class Shelf:
    """Thread-safe; asks the queue only about generations that it has not met."""

    def __init__(self, queue: RedisClient, spec: JobSpec, done: DoneFiles) -> None:
        self._queue = queue
        self._spec = spec
        self._files: dict[int, ArrivingFile] = {}
        self._generations: dict[int, int] = {}  # of files that were reopened; absent: 0
        self._lock = threading.Lock()
        self.done = done

    def __iter__(self) -> Iterator[ArrivingFile]:
        with self._lock:
            return iter(list(self._files.values()))

    def check(self, key: FileKey) -> None:
        """FileReopened for an older generation; learns of newer ones from the queue.

        Bytes are checked in any case: the generation only spares work that is not wanted.
        """
        if key.job_id != self._spec.job_id:
            raise BlockRefused(f"job {key.job_id} is not collected here")
        known = self._generations.get(key.file_index, 0)
        if key.generation > known:
            known = self._queue.generation(key.job_id, key.file_index)
            self.reopened(key.file_index, known)
        if key.generation != known:
            raise FileReopened(f"file {key.file_index} is in generation {known} now")

    def find(self, index: int) -> ArrivingFile:
        """The file of this index, made new when nobody asked for it yet."""
        with self._lock:
            found = self._files.get(index)
        if found is None:
            found = self._made(index)
        found.used_at = time.monotonic()
        return found

    def generation(self, index: int) -> int:
        return self._generations.get(index, 0)

    def reopened(self, index: int, generation: int) -> None:
        """From now on blocks of older generations are refused."""
        with self._lock:
            if self._generations.get(index, 0) == generation:
                return
            self._generations[index] = generation
            if index in self._files:
                self._files[index].generation = generation
        self.done.discard(index)

    def forget_generations(self) -> None:
        """The job was planned anew: every file is in its first generation again."""
        with self._lock:
            self._generations.clear()
            for arriving in self._files.values():
                arriving.generation = 0

    def drop(self, arriving: ArrivingFile) -> None:
        """It is in its place: nothing of it needs to be remembered but that."""
        with self._lock:
            self._files.pop(arriving.index, None)

    def lose(self, arriving: ArrivingFile, content: GatheredFile) -> None:
        """The content was closed by an error: it is opened anew from what is durable."""
        with arriving.lock:
            content.close()
            if arriving.content is content and arriving.stage is Stage.OPEN:
                arriving.content, arriving.stage = None, Stage.NEW

    def close_idle(self) -> None:
        """Let go of files that nobody works on; their bytes stay for the next time."""
        limit = time.monotonic() - _IDLE_SECONDS
        idle = [one for one in self if one.stage is Stage.OPEN and one.used_at < limit]
        if len(idle) <= _OPEN_FILES:
            return
        for arriving in idle:
            with arriving.lock:
                if arriving.stage is Stage.OPEN:
                    self._close(arriving)

    def close(self) -> None:
        for arriving in self:
            with arriving.lock:
                self._close(arriving)

    def _close(self, arriving: ArrivingFile) -> None:
        if arriving.content is not None:
            arriving.content.close()
            arriving.content = None
            arriving.stage = Stage.NEW
        self.drop(arriving)

    def size(self, index: int) -> int:
        """Of a file that need not be on its way."""
        return self._listed(index).size

    def _listed(self, index: int) -> RepoFile:
        try:
            return self._queue.file(self._spec.job_id, index)
        except PlanMismatch as error:
            raise BlockRefused(f"the job has no file {index}") from error

    def _made(self, index: int) -> ArrivingFile:
        file = self._listed(index)
        with self._lock:
            made = ArrivingFile(index, file, self._generations.get(index, 0))
            return self._files.setdefault(index, made)
