"""The records of a gathered file's journal as bytes: all of one length, each with a CRC of its own.

A record's CRC begins from a seed that tells the file and from the record's place in the journal, so
that nothing written for another file or for another place is taken for it.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from hfdl_core.models import ByteRange, RepoFile
from hfdl_core.storage.incomplete_names import file_key

_MAGIC: Final = b"HFDLJRN1"
_HEADER: Final = struct.Struct("<8s16s4x")  # magic, whose journal
_RANGE: Final = struct.Struct("<B3xIIQQ")  # kind, source's number, CRC-32 of the bytes, begin, end
_TEXT: Final = struct.Struct("<B3xII16s")  # kind, source's number, length of its name, 16 bytes
_TEXT_BYTES: Final = 16
_CRC: Final = struct.Struct("<I")
_BODY_BYTES: Final = _RANGE.size
_CRC_BITS: Final = 0xFFFFFFFF

RECORD_BYTES: Final = _BODY_BYTES + _CRC.size


class RecordKind(IntEnum):
    BLOCK = 1  # these bytes are on the disk
    CLEARED = 2  # what was told of these bytes before holds no longer
    SOURCE = 3  # a part of the name of a source


class RecordedBlock(NamedTuple):
    """Bytes that arrived together, their CRC-32 then, and who brought them."""

    range: ByteRange
    crc32: int
    source: str


class JournalRecord(NamedTuple):
    kind: RecordKind
    source: int
    number: int  # of a block its CRC-32, of a source's part the length of the whole name
    range: ByteRange
    text: bytes


def block_body(covers: ByteRange, crc32: int, source: int) -> bytes:
    return _RANGE.pack(RecordKind.BLOCK, source, crc32, *covers)


def cleared_body(covers: ByteRange) -> bytes:
    return _RANGE.pack(RecordKind.CLEARED, 0, 0, *covers)


def source_bodies(source: int, name: bytes) -> Iterator[bytes]:
    """As many as the name takes, one at least."""
    for part in range(0, max(1, len(name)), _TEXT_BYTES):
        text = name[part : part + _TEXT_BYTES]
        yield _TEXT.pack(RecordKind.SOURCE, source, len(name), text)


class RecordFormat:
    """Writes and reads the records of one file's journal."""

    def __init__(self, file: RepoFile) -> None:
        whose = bytes.fromhex(file_key(file))
        self._seed = zlib.crc32(whose)
        self.header = self._closed(_HEADER.pack(_MAGIC, whose), 0)

    def placed(self, place: int, bodies: Iterable[bytes]) -> bytes:
        """The records of these bodies, from this place on."""
        return b"".join(self._closed(body, at) for at, body in enumerate(bodies, place))

    def parse(self, place: int, record: bytes) -> JournalRecord | None:
        """None when it is not a whole record written for this place."""
        body = record[:_BODY_BYTES]
        if len(record) != RECORD_BYTES or self._closed(body, place) != record:
            return None
        kind, source, number, begin, end = _RANGE.unpack(body)
        try:
            kind = RecordKind(kind)
        except ValueError:
            return None
        return JournalRecord(kind, source, number, ByteRange(begin, end), body[-_TEXT_BYTES:])

    def _closed(self, body: bytes, place: int) -> bytes:
        return body + _CRC.pack(zlib.crc32(body, (self._seed + place) & _CRC_BITS))
