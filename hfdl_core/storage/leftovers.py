"""Finds temporary files: the room they take, and those that nobody will come back for."""

import os
import time
from collections.abc import Iterator
from typing import Final

from hfdl_core.storage.disk_faults import disk_faults
from hfdl_core.storage.exclusive import lock_unused
from hfdl_core.storage.incomplete_names import (
    CONTENT_SUFFIX,
    JOURNAL_SUFFIX,
    RECORD_SUFFIX,
    SCRATCH_SUFFIX,
    journal_name,
    owner_key,
    record_name,
)
from hfdl_core.storage.places import INCOMPLETE
from hfdl_core.storage.safe_tree import SafeTree, open_regular, remove

_BESIDE: Final = (RECORD_SUFFIX, JOURNAL_SUFFIX)  # of a content, under the same name
_OURS: Final = (CONTENT_SUFFIX, *_BESIDE, SCRATCH_SUFFIX)
_BLOCK_BYTES: Final = 512  # of st_blocks, on every system


def room_taken(tree: SafeTree) -> dict[str, int]:
    """Bytes on the disk below each file's key, of the owner who has most of it."""
    taken: dict[str, int] = {}
    with tree.found(INCOMPLETE) as directory:
        for name, found in _entries(tree, directory, (CONTENT_SUFFIX,)):
            key = name.partition(".")[0]
            taken[key] = max(taken.get(key, 0), found.st_blocks * _BLOCK_BYTES)
    return taken


def remove_stale(tree: SafeTree, older_than_seconds: float, owner: str | None) -> int:
    """Remove what was not written for so long, of one owner or of all; never what is in use.

    Returns the bytes that this freed.
    """
    newest = time.time() - older_than_seconds
    freed = 0
    with tree.found(INCOMPLETE) as directory:
        for name, found in _entries(tree, directory, _OURS):
            if directory is None or found.st_mtime > newest or not _belongs(name, owner):
                continue
            with disk_faults(tree.path((*INCOMPLETE, name))):
                if _remove_unused(directory, name):
                    freed += found.st_blocks * _BLOCK_BYTES
    return freed


def _entries(
    tree: SafeTree, directory: int | None, suffixes: tuple[str, ...]
) -> Iterator[tuple[str, os.stat_result]]:
    if directory is None:
        return
    with disk_faults(tree.path(INCOMPLETE)), os.scandir(directory) as entries:
        names = [entry.name for entry in entries if entry.name.endswith(suffixes)]
    for name in names:
        try:
            yield name, os.stat(name, dir_fd=directory, follow_symlinks=False)
        except FileNotFoundError:
            continue  # finished since


def _belongs(name: str, owner: str | None) -> bool:
    return owner is None or name.partition(".")[2].startswith(owner_key(owner))


def _remove_unused(directory: int, name: str) -> bool:
    if name.endswith(CONTENT_SUFFIX):
        return _remove_content(directory, name)
    if name.endswith(_BESIDE) and _content_exists(directory, name):
        return False  # it goes with its content, under the content's lock
    remove(directory, name)
    return True


def _remove_content(directory: int, name: str) -> bool:
    descriptor = open_regular(directory, name)
    if descriptor is None:
        return False
    try:
        if not lock_unused(descriptor, directory, name):
            return False
        remove(directory, name)
        remove(directory, record_name(name))
        remove(directory, journal_name(name))
        return True
    finally:
        os.close(descriptor)


def _content_exists(directory: int, record: str) -> bool:
    content = record.rpartition(".")[0] + CONTENT_SUFFIX
    return os.access(content, os.F_OK, dir_fd=directory, follow_symlinks=False)
