"""One file as a strip of cells: what is on a disk, who fetches where, what waits."""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Final, NamedTuple

from hfdl_core.queue import FileInProgress, LeaseInHand


class Fetching(NamedTuple):
    """A cell in which a worker is fetching."""

    lease: LeaseInHand


class Kind(NamedTuple):
    """A cell in which nobody fetches."""

    name: str


VERIFIED: Final = Kind("verified")
ON_DISK: Final = Kind("on disk")
WAITING: Final = Kind("waiting")

Cell = Kind | Fetching


def strip_of(file: FileInProgress, width: int) -> list[Cell]:
    """So many cells, each a part of the file's bytes.

    On a disk is only a cell of which every byte is there. A lease is seen in the cell of its
    position; where several fall into one, the others are seen in the next cells of their ranges.
    """
    here: Cell = VERIFIED if file.is_verified else ON_DISK
    cells: list[Cell] = [here] * width
    if width <= 0 or file.size <= 0 or file.is_verified:
        return cells
    cell_of = _cells(file.size, width)
    for span in file.open:
        if span.end > span.begin:
            first, last = cell_of(span.begin)[0], cell_of(span.end - 1)[1]
            cells[first : last + 1] = [WAITING] * (last + 1 - first)
    for place, lease in _places(file, cell_of):
        cells[place] = Fetching(lease)
    return cells


def _cells(size: int, width: int) -> Callable[[int], tuple[int, int]]:
    """The first and the last cell that a byte is in: a file of few bytes has several for each."""

    def cells_of(byte: int) -> tuple[int, int]:
        byte = max(0, min(size - 1, byte))
        last = ((byte + 1) * width - 1) // size
        return (min(last, -(-byte * width // size)) if size < width else last), last

    return cells_of


def _places(
    file: FileInProgress, cell_of: Callable[[int], tuple[int, int]]
) -> Iterator[tuple[int, LeaseInHand]]:
    """A cell for each lease, as far as there are enough.

    In turn from the left, each cell for whose range ends first: no other way places more of them.
    """
    coming = sorted(_windows(file, cell_of))
    able: list[tuple[int, int, int]] = []  # last cell, how far along, which lease
    cell = at = 0
    while able or at < len(coming):
        if not able:
            cell = max(cell, coming[at][0])
        while at < len(coming) and coming[at][0] <= cell:
            heappush(able, coming[at][1:])
            at += 1
        last, _, number = heappop(able)
        if last >= cell:
            yield cell, file.leases[number]
            cell += 1


def _windows(
    file: FileInProgress, cell_of: Callable[[int], tuple[int, int]]
) -> Iterator[tuple[int, int, int, int]]:
    """The first and the last cell of what each lease has yet to fetch, and how far along it is."""
    for number, lease in enumerate(file.leases):
        if lease.end > lease.begin:
            at = min(max(lease.position, lease.begin), lease.end - 1)
            yield cell_of(at)[0], cell_of(lease.end - 1)[1], -at, number
