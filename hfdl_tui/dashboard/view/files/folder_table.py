"""The folders of sorted paths: which files and which other folders each one holds."""

from array import array
from dataclasses import dataclass

ROOT = 0


@dataclass(frozen=True, slots=True)
class FolderTable:
    """Folders by their number, in the order of their paths: what is below one comes next to it.

    The files of a folder lie side by side, too. One number costs four bytes, so that a million
    folders are no more trouble than a million files.
    """

    lengths: "array[int]"  # of a folder's path with its last slash, which its first file shares
    first: "array[int]"  # file
    end: "array[int]"  # of its files: the first that is not in it any more
    parents: "array[int]"  # the root is its own
    after: "array[int]"  # the first folder that is not below it any more

    def __len__(self) -> int:
        return len(self.first)

    def direct(self, folder: int) -> "array[int]":
        """The folders that lie directly in this one, in the order of their paths."""
        found = array("I")
        below, end = folder + 1, self.after[folder]
        while below < end:
            found.append(below)
            below = self.after[below]
        return found


class FolderBuilder:
    """Takes paths in ascending order and makes tables of the folders met so far."""

    def __init__(self) -> None:
        self._lengths = array("I", [0])
        self._first = array("I", [0])
        self._end = array("I", [0])
        self._parents = array("I", [ROOT])
        self._after = array("I", [0])
        self._open = [ROOT]
        self._prefixes = [""]  # of those that are open

    def add(self, path: str, number: int) -> None:
        """`number` is the file's, one more than that of the path before."""
        here = self._prefixes[-1]
        if path.rfind("/") + 1 == len(here) and path.startswith(here):
            return
        while not path.startswith(self._prefixes[-1]):
            self._close(number)
        slash = path.find("/", len(self._prefixes[-1]))
        while slash >= 0:
            self._enter(path[: slash + 1], number)
            slash = path.find("/", slash + 1)

    def table(self, count: int) -> FolderTable:
        """After `count` files; the builder may go on."""
        end, after = self._end[:], self._after[:]
        for folder in self._open:
            end[folder], after[folder] = count, len(self._first)
        return FolderTable(self._lengths[:], self._first[:], end, self._parents[:], after)

    def _enter(self, prefix: str, number: int) -> None:
        self._lengths.append(len(prefix))
        self._first.append(number)
        self._end.append(0)
        self._parents.append(self._open[-1])
        self._after.append(0)
        self._open.append(len(self._first) - 1)
        self._prefixes.append(prefix)

    def _close(self, number: int) -> None:
        folder = self._open.pop()
        self._prefixes.pop()
        self._end[folder], self._after[folder] = number, len(self._first)
