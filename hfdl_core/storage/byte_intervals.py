"""Which bytes of a file are there: sorted intervals, merged where they touch."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from hfdl_core.models import ByteRange


class ByteIntervals:
    """A set of byte positions; 16 bytes of memory for each stretch without a gap."""

    def __init__(self) -> None:
        self._begins = array("q")
        self._ends = array("q")
        self.total = 0

    def copy(self) -> "ByteIntervals":
        other = ByteIntervals()
        other._begins, other._ends = self._begins[:], self._ends[:]
        other.total = self.total
        return other

    def __iter__(self) -> Iterator[ByteRange]:
        return map(ByteRange, self._begins, self._ends)

    def add(self, begin: int, end: int) -> None:
        first = bisect_left(self._ends, begin)
        last = bisect_right(self._begins, end)
        if first < last:
            begin = min(begin, self._begins[first])
            end = max(end, self._ends[last - 1])
        self._replace(first, last, [begin], [end])

    def remove(self, begin: int, end: int) -> None:
        first = bisect_right(self._ends, begin)
        last = bisect_left(self._begins, end)
        if first >= last:
            return
        pieces = ((self._begins[first], begin), (end, self._ends[last - 1]))
        kept = [piece for piece in pieces if piece[0] < piece[1]]
        self._replace(first, last, [piece[0] for piece in kept], [piece[1] for piece in kept])

    def gaps(self, begin: int, end: int) -> list[ByteRange]:
        """What of [begin, end) is not there."""
        found: list[ByteRange] = []
        position = begin
        for at in range(bisect_right(self._ends, begin), len(self._begins)):
            next_begin = self._begins[at]
            if next_begin >= end:
                break
            if next_begin > position:
                found.append(ByteRange(position, next_begin))
            position = self._ends[at]
        if position < end:
            found.append(ByteRange(position, end))
        return found

    def end_from(self, begin: int) -> int:
        """The end of what is there from `begin` on; `begin` when that byte is not there."""
        at = bisect_right(self._ends, begin)
        if at < len(self._begins) and self._begins[at] <= begin:
            return self._ends[at]
        return begin

    def next_from(self, begin: int) -> int | None:
        """The first byte at or after `begin` that is there."""
        at = bisect_right(self._ends, begin)
        return max(begin, self._begins[at]) if at < len(self._begins) else None

    def _replace(self, first: int, last: int, begins: list[int], ends: list[int]) -> None:
        self.total -= sum(self._ends[first:last]) - sum(self._begins[first:last])
        self.total += sum(ends) - sum(begins)
        self._begins[first:last] = array("q", begins)
        self._ends[first:last] = array("q", ends)
