"""Estimates what a job still takes of a disk, to tell before the start that it cannot fit."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Final, NamedTuple

from hfdl_core.listed_path import check_wanted_path
from hfdl_core.models import RepoFile
from hfdl_core.storage.examination import look_in
from hfdl_core.storage.incomplete_names import file_key
from hfdl_core.storage.leftovers import room_taken
from hfdl_core.storage.safe_tree import SafeTree

_BLOCK_BYTES: Final = 4096  # the usual unit in which a disk is handed out
_RECORD_BYTES: Final = _BLOCK_BYTES  # of huggingface_hub, one per file
_SORTED_AT_ONCE: Final = 10_000  # files: sorting a million would hold up the screen's thread


class DiskNeed(NamedTuple):
    """What is missing: `bytes_to_fetch` of content, `bytes_on_disk` with records and rounding."""

    bytes_to_fetch: int
    bytes_on_disk: int
    inodes: int


def disk_need(tree: SafeTree, files: Iterable[RepoFile]) -> DiskNeed:
    """A file of the right size counts as fetched: to read them all would take too long."""
    taken = room_taken(tree)
    to_fetch = on_disk = inodes = 0
    for file in _unlike(tree, files):
        begun = min(taken.get(file_key(file), 0), file.size) if taken else 0
        missing = file.size - begun
        to_fetch += missing
        on_disk += room_of(missing)
        inodes += 2
    return DiskNeed(to_fetch, on_disk, inodes)


def _unlike(tree: SafeTree, files: Iterable[RepoFile]) -> Iterator[RepoFile]:
    """Those in whose place no file of their size stands.

    They come in any order: many are sorted at a time, and a folder is opened once for all of these.
    """
    waiting = iter(files)
    while some := sorted(islice(waiting, _SORTED_AT_ONCE), key=_folder):
        for _, below in groupby(some, key=_folder):
            yield from _unlike_in_folder(tree, below)


def _unlike_in_folder(tree: SafeTree, files: Iterable[RepoFile]) -> Iterator[RepoFile]:
    placed = [(check_wanted_path(file.path), file) for file in files]
    folder = placed[0][0][:-1]
    with tree.found(folder) as directory:
        for parts, file in placed:
            found = None if directory is None else look_in(tree, directory, parts)
            if found is None or found.st_size != file.size:
                yield file


def _folder(file: RepoFile) -> str:
    return file.path.rpartition("/")[0]


def room_of(missing: int) -> int:
    """Bytes that a disk gives away for a file of which so many are missing, with its record."""
    return -(-missing // _BLOCK_BYTES) * _BLOCK_BYTES + _RECORD_BYTES
