"""Which files of a repo are marked: single ones, whole folders, all that a filter lets pass."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import compress
from typing import Final

from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.folder_table import ROOT
from hfdl_tui.dashboard.view.files.search import Matches

_ON: Final = b"\1"
_MOST_WAYS: Final = 8
_FEW: Final = 50  # one file in so many
_SUMMED_AT_ONCE: Final = 1 << 16  # while one call runs, no other thread does


class Marked(StrEnum):
    """How much of a folder, or of a file, is marked."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class GlobMark:
    """A glob whose matches were marked as a whole: perhaps a job can be told just that."""

    globs: tuple[str, ...]
    flags: bytes  # of the files that it means
    is_inverted: bool = False  # it means the files that the globs do not match


@dataclass(frozen=True, slots=True)
class MarkedFiles:
    """The marks of one moment, for another thread; `flags` has 1 for each marked file, else 0."""

    index: FileIndex
    flags: bytes
    count: int
    size: int
    globs: tuple[GlobMark, ...]


class Selection:
    """For one thread; one byte a file, and the totals are always exact."""

    def __init__(self, index: FileIndex, flags: bytes | None = None) -> None:
        self.index = index
        self.version = 0  # grows with each change
        self._flags = bytearray(flags if flags is not None else len(index))
        self._globs: list[GlobMark] = []
        self._count = self._flags.count(1)
        self._size = self._marked_bytes(self._flags, 0, len(self._flags))

    @property
    def count(self) -> int:
        return self._count

    @property
    def size(self) -> int:
        """Bytes of the marked files."""
        return self._size

    def taken(self) -> MarkedFiles:
        return MarkedFiles(
            self.index, bytes(self._flags), self._count, self._size, tuple(self._globs)
        )

    # --- what is marked ----------------------------------------------------------------------

    def of_file(self, number: int) -> Marked:
        return Marked.ALL if self._flags[number] else Marked.NONE

    def of_folder(self, folder: int) -> Marked:
        first, end = self.index.folders.first[folder], self.index.folders.end[folder]
        # Looking for the first exception is quicker than counting.
        if self._flags.find(1, first, end) < 0:
            return Marked.NONE
        return Marked.SOME if self._flags.find(0, first, end) >= 0 else Marked.ALL

    # --- marking -----------------------------------------------------------------------------

    def toggle_file(self, number: int) -> None:
        self._set(number, number + 1, is_on=not self._flags[number])

    def toggle_folder(self, folder: int) -> None:
        """Mark what is not marked yet; with everything marked, unmark everything."""
        self.mark_folder(folder, is_on=self.of_folder(folder) is not Marked.ALL)

    def mark_folder(self, folder: int, *, is_on: bool) -> None:
        self._set(self.index.folders.first[folder], self.index.folders.end[folder], is_on=is_on)

    def toggle_matches(self, matches: Matches) -> None:
        """Mark all of them, not only those shown; with all of them marked, unmark them."""
        length = len(self._flags)
        own, other = _number(self._flags), _number(matches.flags)
        both = own & other
        if both == other:
            own ^= other
            self._count -= matches.count
            self._size -= matches.size
        else:
            own |= other
            already = both.to_bytes(length, "little")
            self._count += matches.count - already.count(1)
            self._size += matches.size - self._marked_bytes(already, 0, length)
            self._globs = [*self._globs, *glob_marks(matches)][-_MOST_WAYS:]
        self._flags = bytearray(own.to_bytes(length, "little"))
        self.version += 1

    def mark_all(self) -> None:
        self.mark_folder(ROOT, is_on=True)

    def clear(self) -> None:
        self._globs = []
        self.mark_folder(ROOT, is_on=False)

    def _set(self, first: int, end: int, *, is_on: bool) -> None:
        marked = self._flags.count(1, first, end)
        is_all = marked == self._count
        of_them = self._size if is_all else self._marked_bytes(self._flags, first, end)
        length = end - first
        self._flags[first:end] = _ON * length if is_on else bytes(length)
        self._count += length - marked if is_on else -marked
        self._size += self.index.bytes_between(first, end) - of_them if is_on else -of_them
        self.version += 1

    def _marked_bytes(self, flags: bytes | bytearray, first: int, end: int) -> int:
        """A walk over a million sizes takes 25 ms: few marks, or few gaps, are looked up."""
        if end - first > _SUMMED_AT_ONCE:
            begins = range(first, end, _SUMMED_AT_ONCE)
            ends = (*begins[1:], end)
            return sum(self._marked_bytes(flags, *part) for part in zip(begins, ends, strict=True))
        marked = flags.count(1, first, end)
        few = (end - first) // _FEW
        if marked <= few:
            return self._bytes_of(1, flags, first, end)
        if end - first - marked <= few:
            return self.index.bytes_between(first, end) - self._bytes_of(0, flags, first, end)
        return sum(compress(self.index.sizes[first:end], flags[first:end]))

    def _bytes_of(self, flag: int, flags: bytes | bytearray, first: int, end: int) -> int:
        size, sizes, find = 0, self.index.sizes, flags.find
        at = find(flag, first, end)
        while at >= 0:
            size += sizes[at]
            at = find(flag, at + 1, end)
        return size


def glob_marks(matches: Matches) -> tuple[GlobMark, ...]:
    """How a job can be told what the filter means; nothing where no glob says it."""
    wanted = matches.filter
    if not wanted.globs:
        return ()
    return (GlobMark(wanted.globs, matches.flags, is_inverted=wanted.is_inverted),)


def _number(flags: bytes | bytearray) -> int:
    """One number can be joined with another in one step, all files at once."""
    return int.from_bytes(flags, "little")
