"""Sets of bytes as sorted, disjoint, half-open intervals."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from typing_extensions import override


class IntervalSet:
    """Grows by `add`, shrinks by `remove`; touching intervals are merged."""

    def __init__(self, intervals: Iterable[tuple[int, int]] = ()) -> None:
        self._intervals: list[tuple[int, int]] = []
        for begin, end in intervals:
            self.add(begin, end)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._intervals)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, IntervalSet) and self._intervals == other._intervals

    @override
    def __hash__(self) -> int:
        return hash(tuple(self._intervals))

    @override
    def __repr__(self) -> str:
        return f"IntervalSet({self._intervals})"

    @property
    def length(self) -> int:
        return sum(end - begin for begin, end in self._intervals)

    def copy(self) -> "IntervalSet":
        twin = IntervalSet()
        twin._intervals = list(self._intervals)
        return twin

    def add(self, begin: int, end: int) -> None:
        if begin >= end:
            return
        kept = [span for span in self._intervals if span[1] < begin or span[0] > end]
        touching = [span for span in self._intervals if span[1] >= begin and span[0] <= end]
        merged = (
            min([begin, *(span[0] for span in touching)]),
            max([end, *(span[1] for span in touching)]),
        )
        kept.insert(bisect_left(kept, merged), merged)
        self._intervals = kept

    def remove(self, begin: int, end: int) -> None:
        if begin >= end:
            return
        left: list[tuple[int, int]] = []
        for first, last in self._intervals:
            pieces = ((first, min(last, begin)), (max(first, end), last))
            left.extend(piece for piece in pieces if piece[0] < piece[1])
        self._intervals = left

    def covers(self, begin: int, end: int) -> bool:
        return begin >= end or any(
            first <= begin and end <= last for first, last in self._intervals
        )

    def missing_from(self, wanted: "IntervalSet") -> "IntervalSet":
        """What of `wanted` is not in this set."""
        rest = wanted.copy()
        for begin, end in self._intervals:
            rest.remove(begin, end)
        return rest
