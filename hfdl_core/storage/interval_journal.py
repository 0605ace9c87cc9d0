"""Which bytes of a gathered file are surely on the disk, who brought them, and what they were.

Records are only ever appended, after the bytes that they tell of were flushed. A crash can tear
none but those after the last flush: what follows the longest whole prefix is cut off.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Final

from hfdl_core.models import ByteRange, RepoFile
from hfdl_core.storage.byte_intervals import ByteIntervals
from hfdl_core.storage.durability import flush_bytes, flush_directory
from hfdl_core.storage.journal_records import (
    RECORD_BYTES,
    JournalRecord,
    RecordedBlock,
    RecordFormat,
    RecordKind,
    block_body,
    cleared_body,
    source_bodies,
)
from hfdl_core.storage.safe_tree import open_regular

_READ_RECORDS: Final = 2048
# Written ahead as zeros: a disk that is full later still has room to record what it took before.
_STEP_BYTES: Final = 512 * RECORD_BYTES
_READ_WRITE: Final = os.O_RDWR | os.O_NOFOLLOW


class IntervalJournal:
    """The journal of one file in one open directory; it appears with the first records.

    One thread may read blocks while another appends; all else is for one thread at a time.
    """

    def __init__(self, directory: int, name: str, file: RepoFile) -> None:
        self._directory = directory
        self._name = name
        self._size = file.size
        self._format = RecordFormat(file)
        self._descriptor: int | None = None
        self._places = 0  # header and records that count
        self._room_bytes = 0
        self._names = _SourceNames()
        self._cleared: list[tuple[int, ByteRange]] = []

    @property
    def is_there(self) -> bool:
        return self._descriptor is not None

    @property
    def places(self) -> int:
        """Where the next record goes; the header is at 0."""
        return self._places

    def recover(self) -> ByteIntervals | None:
        """The bytes that are durable; None when there is no journal of this file."""
        found = open_regular(self._directory, self._name)
        if found is None:
            return None
        os.close(found)
        self._descriptor = os.open(self._name, _READ_WRITE, dir_fd=self._directory)
        if os.pread(self._descriptor, RECORD_BYTES, 0) != self._format.header:
            return None
        durable = ByteIntervals()
        self._places = 1
        for record in self._read(1, None):
            self._take(record, durable)
            self._places += 1
        self._room_bytes = self._places * RECORD_BYTES
        os.ftruncate(self._descriptor, self._room_bytes)
        return durable

    def append(self, blocks: Sequence[RecordedBlock]) -> None:
        """Add records, not flushed yet; when there is no room for them, none is added."""
        self._write((), blocks)

    def clear(self, ranges: Sequence[ByteRange], kept: Sequence[RecordedBlock]) -> None:
        """These hold no longer but for what is told anew; a block is cleared as a whole."""
        self._write(ranges, kept)

    def flush(self) -> None:
        """Return when the records are on the disk."""
        if self._descriptor is not None:
            flush_bytes(self._descriptor)

    def blocks(self, first: int, last: int) -> Iterator[RecordedBlock]:
        """Those that were not cleared since, recorded in the places [first, last)."""
        for place, record in enumerate(self._read(max(1, first), last), max(1, first)):
            if record.kind is RecordKind.BLOCK and not self._is_cleared(place, record.range):
                source = self._names.name_of(record.source)
                yield RecordedBlock(record.range, record.number, source)

    def forget(self) -> None:
        """Remove the journal, durably, as what it tells no longer holds."""
        self.close()
        self._places = self._room_bytes = 0
        self._names = _SourceNames()
        self._cleared = []
        try:
            os.unlink(self._name, dir_fd=self._directory)
        except FileNotFoundError:
            return  # tiny files spare the flush
        flush_directory(self._directory)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _write(self, cleared: Sequence[ByteRange], blocks: Sequence[RecordedBlock]) -> None:
        descriptor = self._made()
        names = self._names.copy()
        bodies = [cleared_body(covers) for covers in cleared]
        for name in {block.source: None for block in blocks}:
            bodies += names.introduced(name)
        bodies += [
            block_body(block.range, block.crc32, names.number_of(block.source)) for block in blocks
        ]
        self._put(descriptor, self._format.placed(self._places, bodies))
        self._cleared += [(self._places + at, covers) for at, covers in enumerate(cleared)]
        self._names = names
        self._places += len(bodies)

    def _made(self) -> int:
        if self._descriptor is None:
            flags = _READ_WRITE | os.O_CREAT | os.O_TRUNC
            self._descriptor = os.open(self._name, flags, 0o666, dir_fd=self._directory)
            self._places = self._room_bytes = 0
            flush_directory(self._directory)
        if not self._places:
            self._put(self._descriptor, self._format.header)
            self._places = 1
        return self._descriptor

    def _put(self, descriptor: int, records: bytes) -> None:
        begin = self._places * RECORD_BYTES
        needed = begin + len(records)
        try:
            if needed > self._room_bytes:
                room = -(-needed // _STEP_BYTES) * _STEP_BYTES
                _write_all(descriptor, bytes(room - self._room_bytes), self._room_bytes)
                self._room_bytes = room
            _write_all(descriptor, records, begin)
        except OSError:
            # What is torn now must not be found before a later record.
            self._room_bytes = begin
            os.ftruncate(descriptor, begin)
            raise

    def _read(self, first: int, last: int | None) -> Iterator[JournalRecord]:
        """The records of these places, up to the first that is not whole."""
        descriptor = self._descriptor
        if descriptor is None:
            return
        place = first
        while last is None or place < last:
            wanted = _READ_RECORDS if last is None else min(_READ_RECORDS, last - place)
            read = os.pread(descriptor, wanted * RECORD_BYTES, place * RECORD_BYTES)
            if not read:
                return
            for at in range(0, len(read), RECORD_BYTES):
                record = self._format.parse(place, read[at : at + RECORD_BYTES])
                if record is None or not self._makes_sense(record):
                    return
                yield record
                place += 1

    def _makes_sense(self, record: JournalRecord) -> bool:
        if record.kind is RecordKind.SOURCE:
            return True
        return 0 <= record.range.begin < record.range.end <= self._size

    def _take(self, record: JournalRecord, durable: ByteIntervals) -> None:
        match record.kind:
            case RecordKind.BLOCK:
                durable.add(*record.range)
            case RecordKind.CLEARED:
                durable.remove(*record.range)
                self._cleared.append((self._places, record.range))
            case RecordKind.SOURCE:
                self._names.add_part(record.source, record.number, record.text)

    def _is_cleared(self, place: int, covers: ByteRange) -> bool:
        return any(
            place < later and covers.begin < cleared.end and cleared.begin < covers.end
            for later, cleared in self._cleared
        )


class _SourceNames:
    """Sources by the numbers that stand for them in the records."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._parts: dict[int, bytes] = {}
        self._next = 0

    def copy(self) -> "_SourceNames":
        other = _SourceNames()
        other._numbers, other._names = self._numbers.copy(), self._names.copy()
        other._parts, other._next = self._parts.copy(), self._next
        return other

    def number_of(self, name: str) -> int:
        return self._numbers[name]

    def name_of(self, number: int) -> str:
        return self._names.get(number, "")

    def introduced(self, name: str) -> Iterator[bytes]:
        """The bodies that give a new name its number; none for a known one."""
        if name not in self._numbers:
            number = self._next
            self._keep(number, name)
            yield from source_bodies(number, name.encode("utf-8", "replace"))

    def add_part(self, number: int, length: int, text: bytes) -> None:
        parts = self._parts[number] = self._parts.get(number, b"") + text
        self._next = max(self._next, number + 1)
        if len(parts) >= length:
            self._keep(number, parts[:length].decode("utf-8", "replace"))

    def _keep(self, number: int, name: str) -> None:
        self._numbers[name] = number
        self._names[number] = name
        self._parts.pop(number, None)
        self._next = max(self._next, number + 1)


def _write_all(descriptor: int, content: bytes, at: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, at)
        view = view[written:]
        at += written
