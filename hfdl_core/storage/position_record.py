"""How much of an incomplete file is surely on the disk, written so that a crash cannot garble it.

Two slots are written in turn, each with a number that rises and a CRC: whatever a crash does to
the one being written, the other stands. They lie a disk sector apart and the file never changes
its length after it was made, so that one write is one flush of one sector.
"""

import os
import struct
import zlib
from typing import Final

from hfdl_core.models import RepoFile
from hfdl_core.storage.durability import flush_bytes, flush_directory
from hfdl_core.storage.incomplete_names import file_key
from hfdl_core.storage.safe_tree import open_regular, remove

_MAGIC: Final = b"HFDLPOS1"
_SLOT_DISTANCE: Final = 4096  # the sector of today's disks
_SLOTS: Final = 2
_SLOT: Final = struct.Struct("<8s16sQQ")  # magic, whose position, number, position
_CRC: Final = struct.Struct("<I")
_SLOT_BYTES: Final = _SLOT.size + _CRC.size


class PositionRecord:
    """The record of one file in one open directory; it appears with the first position noted."""

    def __init__(self, directory: int, name: str, file: RepoFile) -> None:
        self._directory = directory
        self._name = name
        self._whose = bytes.fromhex(file_key(file))
        self._number = 0
        self._descriptor: int | None = None

    def read(self) -> int:
        """The last position noted for this very file; 0 when there is none to rely on."""
        descriptor = open_regular(self._directory, self._name)
        if descriptor is None:
            return 0
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(_SLOT_DISTANCE * _SLOTS)
        slots = (self._parse(content[at:]) for at in range(0, len(content), _SLOT_DISTANCE))
        self._number, position = max((slot for slot in slots if slot), default=(0, 0))
        return position

    def note(self, position: int) -> None:
        """Return when the position is on the disk; the bytes below it must be there already."""
        if self._descriptor is None:
            self._descriptor = self._open()
        self._number += 1
        body = _SLOT.pack(_MAGIC, self._whose, self._number, position)
        slot = body + _CRC.pack(zlib.crc32(body))
        os.pwrite(self._descriptor, slot, self._number % _SLOTS * _SLOT_DISTANCE)
        flush_bytes(self._descriptor)

    def forget(self) -> None:
        """Remove the record, as its positions no longer hold."""
        self.close()
        self._number = 0
        remove(self._directory, self._name)

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        descriptor = os.open(self._name, flags, 0o666, dir_fd=self._directory)
        try:
            if os.fstat(descriptor).st_size != _SLOT_DISTANCE * _SLOTS:
                # Written, not just long: on a disk that is full later there is room for both.
                os.pwrite(descriptor, bytes(_SLOT_DISTANCE * _SLOTS), 0)
                flush_bytes(descriptor)
                flush_directory(self._directory)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def _parse(self, slot: bytes) -> tuple[int, int] | None:
        body, check = slot[: _SLOT.size], slot[_SLOT.size : _SLOT_BYTES]
        if len(check) < _CRC.size or _CRC.unpack(check)[0] != zlib.crc32(body):
            return None
        magic, whose, number, position = _SLOT.unpack(body)
        return (number, position) if (magic, whose) == (_MAGIC, self._whose) else None
