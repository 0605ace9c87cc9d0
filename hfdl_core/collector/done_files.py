"""Which files are in their place, verified: one bit a file."""

import threading
from typing import Final

_BITS: Final = 8


class DoneFiles:
    """Thread-safe; 125 KB for a million files."""

    def __init__(self, bitmap: bytes, files_total: int) -> None:
        """`bitmap` is the queue's: the first file in the highest bit of the first byte."""
        self._bits = bytearray(max(files_total + _BITS - 1, 0) // _BITS)
        known = bitmap[: len(self._bits)]
        self._bits[: len(known)] = known
        self._lock = threading.Lock()

    def __contains__(self, index: int) -> bool:
        octet, bit = divmod(index, _BITS)
        return octet < len(self._bits) and bool(self._bits[octet] & (0x80 >> bit))

    def add(self, index: int) -> None:
        octet, bit = divmod(index, _BITS)
        with self._lock:
            self._bits[octet] |= 0x80 >> bit

    def discard(self, index: int) -> None:
        octet, bit = divmod(index, _BITS)
        with self._lock:
            self._bits[octet] &= ~(0x80 >> bit)
