"""Makes file indexes while a listing arrives, in whatever order it comes."""

import heapq
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from hfdl_core.models import RepoFile
from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.folder_table import FolderBuilder
from hfdl_tui.dashboard.view.files.path_table import PathPacker

# One call of `sorted` lets no other thread run: a million at once would stop the screen.
_SORTED_AT_ONCE: Final = 20_000

_Listed = tuple[str, int]  # a path and its size


class IndexBuilder:
    """For one thread; what it makes may be read from any.

    A listing in ascending order, as the Hub gives it, is packed while it arrives. A path out of
    order sends the rest through a list of all paths that is sorted when an index is made.
    """

    def __init__(self) -> None:
        self._ordered = _OrderedFiles()
        self._loose: list[_Listed] | None = None

    def __len__(self) -> int:
        return len(self._ordered) + len(self._loose or ())

    @property
    def is_ordered(self) -> bool:
        """Whether an index costs little now: if not, make one only at the end."""
        return self._loose is None

    def add(self, files: Iterable[RepoFile]) -> None:
        """A path that comes again is the same file again."""
        for path, size, _ in files:
            if self._loose is not None:
                self._loose.append((path, size))
            elif not self._ordered.add(path, size):
                self._loose = [(path, size)]

    def index(self) -> FileIndex:
        """Of all that was added so far; more may be added afterwards."""
        if self._loose is not None:
            self._ordered = _sorted_files([*self._ordered.files(), *self._loose])
            self._loose = []
        return self._ordered.index()


class _OrderedFiles:
    """Files in ascending order of their paths."""

    def __init__(self) -> None:
        self._paths = PathPacker()
        self._folders = FolderBuilder()
        self._sizes = array("Q")
        self._sums = array("Q", [0])
        self._last = ""

    def __len__(self) -> int:
        return len(self._sizes)

    def add(self, path: str, size: int) -> bool:
        """False, and nothing added, for a path that belongs before another one."""
        if path <= self._last:
            return path == self._last
        self._folders.add(path, len(self._sizes))
        self._paths.append(path)
        self._sizes.append(size)
        self._sums.append(self._sums[-1] + size)
        self._last = path
        return True

    def files(self) -> Iterator[_Listed]:
        return zip(self._paths.table(), self._sizes, strict=True)

    def index(self) -> FileIndex:
        folders = self._folders.table(len(self._sizes))
        return FileIndex(self._paths.table(), self._sizes, self._sums, folders)


def _sorted_files(files: Sequence[_Listed]) -> _OrderedFiles:
    ordered = _OrderedFiles()
    begins = range(0, len(files), _SORTED_AT_ONCE)
    parts = (sorted(files[begin : begin + _SORTED_AT_ONCE]) for begin in begins)
    for path, size in heapq.merge(*parts):
        ordered.add(path, size)
    return ordered
