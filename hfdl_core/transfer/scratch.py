"""A worker's own corner for whole files in passing, cleared when the worker ends or has died."""

import fcntl
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.source import FileSource

_PREFIX: Final = "hub-"
_LOCK: Final = "lock"
_KEPT_FILES: Final = 2
_LOOK_AGAIN_SECONDS: Final = 0.2


class _Copy:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.filling = threading.Lock()
        self.is_whole = False
        self.is_done_with = False
        self.users = 0

    @property
    def is_waste(self) -> bool:
        return self.users == 0 and (self.is_done_with or not self.is_whole)


class Scratch:
    """Whole files by source: each is brought once, however many of its ranges are asked for.

    A file stays until its last range was read; of the others two stay. The directory is marked
    with a lock that ends with this process, so that the next worker in the same place can clear
    what a killed one left behind.
    """

    def __init__(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        with _locked(parent / _LOCK, fcntl.LOCK_EX):
            _clear_dead(parent)
            self.directory = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
            self._mark = _locked(self.directory / _LOCK, fcntl.LOCK_EX)
        self._lock = threading.Lock()
        self._copies: dict[FileSource, _Copy] = {}  # the one used last stands last
        self._made = 0

    @contextmanager
    def whole_file(
        self, source: FileSource, bring: Callable[[Path], None], cancel: Cancel, *, last: bool
    ) -> Iterator[Path]:
        """The file's place; `bring` puts it there unless another range of it has done so.

        `last` tells that no further range of it is expected.
        """
        copy = self._taken(source)
        try:
            while not copy.filling.acquire(timeout=_LOOK_AGAIN_SECONDS):
                cancel.check()
            try:
                if not copy.is_whole:
                    bring(copy.path)
                    copy.is_whole = True
            finally:
                copy.filling.release()
            yield copy.path
            copy.is_done_with = copy.is_done_with or last
        finally:
            self._give_back(copy)

    def close(self) -> None:
        shutil.rmtree(self.directory)
        self._mark.close()

    def _taken(self, source: FileSource) -> _Copy:
        with self._lock:
            copy = self._copies.pop(source, None)
            if copy is None:
                self._made += 1
                copy = _Copy(self.directory / f"{self._made:06d}")
            self._copies[source] = copy
            copy.users += 1
            return copy

    def _give_back(self, copy: _Copy) -> None:
        with self._lock:
            copy.users -= 1
            waste = [key for key, one in self._copies.items() if one.is_waste]
            idle = [key for key, one in self._copies.items() if one.users == 0]
            for key in {*waste, *idle[:-_KEPT_FILES]}:
                self._copies.pop(key).path.unlink(missing_ok=True)


def _locked(path: Path, how: int) -> IO[bytes]:
    """An open file that holds the lock until it is closed; BlockingIOError when LOCK_NB fails."""
    file = path.open("ab")
    try:
        fcntl.flock(file, how)
    except BaseException:
        file.close()
        raise
    return file


def _clear_dead(parent: Path) -> None:
    for directory in parent.glob(f"{_PREFIX}*"):
        try:
            with _locked(directory / _LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(directory)
        except BlockingIOError:
            continue  # its worker lives
