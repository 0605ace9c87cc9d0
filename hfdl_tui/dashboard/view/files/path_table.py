"""A million paths in little memory: sorted, packed by hundreds into one text each."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

CHUNK: Final = 512  # paths; few, so that most chunks lie within one folder and share its name


class Chunk(NamedTuple):
    """`starts` has one more entry than there are paths: where a further one would begin."""

    text: str  # paths, with a newline between two; no listed path holds one
    starts: "array[int]"
    shared: str  # what all of them begin with

    @property
    def length(self) -> int:
        """How many paths."""
        return len(self.starts) - 1


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
        text, starts, _ = self._chunks[chunk]
        return text[starts[place] : starts[place + 1] - 1]

    def __iter__(self) -> Iterator[str]:
        for chunk in self._chunks:
            yield from chunk.text.split("\n")

    def find(self, path: str) -> int | None:
        """The number of a path; None when it is not listed."""
        number = bisect_left(self, path)
        return number if number < self._length and self[number] == path else None

    def chunks(self) -> Sequence[Chunk]:
        return self._chunks


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
    return Chunk("\n".join(paths), starts, _shared(paths[0], paths[-1]))


def _shared(first: str, last: str) -> str:
    """What these two begin with, and so all paths between them in order."""
    signs = enumerate(zip(first, last, strict=False))
    return first[: next((at for at, (one, other) in signs if one != other), len(first))]
