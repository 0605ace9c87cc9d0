"""A million paths in little memory: sorted, packed by thousands into one text each."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

CHUNK: Final = 8192  # paths; half a megabyte: no single step over a chunk is felt on the screen


class Chunk(NamedTuple):
    """`starts` has one more entry than there are paths: where a further one would begin."""

    text: str  # paths, with a newline between two; no listed path holds one
    starts: "array[int]"


class PathTable:
    """Paths by their number, in ascending order; never changes."""

    __slots__ = ("_chunks", "_length")

    def __init__(self, chunks: Sequence[Chunk], length: int) -> None:
        """All chunks but the last hold CHUNK paths."""
        self._chunks = tuple(chunks)
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < self._length:
            raise IndexError(number)
        chunk, place = divmod(number, CHUNK)
        text, starts = self._chunks[chunk]
        return text[starts[place] : starts[place + 1] - 1]

    def __iter__(self) -> Iterator[str]:
        for text in self.texts():
            yield from text.split("\n")

    def find(self, path: str) -> int | None:
        """The number of a path; None when it is not listed."""
        number = bisect_left(self, path)
        return number if number < self._length and self[number] == path else None

    def texts(self) -> Iterator[str]:
        """CHUNK paths after another, with newlines between them."""
        return (chunk.text for chunk in self._chunks)


class PathPacker:
    """Takes paths in ascending order and makes tables of those that came so far."""

    def __init__(self) -> None:
        self._sealed: list[Chunk] = []
        self._rest: list[str] = []

    def __len__(self) -> int:
        return len(self._sealed) * CHUNK + len(self._rest)

    def append(self, path: str) -> None:
        self._rest.append(path)
        if len(self._rest) == CHUNK:
            self._sealed.append(_packed(self._rest))
            self._rest = []

    def table(self) -> PathTable:
        rest = [_packed(self._rest)] if self._rest else []
        return PathTable([*self._sealed, *rest], len(self))


def _packed(paths: Sequence[str]) -> Chunk:
    starts = array("I", [0])
    for path in paths:
        starts.append(starts[-1] + len(path) + 1)
    return Chunk("\n".join(paths), starts)
