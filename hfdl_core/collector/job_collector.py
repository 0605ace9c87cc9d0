"""Takes the blocks of one job: what workers ask, answered from the disk."""

import logging
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from typing_extensions import override

from hfdl_core.collector.arriving import ArrivingFile, Stage
from hfdl_core.collector.lease_view import LeaseView
from hfdl_core.collector.room_left import RoomLeft
from hfdl_core.collector.shelf import Shelf
from hfdl_core.collector.syncing import Syncing
from hfdl_core.collector.telling import FinishedFiles
from hfdl_core.collector.verifying import Verifying
from hfdl_core.errors import (
    BlockRefused,
    CollectorAway,
    CollectorFull,
    DiskFull,
    FileInUse,
    FileReopened,
    StorageError,
)
from hfdl_core.handover import Block, FileKey, Handover, Presence, Receipt
from hfdl_core.handover.blocks import MOST_BLOCK_BYTES
from hfdl_core.storage import GatheredFile, OutputDirectory

logger = logging.getLogger(__name__)

# Hashed while the worker waits; what is larger is hashed beside, and the worker asks again.
_CHECKED_AT_ONCE_BYTES: Final = 4 << 20
_OWNER: Final = "collector"
_MOST_TURNS: Final = 3


class JobCollector(Handover):
    """Safe to use from all threads; the same object serves the network and the local worker.

    First writer wins: bytes that are there are never overwritten, a repeat is acknowledged.
    """

    def __init__(
        self,
        output: OutputDirectory,
        commit: str,
        shelf: Shelf,
        syncing: Syncing,
        verifying: Verifying,
        finished: FinishedFiles,
        leases: LeaseView,
    ) -> None:
        self._output = output
        self._commit = commit
        self._shelf = shelf
        self._syncing = syncing
        self._verifying = verifying
        self._finished = finished
        self._leases = leases
        self._room = RoomLeft(output)
        self.blocks_taken = 0
        self.bytes_taken = 0  # new ones
        self.bytes_repeated = 0

    @override
    def look(self, file: FileKey, begin: int, end: int) -> Presence:
        self._shelf.check(file)
        if file.file_index in self._shelf.done:
            # Asked about a finished file, the queue cannot know of it: it is told once more.
            self._finished.add(file.file_index, file.generation)
            return Presence(checking=False, durable=end, missing_end=end)
        arriving = self._shelf.find(file.file_index)
        _check_range(arriving, begin, end)
        with self._told_as_collector():
            with arriving.lock:
                self._open(arriving)
                stage, content = arriving.stage, arriving.content
            if stage is Stage.CHECKING:
                return Presence(checking=True, durable=begin, missing_end=begin)
            if content is None or stage is not Stage.OPEN:
                return Presence(checking=False, durable=end, missing_end=end)
            presence = _presence(content, begin, end)
            if content.is_whole:  # whoever brought the last byte could not have it synced
                self._verifying.begin(arriving)
            return presence

    @override
    def give(self, block: Block) -> Receipt:
        self._shelf.check(block.file)
        self._verifying.sources.check(block, _worker(block))
        if len(block.data) > MOST_BLOCK_BYTES:
            raise BlockRefused(f"a block has at most {MOST_BLOCK_BYTES} bytes")
        received, durable = self._take(block)
        self.blocks_taken += 1
        self.bytes_taken += received
        self.bytes_repeated += len(block.data) - received
        return Receipt(received, durable, self._leases.end_of(block.token))

    @override
    def durable(self, asked: Sequence[tuple[FileKey, int]]) -> list[int]:
        self._syncing.want()
        return [self._durable_end(file, position) for file, position in asked]

    def _durable_end(self, file: FileKey, position: int) -> int:
        """Asked by who has handed over all bytes, perhaps to the collector before this one."""
        try:
            self._shelf.check(file)
        except FileReopened:
            return position
        if file.file_index in self._shelf.done:
            return self._shelf.size(file.file_index)
        arriving = self._shelf.find(file.file_index)
        with self._told_as_collector(), arriving.lock:
            self._open(arriving)
            stage, content = arriving.stage, arriving.content
        if stage in {Stage.VERIFYING, Stage.DONE}:
            return arriving.file.size
        return position if content is None else content.durable_end(position)

    def _take(self, block: Block) -> tuple[int, int]:
        """How many bytes were new, and the durable end from the lease's position on."""
        for _ in range(_MOST_TURNS):
            if block.file.file_index in self._shelf.done:
                return 0, block.end
            arriving = self._shelf.find(block.file.file_index)
            taken = self._take_now(arriving, block)
            if taken is not None:
                return taken
        raise CollectorAway("the file is closed and opened all the time: ask again")

    def _take_now(self, arriving: ArrivingFile, block: Block) -> tuple[int, int] | None:
        """None when the file was closed or finished meanwhile: look again."""
        _check_range(arriving, block.begin, block.end)
        with self._told_as_collector():
            with arriving.lock:
                self._open(arriving)
                if arriving.stage is Stage.OPEN and len(block.data) == arriving.file.size:
                    return self._take_whole(arriving, block)
                stage, content = arriving.stage, arriving.content
            if stage is Stage.CHECKING:
                raise CollectorAway(f"{arriving.file.path} is being looked at: ask again")
            if content is None or stage is not Stage.OPEN:
                return 0, block.end
            try:
                return self._write(arriving, content, block)
            except DiskFull:
                raise
            except StorageError as error:
                # A sync that failed closes the file: what was not durable by then is forgotten.
                logger.warning("%s", error)
                self._shelf.lose(arriving, content)
                return None

    def _write(
        self, arriving: ArrivingFile, content: GatheredFile, block: Block
    ) -> tuple[int, int]:
        self._room.check(len(block.data))
        received = content.write(block.begin, block.data, block.crc32, _worker(block))
        self._syncing.wrote(len(block.data))
        if content.is_whole:
            self._verifying.begin(arriving)
            return received, arriving.file.size
        return received, content.durable_end(block.since)

    def _take_whole(self, arriving: ArrivingFile, block: Block) -> tuple[int, int]:
        """A small file in one block: its digest is known before a byte is written."""
        if block.crc32 not in {None, zlib.crc32(block.data)}:
            raise BlockRefused(f"{arriving.file.path}: a block was changed on its way")
        self._room.check(len(block.data))
        if arriving.content is not None:
            arriving.content.discard()
            arriving.content = None
        arriving.stage = Stage.NEW  # if this block proves wrong or has no room
        with self._output.open_incomplete(arriving.file, _OWNER) as incomplete:
            incomplete.write(memoryview(block.data)[incomplete.position :])
            incomplete.finish(self._commit)
        self._verifying.done(arriving)
        return len(block.data), block.end

    @contextmanager
    def _told_as_collector(self) -> Iterator[None]:
        """A worker in this process hears what one elsewhere hears."""
        try:
            yield
        except DiskFull as error:
            self._room.was_full()
            raise CollectorFull(str(error)) from error
        except FileInUse as error:
            raise CollectorAway(str(error)) from error

    def _open(self, arriving: ArrivingFile) -> None:
        """Find out what is on the disk; the file's lock is held."""
        if arriving.stage is not Stage.NEW:
            return
        try:
            self._examine(arriving)
        except (DiskFull, FileInUse):
            raise
        except StorageError as error:
            self._verifying.give_up(arriving, error)

    def _examine(self, arriving: ArrivingFile) -> None:
        if arriving.file.size > _CHECKED_AT_ONCE_BYTES and self._output.looks_like(arriving.file):
            if self._output.trusts(arriving.file, self._commit):
                self._verifying.done(arriving)
            else:
                self._verifying.check(arriving)
            return
        if arriving.file.size <= _CHECKED_AT_ONCE_BYTES and self._output.existing(
            arriving.file, self._commit
        ):
            self._verifying.done(arriving)
            return
        self._verifying.open(arriving)


def _worker(block: Block) -> str:
    """Tokens are minted by workers and begin with their id."""
    return block.token.partition("/")[0]


def _check_range(arriving: ArrivingFile, begin: int, end: int) -> None:
    if not 0 <= begin <= end <= arriving.file.size:
        raise BlockRefused(f"{arriving.file.path} has no bytes [{begin}, {end})")


def _presence(content: GatheredFile, begin: int, end: int) -> Presence:
    durable = min(content.durable_end(begin), end)
    if durable < end and content.received_end(durable) > durable:
        # Somebody brought these a moment ago: not worth fetching again.
        content.sync()
        durable = min(content.durable_end(begin), end)
    missing_end = min(content.next_received(durable), end)
    return Presence(checking=False, durable=durable, missing_end=missing_end)
