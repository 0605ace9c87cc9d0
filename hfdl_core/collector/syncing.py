"""Puts what has come on the disk in groups: one flush for the blocks of all workers."""

import logging
import threading
from typing import Final

from hfdl_core.collector.arriving import ArrivingFile
from hfdl_core.collector.shelf import Shelf
from hfdl_core.errors import StorageError

logger = logging.getLogger(__name__)

_LONGEST_SECONDS: Final = 1.0
_SHORTEST_SECONDS: Final = 0.2
_GROUP_BYTES: Final = 64 << 20


class Syncing:
    """After a second or 64 MiB at the latest; sooner, but not at once, when somebody waits."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._written = 0
        self._lock = threading.Lock()
        self._wanted = threading.Event()

    def want(self) -> None:
        """Somebody waits for a better answer."""
        self._wanted.set()

    def wrote(self, size: int) -> None:
        with self._lock:
            self._written += size
            if self._written >= _GROUP_BYTES:
                self._wanted.set()

    def run(self, ended: threading.Event) -> None:
        """Until the collector ends; what came last is synced when files are closed."""
        while not ended.wait(_SHORTEST_SECONDS):
            self._wanted.wait(_LONGEST_SECONDS - _SHORTEST_SECONDS)
            self.turn()

    def turn(self) -> None:
        self._wanted.clear()
        with self._lock:
            self._written = 0
        for arriving in self._shelf:
            self._sync(arriving)
        self._shelf.close_idle()

    def _sync(self, arriving: ArrivingFile) -> None:
        content = arriving.content
        if content is None or content.unsynced_bytes == 0:
            return
        try:
            content.sync()
        except StorageError as error:
            # What was not on the disk is forgotten, and fetched again.
            logger.warning("%s", error)
            self._shelf.lose(arriving, content)
