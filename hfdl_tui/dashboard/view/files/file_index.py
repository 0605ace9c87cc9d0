"""The files of a repo at one moment of its listing: paths, sizes and folders, all by number."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from hfdl_core.models import RepoFile
from hfdl_tui.dashboard.view.files.folder_table import ROOT, FolderTable
from hfdl_tui.dashboard.view.files.path_table import PathTable

# To name so many takes too long for one key press; they stay in the order of their paths.
_MOST_SORTED: Final = 20_000


class FileIndex:
    """Files and folders have a number each; never changes, so threads may share it.

    The files of a folder, at any depth, are those from `first` to `end` of `folders`.
    """

    __slots__ = ("_sums", "folders", "paths", "sizes")

    def __init__(
        self, paths: PathTable, sizes: "array[int]", sums: "array[int]", folders: FolderTable
    ) -> None:
        """`sums` are the bytes before each file, and of all at the end.

        Both may grow later by files that are not of this index, so that only their first entries
        count: to copy a million takes 10 ms, in which no other thread runs.
        """
        self.paths = paths
        self.sizes = sizes
        self.folders = folders
        self._sums = sums

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return self._sums[len(self)]

    def file(self, number: int) -> RepoFile:
        """Without its digest, which nothing here needs."""
        return RepoFile(self.paths[number], self.sizes[number], "")

    # --- folders -----------------------------------------------------------------------------

    def folder_path(self, folder: int) -> str:
        """With a slash at its end; empty for the root."""
        length = self.folders.lengths[folder]
        return self.paths[self.folders.first[folder]][:length] if length else ""

    def find_folder(self, path: str) -> int | None:
        """The number of a folder, given with a slash at its end; None when there is none."""
        numbers = range(len(self.folders))
        number = bisect_left(numbers, path, key=self.folder_path)
        return number if number in numbers and self.folder_path(number) == path else None

    def folder_of(self, number: int) -> int:
        """The folder that a file lies in directly."""
        path = self.paths[number]
        folder = self.find_folder(path[: path.rfind("/") + 1])
        return ROOT if folder is None else folder

    def folder_size(self, folder: int) -> int:
        """Bytes of everything below it."""
        return self.bytes_between(self.folders.first[folder], self.folders.end[folder])

    def folder_count(self, folder: int) -> int:
        """Files below it, at any depth."""
        return self.folders.end[folder] - self.folders.first[folder]

    def bytes_between(self, first: int, end: int) -> int:
        return self._sums[end] - self._sums[first]

    def subfolders(self, folder: int) -> "array[int]":
        """Those directly in it, by name."""
        direct = self.folders.direct(folder)
        if len(direct) > _MOST_SORTED:
            return direct
        # By name `en` comes before `en.variant`; by path `en.variant/` before `en/`.
        return array("I", sorted(direct, key=lambda each: self.folder_path(each)[:-1]))

    def direct_files(self, folder: int) -> Sequence[int]:
        """Those directly in it, in ascending order, which is by name."""
        runs = []
        at = self.folders.first[folder]
        for below in self.folders.direct(folder):
            runs.append(range(at, self.folders.first[below]))
            at = self.folders.end[below]
        runs.append(range(at, self.folders.end[folder]))
        filled = [run for run in runs if run]
        if len(filled) <= 1:
            return filled[0] if filled else range(0)
        numbers = array("I")
        for run in filled:
            numbers.extend(run)
        return numbers
