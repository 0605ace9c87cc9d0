"""Compares what the queue believes of begun files with what is on the disk, and puts it right."""

import logging
from collections.abc import Sequence
from typing import Final

from hfdl_core.collector.arriving import ArrivingFile, Stage
from hfdl_core.collector.shelf import Shelf
from hfdl_core.collector.verifying import Verifying
from hfdl_core.errors import DiskFull, FileInUse, StorageError
from hfdl_core.models import ByteRange, JobSpec, RepoFile
from hfdl_core.queue import FileState, RedisClient
from hfdl_core.storage import OutputDirectory

logger = logging.getLogger(__name__)

_REASON: Final = "not on the collector's disk"
_MOVED: Final = "the job is collected on another machine now"


class Reconciling:
    """The disk says what is there.

    Bytes that the queue counts and the disk lacks go back to work. What the disk has beyond the
    queue's knowledge needs nothing: workers ask before they fetch, and find it there.
    """

    def __init__(
        self,
        queue: RedisClient,
        spec: JobSpec,
        output: OutputDirectory,
        shelf: Shelf,
        verifying: Verifying,
    ) -> None:
        self._queue = queue
        self._spec = spec
        self._output = output
        self._shelf = shelf
        self._verifying = verifying

    def run(self) -> int:
        """Returns how many bytes went back to work; QueueError leaves when the queue is away."""
        lost = 0
        for index in self._queue.begun_files(self._spec.job_id):
            lost += self._reconcile(index, self._queue.file_state(self._spec.job_id, index))
        if lost:
            logger.warning("%d bytes are not on the disk and are fetched again", lost)
        return lost

    def run_moved(self) -> int:
        """Files that were finished on another machine go back to work unless they are here, too.

        Returns how many went; QueueError leaves when the queue is away.
        """
        lost = 0
        for index, file in self._queue.files(self._spec.job_id):
            if index not in self._shelf.done or self._is_here(file):
                continue
            before = self._shelf.generation(index) or self._queue.generation(
                self._spec.job_id, index
            )
            whole = [ByteRange(0, file.size)]
            generation = self._queue.reopen(self._spec.job_id, index, before, whole, _MOVED)
            self._shelf.reopened(index, generation)
            lost += 1
        return lost

    def _is_here(self, file: RepoFile) -> bool:
        commit = self._spec.commit
        return self._output.trusts(file, commit) or self._output.existing(file, commit)

    def _reconcile(self, index: int, state: FileState) -> int:
        self._shelf.reopened(index, state.generation)
        arriving = self._shelf.find(index)
        counted = complement(state.open, arriving.file.size)
        with arriving.lock:
            if arriving.stage is Stage.NEW:
                self._examine(arriving)
            if arriving.content is None or arriving.stage is not Stage.OPEN:
                return 0
            content = arriving.content
            lost = [gap for span in counted for gap in content.missing(span.begin, span.end)]
        if not lost:
            return 0
        generation = self._queue.reopen(self._spec.job_id, index, state.generation, lost, _REASON)
        self._shelf.reopened(index, generation)
        return sum(gap.length for gap in lost)

    def _examine(self, arriving: ArrivingFile) -> None:
        try:
            if self._output.trusts(arriving.file, self._spec.commit):
                self._verifying.done(arriving)
            else:
                self._verifying.open(arriving)
        except (DiskFull, FileInUse):
            raise
        except StorageError as error:
            self._verifying.give_up(arriving, error)


def complement(spans: Sequence[ByteRange], size: int) -> list[ByteRange]:
    """What of [0, size) none of these sorted ranges covers."""
    uncovered, position = [], 0
    for span in spans:
        if span.begin > position:
            uncovered.append(ByteRange(position, span.begin))
        position = max(position, span.end)
    if position < size:
        uncovered.append(ByteRange(position, size))
    return uncovered
