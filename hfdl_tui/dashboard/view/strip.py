"""One file as a strip of cells: what is on a disk, who fetches where, what waits."""

from collections.abc import Callable, Iterator
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
    waiting: list[tuple[int, int, int, LeaseInHand]] = []
    for lease in file.leases:
        if lease.end > lease.begin:
            at = min(max(lease.position, lease.begin), lease.end - 1)
            waiting.append((cell_of(at)[0], cell_of(lease.end - 1)[1], -at, lease))
    waiting.sort(key=lambda each: each[:3])
    cell = 0
    while waiting:
        cell = max(cell, min(first for first, *_ in waiting))
        able = [each for each in waiting if each[0] <= cell]
        taken = min(able, key=lambda each: (each[1], each[2]))
        yield cell, taken[3]
        cell += 1
        waiting.remove(taken)
        waiting = [each for each in waiting if each[1] >= cell]
