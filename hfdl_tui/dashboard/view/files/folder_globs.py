"""Finds the fewest folders and files that say which files are meant: some in, some out again."""

from array import array
from collections.abc import Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.folder_table import ROOT

_SUMMED_AT_ONCE: Final = 1 << 16  # while one call runs, the screen's thread waits


class Target(NamedTuple):
    """A folder with all that is below it, or a file."""

    number: int
    is_folder: bool


def covering(index: FileIndex, wanted: bytes, allowed: bytes, most: int) -> list[Target] | None:
    """Folders and files that hold all that is wanted and nothing that is not allowed.

    Both have 1 for a file that is, else 0. None when it takes more than `most`.
    """
    found: list[Target] = []
    folder = ROOT
    while folder < len(index.folders) and len(found) <= most:
        first, end = index.folders.first[folder], index.folders.end[folder]
        if wanted.find(1, first, end) < 0:
            folder = index.folders.after[folder]
        elif allowed.find(0, first, end) < 0:
            found.append(Target(folder, is_folder=True))
            folder = index.folders.after[folder]
        else:
            files = index.direct_files(folder)
            found += [Target(file, is_folder=False) for file in files if wanted[file]]
            folder += 1
    return found if len(found) <= most else None


class FolderCosts:
    """What it costs to say of each folder which of its files are meant; `flags` has 1 for these.

    Either by naming what is meant, or by naming the folder and what is not meant in it.
    """

    def __init__(self, index: FileIndex, flags: bytes) -> None:
        self._index = index
        self._flags = flags
        self._sums = _sums(flags)
        count = len(index.folders)
        self._naming = array("Q", bytes(8 * count))  # what is meant in it
        self._sparing = array("Q", bytes(8 * count))  # what is not meant in it
        self._work_out()

    @property
    def cost(self) -> int:
        """Folders and files to be named."""
        return min(self._naming[ROOT], self._sparing[ROOT])

    def targets(self) -> tuple[list[Target], list[Target]]:
        """Those to include, none of them meaning all, and those to exclude."""
        include: list[Target] = []
        exclude: list[Target] = []
        sparing_until = len(self._naming) if self._sparing[ROOT] < self._naming[ROOT] else 0
        folder = ROOT
        while folder < len(self._naming):
            is_sparing = folder < sparing_until
            named = exclude if is_sparing else include
            meant, count = self._meant(folder)
            after = self._index.folders.after[folder]
            if meant in {0, count}:
                if is_sparing == (meant == 0):
                    named.append(Target(folder, is_folder=True))
                folder = after
                continue
            if not is_sparing and self._is_better_spared(folder):
                include.append(Target(folder, is_folder=True))
                sparing_until, named = after, exclude
            named += self._files(folder, int(named is include))
            folder += 1
        return include, exclude

    def _work_out(self) -> None:
        """From the last folder to the first: those below one come after it."""
        parents = self._index.folders.parents
        for folder in range(len(parents) - 1, ROOT - 1, -1):
            meant, count = self._meant(folder)
            if meant == 0:
                self._naming[folder], self._sparing[folder] = 0, 1
            elif meant == count:
                self._naming[folder], self._sparing[folder] = 1, 0
            else:
                self._add_files(folder)
            if folder != ROOT:
                parent = parents[folder]
                spared = 1 + self._sparing[folder]
                self._naming[parent] += min(self._naming[folder], spared)
                self._sparing[parent] += self._sparing[folder]

    def _add_files(self, folder: int) -> None:
        for first, end in self._direct_runs(folder):
            meant = self._sums[end] - self._sums[first]
            self._naming[folder] += meant
            self._sparing[folder] += end - first - meant

    def _direct_runs(self, folder: int) -> Iterator[tuple[int, int]]:
        """Of the files that lie directly in it."""
        folders = self._index.folders
        at, below, end = folders.first[folder], folder + 1, folders.after[folder]
        while below < end:
            yield at, folders.first[below]
            at, below = folders.end[below], folders.after[below]
        yield at, folders.end[folder]

    def _files(self, folder: int, meant: int) -> Iterator[Target]:
        for first, end in self._direct_runs(folder):
            number = self._flags.find(meant, first, end)
            while number >= 0:
                yield Target(number, is_folder=False)
                number = self._flags.find(meant, number + 1, end)

    def _is_better_spared(self, folder: int) -> bool:
        return folder != ROOT and 1 + self._sparing[folder] < self._naming[folder]

    def _meant(self, folder: int) -> tuple[int, int]:
        first, end = self._index.folders.first[folder], self._index.folders.end[folder]
        return self._sums[end] - self._sums[first], end - first


def _sums(flags: bytes) -> "array[int]":
    """How many are meant before each file, and of all at the end."""
    sums = array("I", [0])
    for begin in range(0, len(flags), _SUMMED_AT_ONCE):
        sums.extend(accumulate(flags[begin : begin + _SUMMED_AT_ONCE], initial=sums.pop()))
    return sums
