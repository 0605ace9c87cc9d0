"""Counts which of the marked files lie in a destination already, and whether the others fit."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Final

from hfdl_core.storage import OutputDirectory, room_of
from hfdl_core.storage.disk_faults import disk_faults
from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.folder_table import ROOT
from hfdl_tui.dashboard.view.files.selection import MarkedFiles

_LOOKS_BETWEEN_QUESTIONS: Final = 1000


@dataclass(frozen=True, slots=True)
class DiskLook:
    """Files of the right size count as being there: a job reads them to be sure."""

    files_there: int
    bytes_there: int
    files_to_fetch: int
    bytes_to_fetch: int
    room_needed: int  # bytes of the disk, with what it rounds up and the records of each file
    free_bytes: int

    @property
    def fits(self) -> bool:
        return self.room_needed <= self.free_bytes


def look_at_disk(
    marked: MarkedFiles, destination: Path, is_outdated: Callable[[], bool] = lambda: False
) -> DiskLook | None:
    """None when the answer is not wanted any more; StorageError where nothing can be seen.

    Looks at what is on the disk, not for each file of the job: a new destination costs nothing.
    """
    free = OutputDirectory(destination).free_bytes()
    there = bytearray(len(marked.index))
    sizes = marked.index.sizes
    files_there = bytes_there = 0
    for looks, number in enumerate(_found(marked, destination)):
        there[number] = 1
        files_there += 1
        bytes_there += sizes[number]
        if looks % _LOOKS_BETWEEN_QUESTIONS == 0 and is_outdated():
            return None
    missing = (flag and not found for flag, found in zip(marked.flags, there, strict=True))
    return DiskLook(
        files_there=files_there,
        bytes_there=bytes_there,
        files_to_fetch=marked.count - files_there,
        bytes_to_fetch=marked.size - bytes_there,
        room_needed=sum(room_of(size) for size in compress(sizes, missing)),
        free_bytes=free,
    )


def _found(marked: MarkedFiles, destination: Path) -> Iterator[int]:
    """The numbers of marked files that are there with their size; links are not followed."""
    waiting = [ROOT]
    while waiting:
        folder = waiting.pop()
        prefix = marked.index.folder_path(folder)
        for entry in _entries(destination / prefix):
            below, file = _meant(marked.index, entry, prefix)
            if below is not None and _holds_marked(marked, below):
                waiting.append(below)
            if file is not None and marked.flags[file] and _size(entry) == marked.index.sizes[file]:
                yield file


def _entries(directory: Path) -> Iterator["os.DirEntry[str]"]:
    with disk_faults(directory):
        try:
            entries = os.scandir(directory)
        except (FileNotFoundError, NotADirectoryError):
            return
        with entries:
            yield from entries


def _meant(
    index: FileIndex, entry: "os.DirEntry[str]", prefix: str
) -> tuple[int | None, int | None]:
    """Which folder of the repo it is, or which file, if any."""
    if entry.is_dir(follow_symlinks=False):
        return index.find_folder(f"{prefix}{entry.name}/"), None
    if entry.is_file(follow_symlinks=False):
        return None, index.paths.find(f"{prefix}{entry.name}")
    return None, None


def _holds_marked(marked: MarkedFiles, folder: int) -> bool:
    folders = marked.index.folders
    return marked.flags.find(1, folders.first[folder], folders.end[folder]) >= 0


def _size(entry: "os.DirEntry[str]") -> int | None:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        return None  # moved away since
