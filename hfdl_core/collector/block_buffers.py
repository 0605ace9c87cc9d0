"""Room for the blocks that are just arriving: used again and again, and never more than so much."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hfdl_core.errors import CollectorAway
from hfdl_core.handover.blocks import BLOCK_BYTES, MOST_BLOCK_BYTES

_SIZES: Final = (BLOCK_BYTES // 4, BLOCK_BYTES, MOST_BLOCK_BYTES)


class BlockBuffers:
    """Every thread that reads a block borrows its buffer here."""

    def __init__(self, most_bytes: int, patience_seconds: float = 20.0) -> None:
        self._most_bytes = most_bytes
        self._patience_seconds = patience_seconds
        self._changed = threading.Condition()
        self._idle: dict[int, list[bytearray]] = {size: [] for size in _SIZES}
        self._made_bytes = 0

    @contextmanager
    def borrowed(self, length: int) -> Iterator[memoryview]:
        """`length` bytes with whatever stood there before; CollectorAway when all are in use."""
        size = next(size for size in _SIZES if size >= length)
        buffer = self._take(size)
        try:
            yield memoryview(buffer)[:length]
        finally:
            with self._changed:
                self._idle[size].append(buffer)
                self._changed.notify_all()  # who wants another size cannot use it

    def _take(self, size: int) -> bytearray:
        give_up_at = time.monotonic() + self._patience_seconds
        with self._changed:
            while not self._idle[size] and not self._has_room(size):
                left = give_up_at - time.monotonic()
                if left <= 0:
                    raise CollectorAway("too many blocks arrive at once: send it again")
                self._changed.wait(left)
            if self._idle[size]:
                return self._idle[size].pop()
            self._made_bytes += size
        return bytearray(size)

    def _has_room(self, size: int) -> bool:
        """Gives up idle buffers of other sizes where that makes room."""
        for other, buffers in self._idle.items():
            while buffers and self._made_bytes + size > self._most_bytes:
                buffers.pop()
                self._made_bytes -= other
        return self._made_bytes + size <= self._most_bytes
