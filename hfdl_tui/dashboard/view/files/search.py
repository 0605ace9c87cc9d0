"""Searches all files of a repo for those that a filter lets pass."""

import heapq
import time
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, compress, islice
from typing import Final

from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.tree_rows import SortBy, TreeOrder, TreeRow
from hfdl_tui.dashboard.view.files.typed_filter import TypedFilter

MOST_SHOWN: Final = 2000
_AT_ONCE: Final = 16  # chunks
_SPAN: Final = 1 << 16  # flags


@dataclass(frozen=True, slots=True)
class Matches:
    """What a filter found; as many of them as a person looks at are rows of a table."""

    index: FileIndex
    filter: TypedFilter
    flags: bytes  # 1 for each file that passes, else 0
    count: int
    size: int  # bytes of them all
    shown: "array[int]"  # numbers of the first MOST_SHOWN, in the order wanted
    places: Mapping[str, int]  # of their paths in `shown`; the screen has no time to search
    seconds: float

    def __len__(self) -> int:
        return len(self.shown)

    def key_at(self, index: int) -> str:
        return self.index.paths[self.shown[index]]

    def index_of(self, key: str) -> int | None:
        return self.places.get(key)

    def tree_row_at(self, index: int) -> TreeRow:
        """The whole path stands for the name: the matches have no tree."""
        number = self.shown[index]
        path, size = self.index.paths[number], self.index.sizes[number]
        return TreeRow(path, path, 0, number, is_folder=False, is_open=False, size=size, files=1)


class Latest:
    """Tells each of several askers, one after the other, whether another one came since."""

    def __init__(self) -> None:
        self._newest = 0

    def begin(self) -> Callable[[], bool]:
        """Makes all earlier ones outdated; returns what tells whether this one is."""
        self._newest += 1
        own = self._newest
        return lambda: own != self._newest


def find_matches(
    index: FileIndex,
    wanted: TypedFilter,
    order: TreeOrder | None = None,
    is_outdated: Callable[[], bool] = lambda: False,
) -> Matches | None:
    """For a thread of its own; None when the answer is not wanted any more."""
    began = time.perf_counter()
    flags = bytearray()
    size = 0
    for number, chunk in enumerate(index.paths.chunks()):
        if number % _AT_ONCE == 0:
            if is_outdated():
                return None
            time.sleep(0)  # the screen's thread goes first
        found = wanted.flags(chunk)
        size += _bytes_of(index, len(flags), found)
        flags += found
    shown = _first(index, flags, order or TreeOrder())
    places = {index.paths[number]: place for place, number in enumerate(shown)}
    seconds = time.perf_counter() - began
    return Matches(index, wanted, bytes(flags), flags.count(1), size, shown, places, seconds)


def _bytes_of(index: FileIndex, first: int, flags: bytes) -> int:
    """Often all files in a row pass, or none."""
    end = first + len(flags)
    if 0 not in flags:
        return index.bytes_between(first, end)
    return sum(compress(index.sizes[first:end], flags)) if 1 in flags else 0


def _first(index: FileIndex, flags: bytearray, order: TreeOrder) -> "array[int]":
    """By name unless by size is wanted: matches are files, which hold none."""
    if order.by is SortBy.SIZE:
        ranked = heapq.nlargest if order.reverse else heapq.nsmallest
        return array("I", ranked(MOST_SHOWN, _numbers(flags), key=index.sizes.__getitem__))
    return array("I", islice(_numbers(flags, -1 if order.reverse else 1), MOST_SHOWN))


def _numbers(flags: bytearray, step: int = 1) -> Iterator[int]:
    """Of the files that pass; no other thread runs while one call goes over a million flags."""
    spans = [range(at, min(at + _SPAN, len(flags))) for at in range(0, len(flags), _SPAN)]
    return chain.from_iterable(
        compress(span[::step], flags[span.start : span.stop][::step])
        for span in spans[::step]
        if flags.find(1, span.start, span.stop) >= 0
    )
