"""Intervals behave as the set of the positions that they stand for."""

import sys
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hfdl_core.models import ByteRange
from hfdl_core.storage.byte_intervals import ByteIntervals

SIZE = 40
RANGES = st.tuples(st.integers(0, SIZE - 1), st.integers(1, SIZE)).map(
    lambda pair: (pair[0], min(SIZE, pair[0] + pair[1]))
)


def _positions(ranges: list[ByteRange]) -> list[int]:
    return [position for covers in ranges for position in range(*covers)]


@given(steps=st.lists(st.tuples(st.booleans(), RANGES), max_size=20), asked=RANGES)
def test_any_history_leaves_the_positions_that_a_set_would_have(
    steps: list[tuple[bool, tuple[int, int]]], asked: tuple[int, int]
) -> None:
    intervals, model = ByteIntervals(), set[int]()

    for adds, (begin, end) in steps:
        if adds:
            intervals.add(begin, end)
            model |= set(range(begin, end))
        else:
            intervals.remove(begin, end)
            model -= set(range(begin, end))

    assert _positions(list(intervals)) == sorted(model)
    assert all(left.end < right.begin for left, right in pairwise(intervals))
    assert intervals.total == len(model)
    assert _positions(intervals.gaps(*asked)) == sorted(set(range(*asked)) - model)
    assert list(intervals.copy()) == list(intervals)


@given(ranges=st.lists(RANGES, max_size=8), position=st.integers(0, SIZE))
def test_neighbours_of_a_position_are_those_of_the_set(
    ranges: list[tuple[int, int]], position: int
) -> None:
    intervals = ByteIntervals()
    for begin, end in ranges:
        intervals.add(begin, end)
    model = {place for begin, end in ranges for place in range(begin, end)}

    missing_next = min(set(range(position, SIZE + 1)) - model)
    there_next = min((place for place in model if place >= position), default=None)

    assert intervals.end_from(position) == missing_next
    assert intervals.next_from(position) == there_next


def test_terabyte_of_which_every_second_mebibyte_is_there_takes_little_memory() -> None:
    intervals = ByteIntervals()

    for begin in range(0, 1 << 40, 2 << 20):
        intervals.add(begin, begin + (1 << 20))

    assert intervals.total == 1 << 39
    assert sys.getsizeof(intervals._begins) + sys.getsizeof(intervals._ends) < 12 << 20
