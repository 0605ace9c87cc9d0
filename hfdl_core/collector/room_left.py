"""Says no to blocks before the disk does: what is written must also fit its journal and records."""

import threading
import time
from typing import Final

from hfdl_core.errors import CollectorFull
from hfdl_core.storage import OutputDirectory

_KEPT_FREE_BYTES: Final = 4 << 20
_LOOK_SECONDS: Final = 1.0


class RoomLeft:
    """Asks the filesystem once a second at most; thread-safe."""

    def __init__(self, output: OutputDirectory) -> None:
        self._output = output
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._free = 0
        self._is_full = False

    def check(self, size: int) -> None:
        """CollectorFull when a block of this size has no room."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked_at >= _LOOK_SECONDS:
                self._looked_at = now
                self._free = self._output.free_bytes()
                self._is_full = False
            self._free -= size
            if self._is_full or self._free < _KEPT_FREE_BYTES:
                raise CollectorFull(f"{self._output.root}: the disk is full; free some space there")

    def was_full(self) -> None:
        """The disk itself has just said so."""
        with self._lock:
            self._is_full = True
            self._looked_at = time.monotonic()
