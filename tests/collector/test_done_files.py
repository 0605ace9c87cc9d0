"""Which files are done: one bit each, as the queue keeps them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hfdl_core.collector.done_files import DoneFiles
from hfdl_core.collector.reconciling import complement
from hfdl_core.models import ByteRange


def test_the_queues_bitmap_is_read_from_its_highest_bit() -> None:
    done = DoneFiles(bytes([0b1010_0000, 0b0000_0001]), 16)

    assert [index for index in range(16) if index in done] == [0, 2, 15]


def test_a_bitmap_may_be_shorter_or_longer_than_the_job() -> None:
    short, long = DoneFiles(b"", 12), DoneFiles(b"\xff" * 9, 12)

    short.add(11)

    assert 11 in short
    assert 10 not in short
    assert 11 in long
    assert 999 not in long


@given(st.sets(st.integers(0, 99)), st.sets(st.integers(0, 99)))
def test_what_is_added_is_in_and_what_is_discarded_is_not(add: set[int], drop: set[int]) -> None:
    done = DoneFiles(b"", 100)

    for index in add:
        done.add(index)
    for index in drop:
        done.discard(index)

    assert {index for index in range(100) if index in done} == add - drop


@given(st.sets(st.integers(0, 30)), st.integers(31, 40))
def test_a_complement_covers_exactly_what_the_ranges_do_not(taken: set[int], size: int) -> None:
    spans = [ByteRange(number, number + 1) for number in sorted(taken)]

    uncovered = complement(spans, size)

    covered = {number for span in uncovered for number in range(span.begin, span.end)}
    assert covered == set(range(size)) - taken
    assert all(one.end < other.begin for one, other in pairwise(uncovered))
