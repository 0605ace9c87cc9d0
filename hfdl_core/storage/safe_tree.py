"""Opens directories below one root without ever following a symbolic link out of it.

Every step is an open relative to the directory opened before it, so that a link put in the way
between two steps is refused, too.
"""

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from hfdl_core.errors import OutputRefused, UnsafePath
from hfdl_core.storage.disk_faults import disk_faults, refused_name, storage_error
from hfdl_core.storage.durability import flush_directory
from hfdl_core.storage.incomplete_names import SCRATCH_SUFFIX
from hfdl_core.storage.places import INCOMPLETE, Parts

_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# A FIFO with a file's name must not hold us up.
_READ_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_IN_THE_WAY: Final = frozenset({errno.ENOTDIR, errno.ELOOP})


class SafeTree:
    """One directory tree; `root` may itself be reached by links, nothing below it may."""

    def __init__(self, root: Path) -> None:
        try:
            self.root = root.resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links; a NUL in the path
            raise OutputRefused(
                f"{str(root)!r} cannot be a directory; choose another -o"
            ) from error

    def path(self, parts: Parts) -> Path:
        """For messages only: opening it would follow links."""
        return self.root.joinpath(*parts)

    @contextmanager
    def found(self, parts: Parts) -> Iterator[int | None]:
        """The open directory, or None when there is none."""
        descriptor = self._find(parts)
        try:
            yield descriptor
        finally:
            if descriptor is not None:
                os.close(descriptor)

    @contextmanager
    def made(self, parts: Parts) -> Iterator[int]:
        """The open directory, made when there was none; the root itself must exist."""
        descriptor = self._find_or_make(parts)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def replacing(self, parts: Parts) -> Iterator[BinaryIO]:
        """A new file that takes its place, over what is there, when the block ends well."""
        path = self.path(parts)
        name = f"{secrets.token_hex(8)}{SCRATCH_SUFFIX}"
        with self.made(INCOMPLETE) as scratch, self.made(parts[:-1]) as directory:
            try:
                with disk_faults(path):
                    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
                    with os.fdopen(os.open(name, flags, 0o666, dir_fd=scratch), "wb") as file:
                        yield file
                    move(scratch, name, directory, parts[-1], path)
            except BaseException:
                remove(scratch, name)
                raise

    def read_small(self, parts: Parts, limit: int) -> bytes | None:
        """The first `limit` bytes; None when there is no such regular file."""
        with self.found(parts[:-1]) as directory:
            if directory is None:
                return None
            with disk_faults(self.path(parts)):
                descriptor = open_regular(directory, parts[-1])
                if descriptor is None:
                    return None
                with os.fdopen(descriptor, "rb") as file:
                    return file.read(limit)

    def _find(self, parts: Parts) -> int | None:
        try:
            return self._descend(self._open_root(), parts, _open)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error, self.path(parts)) from error

    def _find_or_make(self, parts: Parts) -> int:
        try:
            root = self._open_root()
        except FileNotFoundError as error:
            # Making it anew could fill the disk below an unmounted directory.
            raise OutputRefused(f"{self.root} is gone; is its disk mounted?") from error
        try:
            return self._descend(root, parts, _open_or_make)
        except OSError as error:
            if error.errno == errno.EINVAL:  # FAT and NTFS refuse some characters
                raise refused_name(self.path(parts)) from error
            raise storage_error(error, self.path(parts)) from error

    def _open_root(self) -> int:
        try:
            return os.open(self.root, _DIRECTORY)
        except NotADirectoryError as error:
            raise OutputRefused(f"{self.root} is not a directory; choose another -o") from error
        except FileNotFoundError:
            raise
        except OSError as error:
            raise storage_error(error, self.root) from error

    def _descend(self, descriptor: int, parts: Parts, enter: Callable[[int, str], int]) -> int:
        """Go down from an open directory, which is closed then."""
        for depth, name in enumerate(parts, 1):
            try:
                below = enter(descriptor, name)
            except OSError as error:
                if error.errno in _IN_THE_WAY:
                    raise _in_the_way(descriptor, name, self.path(parts[:depth])) from error
                raise
            finally:
                os.close(descriptor)
            descriptor = below
        return descriptor


def _open(parent: int, name: str) -> int:
    return os.open(name, _DIRECTORY, dir_fd=parent)


def _open_or_make(parent: int, name: str) -> int:
    try:
        return _open(parent, name)
    except FileNotFoundError:
        pass
    try:
        os.mkdir(name, dir_fd=parent)
    except FileExistsError:
        pass  # another worker was quicker
    else:
        flush_directory(parent)
    return _open(parent, name)


def _in_the_way(parent: int, name: str, path: Path) -> UnsafePath:
    if stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
        return UnsafePath(f"{path} is a symbolic link: move it away or choose another -o")
    return UnsafePath(f"{path} is a file where a directory is needed: move it away")


def open_regular(directory: int, name: str) -> int | None:
    """A descriptor to read from; None when there is no such file or it is not a regular one."""
    try:
        descriptor = os.open(name, _READ_FILE, dir_fd=directory)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:  # a link; a socket
            return None
        raise
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def refuse_directory(directory: int, name: str, path: Path) -> None:
    """UnsafePath when a directory stands at a file's place; links and files are replaced."""
    try:
        found = os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return
    if stat.S_ISDIR(found.st_mode):
        raise _is_directory(path)


def move(from_directory: int, name: str, to_directory: int, new_name: str, path: Path) -> None:
    """Rename a file over what stands at its place; a link there is replaced, never followed."""
    try:
        os.replace(name, new_name, src_dir_fd=from_directory, dst_dir_fd=to_directory)
    except IsADirectoryError as error:
        raise _is_directory(path) from error
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise refused_name(path) from error
        if error.errno == errno.EXDEV:
            raise OutputRefused(
                f"{path} lies on another filesystem than its output directory; "
                "choose an -o that lies on one"
            ) from error
        raise


def remove(directory: int, name: str) -> None:
    """Unlink a file that may be gone already."""
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=directory)


def _is_directory(path: Path) -> UnsafePath:
    return UnsafePath(f"{path} is a directory where the repo has a file: move it away")
