"""Files and directories that only this user can read: made so, checked so, locked."""

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PRIVATE_DIRECTORY: Final = 0o700
PRIVATE_FILE: Final = 0o600
_OTHERS_READ: Final = stat.S_IRGRP | stat.S_IROTH
_LOCK_POLL_SECONDS: Final = 0.02


def private_directory(path: Path) -> Path:
    """Make the directory, mode 0700, or narrow it to that.

    PermissionError when it, or a link in its place, belongs to somebody else: where others may
    write, such as /tmp, they could have put it there before us.
    """
    path.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    found = path.stat()
    if {found.st_uid, path.lstat().st_uid} != {os.geteuid()}:
        raise PermissionError(f"{path} belongs to another user")
    if stat.S_IMODE(found.st_mode) != PRIVATE_DIRECTORY:
        path.chmod(PRIVATE_DIRECTORY)
    return path


def write_private(path: Path, text: str) -> None:
    """Replace the whole file at once, mode 0600: a reader sees the old text or the new."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def open_private(path: Path) -> int:
    """A file descriptor for appending and locking; the file is made, mode 0600, if need be."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE_FILE)


def others_can_read(path: Path) -> bool:
    return bool(path.stat().st_mode & _OTHERS_READ)


def take_lock(descriptor: int, operation: int, patience_seconds: float) -> bool:
    """Try to `flock` until patience ends; whether it was taken.

    The lock belongs to the open file, not to the process: a child that inherits the descriptor
    holds it too, and it ends with the last of them, however they end.
    """
    give_up_at = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= give_up_at:
                return False
            time.sleep(_LOCK_POLL_SECONDS)
        else:
            return True


@contextmanager
def locked(path: Path, operation: int, patience_seconds: float) -> Iterator[bool]:
    """Hold the lock of this file for the block; yields whether it was taken in time."""
    descriptor = open_private(path)
    try:
        yield take_lock(descriptor, operation, patience_seconds)
    finally:
        os.close(descriptor)
