"""Tells what the operating system's refusals mean to whoever waits for the file."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hfdl_core.errors import DiskFull, OutputRefused, StorageError, UnsafePath

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DENIED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# Only names are refused with these; the bytes of a file never are.
_NAME = frozenset({errno.ENAMETOOLONG, errno.EILSEQ})


@contextmanager
def disk_faults(path: Path) -> Iterator[None]:
    """Translate every OSError of the block; `path` is what the block works on."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error


def storage_error(error: OSError, path: Path) -> StorageError:
    reason = (error.strerror or str(error)).lower()
    if error.errno in _FULL:
        return DiskFull(_full_text(error, path))
    if error.errno in _DENIED:
        return OutputRefused(
            f"{path}: {reason}; give this user the right to it or choose another directory with -o"
        )
    if error.errno == errno.EFBIG:
        return OutputRefused(
            f"{path}: larger than this filesystem or `ulimit -f` allows; use another disk with -o"
        )
    if error.errno == errno.ELOOP:
        return UnsafePath(f"{path} is a symbolic link: move it away or choose another -o")
    if error.errno in _NAME:
        return refused_name(path)
    return StorageError(f"{path}: {reason}")


def refused_name(path: Path) -> UnsafePath:
    return UnsafePath(f"{path}: this filesystem cannot hold such a name; leave the file out")


def _full_text(error: OSError, path: Path) -> str:
    if error.errno == errno.EDQUOT:
        return f"{path}: the disk quota is used up; free some of it"
    if _has_bytes_but_no_inodes(path):
        return f"{path}: the disk has no inodes left; remove some files there"
    return f"{path}: the disk is full; free some space there"


def _has_bytes_but_no_inodes(path: Path) -> bool:
    try:
        disk = os.statvfs(existing_ancestor(path))
    except OSError:
        return False  # the message is then less exact, nothing else
    return disk.f_files > 0 and disk.f_favail == 0 and disk.f_bavail > 0


def existing_ancestor(path: Path) -> Path:
    """The path itself, or the nearest directory above it that exists."""
    return next((place for place in (path, *path.parents) if place.exists()), Path(path.anchor))
