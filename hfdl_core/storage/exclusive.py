"""Opens a file for one writer at a time, on this machine and, where locks work, on all."""

import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import Final

from hfdl_core.errors import FileInUse, OutputRefused

_READ_WRITE: Final = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK
_CANNOT_LOCK: Final = frozenset({errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK})


def open_exclusively(directory: int, name: str, path: Path) -> int:
    """A locked descriptor of the named file, made when there was none; closing it unlocks.

    FileInUse when another process, or another part of this one, has it open.
    """
    while True:
        descriptor = os.open(name, _READ_WRITE | os.O_CREAT, 0o666, dir_fd=directory)
        try:
            _lock(descriptor, path)
            if _is_named(descriptor, directory, name):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        # Its last holder finished or discarded it between our open and our lock.
        os.close(descriptor)


def lock_unused(descriptor: int, directory: int, name: str) -> bool:
    """Lock a file that nobody writes; False when somebody does or the name is another file now."""
    return _try_to_lock(descriptor) and _is_named(descriptor, directory, name)


def _try_to_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock(descriptor: int, path: Path) -> None:
    try:
        if not _try_to_lock(descriptor):
            raise FileInUse(f"{path} is being written by another process; leave it to that one")
    except OSError as error:
        if error.errno in _CANNOT_LOCK:
            raise OutputRefused(
                f"{path}: this filesystem has no file locks; mount it with them (Lustre: -o flock)"
            ) from error
        raise


def _is_named(descriptor: int, directory: int, name: str) -> bool:
    opened = os.fstat(descriptor)
    if not stat.S_ISREG(opened.st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    try:
        named = os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(opened, named)
