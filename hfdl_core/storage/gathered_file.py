"""A file that arrives as ranges from many sources, in any order, assembled in its own length.

It lies where incomplete files lie, with a journal of what is durable beside it. The first who
brings a byte writes it: a byte that was received is never overwritten until it is reopened.
"""

import errno
import os
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import TracebackType
from typing import Final, Self

from hfdl_core.errors import BlockRefused, DigestMismatch, OutputRefused, SizeMismatch
from hfdl_core.listed_path import check_wanted_path
from hfdl_core.models import ByteRange, RepoFile
from hfdl_core.storage.arrivals import Arrivals
from hfdl_core.storage.byte_intervals import ByteIntervals
from hfdl_core.storage.digests import READ_BYTES, OnRead, ignore_reading, new_hash
from hfdl_core.storage.disk_faults import disk_faults, storage_error
from hfdl_core.storage.durability import flush_bytes
from hfdl_core.storage.exclusive import open_exclusively
from hfdl_core.storage.final_place import move_into_place, refuse_what_is_in_the_way
from hfdl_core.storage.following_hash import FollowingHash
from hfdl_core.storage.hub_metadata import write_metadata
from hfdl_core.storage.incomplete_names import content_name, journal_name
from hfdl_core.storage.interval_journal import IntervalJournal
from hfdl_core.storage.journal_records import RecordedBlock
from hfdl_core.storage.places import INCOMPLETE
from hfdl_core.storage.safe_tree import SafeTree, remove
from hfdl_core.storage.shared_use import SharedUse

_OWNER: Final = "collector"
_READ_PLACES: Final = 4096  # of the journal, before a closing may come in between


class GatheredFile:
    """One listed file; safe to use from several threads at once.

    Opened again it goes on from what was durable. A sync that fails closes it, when the system may
    have dropped bytes and not say so again.
    """

    def __init__(self, tree: SafeTree, file: RepoFile) -> None:
        self._tree = tree
        self._file = file
        self._parts = check_wanted_path(file.path)
        self._name = content_name(file, _OWNER)
        self._arrivals = Arrivals(file.size, ByteIntervals())
        self._use = SharedUse()
        # Taken in this order, and before the file is used: one finishes, one syncs, one follows.
        self._finishing, self._syncing = threading.Lock(), threading.Lock()
        self._following = threading.Lock()
        self._is_open = True
        with ExitStack() as opening:
            refuse_what_is_in_the_way(tree, self._parts)
            self._directory = opening.enter_context(tree.made(INCOMPLETE))
            with self._faults():
                self._content = open_exclusively(
                    self._directory, self._name, tree.path((*INCOMPLETE, self._name))
                )
                opening.callback(os.close, self._content)
                self._journal = IntervalJournal(self._directory, journal_name(self._name), file)
                opening.callback(self._journal.close)
                self._restart_hash()
                opening.callback(self._end_hash)
                self._resume()
            self._opened = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # --- what is there -----------------------------------------------------------------------

    @property
    def file(self) -> RepoFile:
        return self._file

    @property
    def is_whole(self) -> bool:
        """Whether every byte was received."""
        return self._arrivals.is_whole

    @property
    def is_durable_whole(self) -> bool:
        return self._arrivals.is_durable_whole

    @property
    def unsynced_bytes(self) -> int:
        return self._arrivals.unsynced_bytes

    def received_end(self, begin: int) -> int:
        """The end of the received bytes that begin there; `begin` when there are none."""
        return self._arrivals.received_end(begin)

    def durable_end(self, begin: int) -> int:
        """The end of the durable bytes that begin there; `begin` when there are none."""
        return self._arrivals.durable_end(begin)

    def missing(self, begin: int, end: int) -> list[ByteRange]:
        """What of [begin, end) is not durable."""
        return self._arrivals.missing(begin, end)

    def next_received(self, begin: int) -> int:
        """The first received byte at or after `begin`; the file's size when there is none."""
        return self._arrivals.next_received(begin)

    # --- bringing bytes ----------------------------------------------------------------------

    def write(
        self, begin: int, data: bytes | bytearray | memoryview, crc32: int | None, source: str
    ) -> int:
        """Write what of the block is not there yet; returns how many bytes that was.

        The CRC-32 is None for bytes that have not left this process.

        When it returns, every byte of the block was received, from here or from elsewhere.
        SizeMismatch beyond the file's end, BlockRefused for another CRC-32: nothing is written
        then. What was written before any StorageError counts as received, the rest does not.
        """
        block = memoryview(data)
        crc32 = self._checked_crc32(begin, block, crc32)
        with self._in_use():
            written: list[RecordedBlock] = []
            gaps = self._arrivals.reserve(begin, begin + len(block))
            try:
                for gap in gaps:
                    for part in self._parts_written(block, begin, gap):
                        piece = block[part.begin - begin : part.end - begin]
                        own = crc32 if len(piece) == len(block) else zlib.crc32(piece)
                        written.append(RecordedBlock(part, own, source))
            finally:
                self._arrivals.settle(gaps, written)
            self._follow()
        return sum(piece.range.length for piece in written)

    def sync(self) -> None:
        """Put what was received on the disk and note it there; writes go on meanwhile."""
        with self._closed_when_lost(), self._syncing, self._in_use():
            self._make_durable()

    def finish(self, commit: str, on_read: OnRead = ignore_reading) -> None:
        """Check the bytes and put the file in its place, durably, with the Hub's metadata.

        SizeMismatch when bytes are missing. DigestMismatch leaves the bytes, for `damaged` and
        `sources`. `on_read` is told how far the hash is; what it raises ends the waiting, and until
        then the file cannot be closed.
        """
        with self._finishing:
            with self._in_use(), self._faults():
                self._check_whole()
                self._follow()
                actual = self._hash.digest(on_read)
            if actual != self._file.digest:
                self.sync()
                raise DigestMismatch(self._file.path, self._file.digest, actual)
            with self._use.alone():
                self._check_open()
                try:
                    self._publish(commit)
                finally:
                    self._shut()

    # --- when the digest is wrong ------------------------------------------------------------

    def blocks(self) -> Iterator[RecordedBlock]:
        """What was received, read from the journal, in the order in which it came."""
        self.sync()
        for first in range(0, self._journal.places, _READ_PLACES):
            with self._in_use(), self._faults():
                read = list(self._journal.blocks(first, first + _READ_PLACES))
            yield from read

    def damaged(self) -> list[ByteRange]:
        """Reads every block again: those that are no longer what they were when they arrived."""
        found = []
        for block in self.blocks():
            with self._in_use(), self._faults():
                if not self._is_intact(block):
                    found.append(block.range)
        return found

    def sources(self, begin: int, end: int) -> set[str]:
        """Who brought these bytes."""
        return {
            block.source
            for block in self.blocks()
            if begin < block.range.end and block.range.begin < end
        }

    def reopen(self, ranges: Iterable[ByteRange]) -> list[ByteRange]:
        """Forget these bytes, durably, and hash anew; returns what is missing because of it.

        That is more than was asked when a part of a block was asked and the rest is damaged.
        """
        asked = ByteIntervals()
        for begin, end in ranges:
            if max(0, begin) < min(end, self._file.size):
                asked.add(max(0, begin), min(end, self._file.size))
        with self._closed_when_lost(), self._finishing, self._syncing, self._use.alone():
            self._check_open()
            self._make_durable()
            with self._faults():
                lost = self._lose(asked)
            self._end_hash()
            self._restart_hash()
            self._follow()
        return lost

    def discard(self) -> None:
        """Throw the bytes away and close."""
        with self._use.alone():
            self._check_open()
            try:
                with self._faults():
                    self._journal.forget()
                    remove(self._directory, self._name)
            finally:
                self._shut()

    def close(self) -> None:
        """Leave what is durable for the next time; waits for those who use the file."""
        self._is_open = False
        with self._use.alone():
            self._shut()

    # --- opening and closing -----------------------------------------------------------------

    def _resume(self) -> None:
        there = os.fstat(self._content).st_size
        durable = self._journal.recover() if there else None
        if durable is not None:
            self._arrivals = Arrivals(self._file.size, durable)
            os.ftruncate(self._content, min(there, self._file.size))
            if self._arrivals.next_received(there) < self._file.size:
                beyond = ByteIntervals()
                beyond.add(there, self._file.size)
                self._lose(beyond)
            self._follow()
            return
        # Intervals noted for other bytes must never be believed of those to come.
        self._journal.forget()
        os.ftruncate(self._content, 0)

    def _shut(self) -> None:
        self._is_open = False
        self._opened.close()
        self._arrivals.lose_unsynced()

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        with self._use.shared():
            self._check_open()
            yield

    @contextmanager
    def _closed_when_lost(self) -> Iterator[None]:
        try:
            yield
        finally:
            if not self._is_open:
                self.close()

    def _check_open(self) -> None:
        if not self._is_open:
            raise OutputRefused(f"{self._file.path} was closed: open it again")

    # --- writing -----------------------------------------------------------------------------

    def _checked_crc32(self, begin: int, block: memoryview, told: int | None) -> int:
        if begin < 0 or begin + len(block) > self._file.size:
            raise SizeMismatch(self._file.path, self._file.size, begin + len(block))
        actual = zlib.crc32(block)
        if told not in {None, actual}:
            raise BlockRefused(f"{self._file.path}: a block was changed on its way, send it again")
        return actual

    def _parts_written(self, block: memoryview, begin: int, gap: ByteRange) -> Iterator[ByteRange]:
        """One part as a rule; a disk that fills up may take less than the gap before it refuses."""
        position = gap.begin
        while position < gap.end:
            piece = block[position - begin : gap.end - begin]
            try:
                count = os.pwrite(self._content, piece, position)
            except OSError as error:
                raise storage_error(error, self._tree.path(self._parts)) from error
            yield ByteRange(position, position + count)
            position += count

    def _make_durable(self) -> None:
        blocks = self._arrivals.take_unsynced()
        if not blocks:
            return
        self._flush(lambda: flush_bytes(self._content))
        try:
            self._journal.append(blocks)
        except OSError as error:
            self._arrivals.put_back(blocks)
            raise storage_error(error, self._tree.path(self._parts)) from error
        self._flush(self._journal.flush)
        self._arrivals.settle_durable(block.range for block in blocks)

    def _flush(self, flush: Callable[[], None]) -> None:
        try:
            flush()
        except OSError as error:
            self._is_open = False
            raise storage_error(error, self._tree.path(self._parts)) from error

    # --- hashing and publishing --------------------------------------------------------------

    def _restart_hash(self) -> None:
        self._hash = FollowingHash(self._content, new_hash(self._file.digest, self._file.size))
        self._followed = 0

    def _end_hash(self) -> None:
        self._hash.close()

    def _follow(self) -> None:
        """Let the hash go on to the end of the prefix without a gap, which only grows."""
        with self._following:
            prefix_end = self._arrivals.received_end(0)
            if prefix_end > self._followed:
                self._followed = prefix_end
                self._hash.follow(prefix_end)

    def _check_whole(self) -> None:
        if not self._arrivals.is_whole:
            raise SizeMismatch(self._file.path, self._file.size, self._arrivals.received_bytes)

    def _publish(self, commit: str) -> None:
        move_into_place(self._tree, self._parts, self._directory, self._name, self._content)
        with self._faults():
            self._journal.forget()
        write_metadata(self._tree, self._parts, commit, self._file.digest, os.fstat(self._content))

    # --- losing bytes ------------------------------------------------------------------------

    def _lose(self, asked: ByteIntervals) -> list[ByteRange]:
        """Clear whole blocks, and tell anew the rest of those that were asked in part."""
        lost, kept = asked.copy(), list[RecordedBlock]()
        for block in self._journal.blocks(0, self._journal.places):
            rest = asked.gaps(*block.range)
            if rest == [block.range]:
                continue
            lost.add(*block.range)
            if rest and self._is_intact(block):
                kept += [RecordedBlock(part, self._crc32(part), block.source) for part in rest]
        if self._journal.is_there:
            self._journal.clear(list(lost), kept)
            self._flush(self._journal.flush)
        self._arrivals.lose(lost)
        self._arrivals.settle_durable(block.range for block in kept)
        for block in kept:
            lost.remove(*block.range)
        return list(lost)

    def _is_intact(self, block: RecordedBlock) -> bool:
        try:
            return self._crc32(block.range) == block.crc32
        except OSError as error:
            if error.errno == errno.EIO:  # a bad place on the disk: written anew it may be good
                return False
            raise

    def _crc32(self, covers: ByteRange) -> int:
        crc32 = 0
        for begin in range(covers.begin, covers.end, READ_BYTES):
            wanted = min(READ_BYTES, covers.end - begin)
            crc32 = zlib.crc32(os.pread(self._content, wanted, begin), crc32)
        return crc32

    def _faults(self) -> AbstractContextManager[None]:
        return disk_faults(self._tree.path(self._parts))
