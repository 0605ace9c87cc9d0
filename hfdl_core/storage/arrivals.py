"""What of a file is being written, was received, and is durable; safe for many threads.

A byte is reserved by the thread that writes it, received when it was written, and durable when the
journal tells of it. None of the three is ever given to two blocks.
"""

import threading
from collections.abc import Iterable, Sequence

from hfdl_core.models import ByteRange
from hfdl_core.storage.byte_intervals import ByteIntervals
from hfdl_core.storage.journal_records import RecordedBlock


class Arrivals:
    def __init__(self, size: int, durable: ByteIntervals) -> None:
        self._size = size
        self._changed = threading.Condition()
        self._reserved: list[ByteRange] = []
        self._received = durable.copy()
        self._durable = durable
        self._unsynced: list[RecordedBlock] = []

    # --- writing -----------------------------------------------------------------------------

    def reserve(self, begin: int, end: int) -> list[ByteRange]:
        """The gaps, which are the caller's until `settle`; waits for who writes some of them."""
        with self._changed:
            while any(begin < taken.end and taken.begin < end for taken in self._reserved):
                self._changed.wait()
            gaps = self._received.gaps(begin, end)
            self._reserved += gaps
            return gaps

    def settle(self, gaps: Iterable[ByteRange], written: Iterable[RecordedBlock]) -> None:
        """Give the gaps back, and count as received what of them was written."""
        with self._changed:
            for block in written:
                self._received.add(*block.range)
                self._unsynced.append(block)
            for gap in gaps:
                self._reserved.remove(gap)
            self._changed.notify_all()

    # --- making durable ----------------------------------------------------------------------

    def take_unsynced(self) -> list[RecordedBlock]:
        with self._changed:
            taken, self._unsynced = self._unsynced, []
            return taken

    def put_back(self, taken: Sequence[RecordedBlock]) -> None:
        """They are not durable yet."""
        with self._changed:
            self._unsynced[:0] = taken

    def settle_durable(self, ranges: Iterable[ByteRange]) -> None:
        """These bytes are on the disk and in the journal, whoever brought them."""
        with self._changed:
            for covers in ranges:
                self._received.add(*covers)
                self._durable.add(*covers)

    def lose(self, ranges: Iterable[ByteRange]) -> None:
        """These bytes are missing again."""
        with self._changed:
            for covers in ranges:
                self._received.remove(*covers)
                self._durable.remove(*covers)

    def lose_unsynced(self) -> None:
        with self._changed:
            self._received = self._durable.copy()
            self._unsynced = []

    # --- questions ---------------------------------------------------------------------------

    @property
    def unsynced_bytes(self) -> int:
        with self._changed:
            return self._received.total - self._durable.total

    @property
    def is_whole(self) -> bool:
        with self._changed:
            return self._received.total == self._size

    @property
    def is_durable_whole(self) -> bool:
        with self._changed:
            return self._durable.total == self._size

    @property
    def received_bytes(self) -> int:
        with self._changed:
            return self._received.total

    def received_end(self, begin: int) -> int:
        with self._changed:
            return self._received.end_from(begin)

    def durable_end(self, begin: int) -> int:
        with self._changed:
            return self._durable.end_from(begin)

    def missing(self, begin: int, end: int) -> list[ByteRange]:
        with self._changed:
            return self._durable.gaps(begin, end)

    def next_received(self, begin: int) -> int:
        with self._changed:
            found = self._received.next_from(begin)
        return self._size if found is None else found
