"""Looks at what stands in a listed file's place and tells whether it is that file."""

import os
import stat
from enum import Enum, auto
from typing import NamedTuple

from hfdl_core.errors import StorageError
from hfdl_core.listed_path import check_wanted_path
from hfdl_core.storage.digests import OnRead, hash_prefix, new_hash
from hfdl_core.storage.disk_faults import disk_faults, storage_error
from hfdl_core.storage.places import Parts
from hfdl_core.storage.safe_tree import SafeTree, open_regular, refuse_directory


class Verdict(Enum):
    MISSING = auto()
    RIGHT = auto()
    WRONG = auto()


class Finding(NamedTuple):
    verdict: Verdict
    actual: str = ""  # when wrong: the digest, or what else is wrong, for people
    found: os.stat_result | None = None  # when right


def examine(
    tree: SafeTree, parts: Parts, size: int | None, digest: str, on_read: OnRead
) -> Finding:
    """Compare size, then digest; UnsafePath for a directory or link in the way."""
    path = tree.path(parts)
    with tree.found(parts[:-1]) as directory:
        if directory is None:
            return Finding(Verdict.MISSING)
        with disk_faults(path):
            refuse_directory(directory, parts[-1], path)
            descriptor = open_regular(directory, parts[-1])
            if descriptor is None:
                return _not_a_file(directory, parts[-1])
            try:
                return _compare(descriptor, size, digest, on_read)
            finally:
                os.close(descriptor)


def look(tree: SafeTree, parts: Parts) -> os.stat_result | None:
    """The stat of the regular file in this place; None when there is none, links not followed."""
    with tree.found(parts[:-1]) as directory:
        return None if directory is None else look_in(tree, directory, parts)


def look_in(tree: SafeTree, directory: int, parts: Parts) -> os.stat_result | None:
    """The same where the file's directory is open already."""
    try:
        found = os.stat(parts[-1], dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_error(error, tree.path(parts)) from error
    return found if stat.S_ISREG(found.st_mode) else None


def examine_for_report(
    tree: SafeTree, path: str, size: int | None, digest: str, on_read: OnRead
) -> Finding:
    """As `examine`, but what cannot be read is wrong, and the other files are still looked at."""
    try:
        return examine(tree, check_wanted_path(path), size, digest, on_read)
    except StorageError as error:
        return Finding(Verdict.WRONG, str(error))


def _not_a_file(directory: int, name: str) -> Finding:
    try:
        found = os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return Finding(Verdict.MISSING)
    kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "a special file"
    return Finding(Verdict.WRONG, f"it is {kind}, not a file")


def _compare(descriptor: int, size: int | None, digest: str, on_read: OnRead) -> Finding:
    found = os.fstat(descriptor)
    if size is not None and found.st_size != size:
        return Finding(Verdict.WRONG, f"{found.st_size} bytes instead of {size}")
    content = new_hash(digest, found.st_size)
    hashed = hash_prefix(descriptor, content, found.st_size, on_read)
    if hashed != found.st_size:
        return Finding(Verdict.WRONG, "it shrank while it was read")
    actual = content.hexdigest()
    if actual != digest:
        return Finding(Verdict.WRONG, actual)
    return Finding(Verdict.RIGHT, found=found)
