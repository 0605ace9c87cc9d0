"""Hashes a file behind its writer's back, so that writing and hashing take the time of one.

It reads what was written from the system's cache instead of taking it from the writer: the writer
may reuse its buffers, what lies there from before a restart is hashed while new bytes arrive, and
what is hashed is what is in the file.
"""

import errno
import os
import threading
from typing import Final

from hfdl_core.storage.digests import READ_BYTES, ContentHash, OnRead

# Below this a thread costs more than it gains.
_WORTH_A_THREAD_BYTES: Final = 4 << 20
_TELL_SECONDS: Final = 0.2


class FollowingHash:
    """The digest of one file's bytes [0, position), for a position that only grows."""

    def __init__(self, descriptor: int, content: ContentHash) -> None:
        self._descriptor = descriptor
        self._content = content
        self._block = bytearray()
        self._written = 0
        self._hashed = 0
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._all_is_written = False
        self._stopped = False
        self._error: OSError | None = None

    def follow(self, position: int) -> None:
        """Tell that the bytes below the position are written."""
        self._written = position
        behind = position - self._hashed
        if self._thread is not None:
            if behind >= READ_BYTES:
                self._wake.set()
        elif behind >= _WORTH_A_THREAD_BYTES:
            self._wake.set()
            self._thread = threading.Thread(target=self._run, name="hash", daemon=True)
            self._thread.start()

    def digest(self, on_read: OnRead) -> str:
        """The digest of all that was written; what `on_read` raises ends the waiting for it."""
        self._all_is_written = True
        if self._thread is None:
            self._catch_up(1)
        else:
            self._wake.set()
            while self._thread.is_alive():
                self._thread.join(_TELL_SECONDS)
                on_read(self._hashed)
        if self._error is not None:
            raise self._error
        return self._content.hexdigest()

    def close(self) -> None:
        """End the thread; to be called before the descriptor is closed."""
        self._stopped = True
        if self._thread is not None:
            self._wake.set()
            self._thread.join()

    def _run(self) -> None:
        is_last = False
        try:
            while not (self._stopped or is_last):
                self._wake.wait()
                self._wake.clear()
                is_last = self._all_is_written  # asked first: nothing is written after that
                self._catch_up(1 if is_last else READ_BYTES)
        except OSError as error:
            self._error = error

    def _catch_up(self, at_least: int) -> None:
        while not self._stopped and (behind := self._written - self._hashed) >= at_least:
            wanted = min(READ_BYTES, behind)
            if len(self._block) < wanted:
                self._block = bytearray(wanted)
            view = memoryview(self._block)[:wanted]
            count = os.preadv(self._descriptor, [view], self._hashed)
            if count == 0:
                raise OSError(errno.EIO, "the file became shorter while it was written")
            self._content.update(view[:count])
            self._hashed += count
