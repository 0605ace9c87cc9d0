"""Items done side by side: the finished prefix is told, and the first error in order is raised."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hfdl_core.worker.side_by_side import side_by_side


def test_every_item_is_done_and_the_prefix_grows_to_all_of_them() -> None:
    done: set[int] = set()
    told: list[int] = []

    with ThreadPoolExecutor(4) as pool:
        side_by_side(pool, 20, 4, done.add, told.append)

    assert done == set(range(20))
    assert told == sorted(told)
    assert told[-1] == 20


def test_no_more_than_asked_are_on_their_way_at_once() -> None:
    lock, now, most = threading.Lock(), 0, 0
    together = threading.Barrier(3, timeout=10)

    def work(number: int) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait()
        with lock:
            now -= 1

    with ThreadPoolExecutor(8) as pool:
        side_by_side(pool, 9, 3, work, lambda _: None)

    assert most == 3


def test_what_is_done_beyond_a_gap_does_not_count_before_the_gap_is_closed() -> None:
    second_is_done = threading.Event()
    told: list[int] = []

    def work(number: int) -> None:
        if number == 0:
            assert second_is_done.wait(10)
        else:
            second_is_done.set()

    with ThreadPoolExecutor(2) as pool:
        side_by_side(pool, 2, 2, work, told.append)

    assert told in ([0, 2], [2])


def test_after_an_error_nothing_more_is_begun_and_the_lowest_error_is_raised() -> None:
    begun: set[int] = set()
    both = threading.Barrier(2, timeout=10)
    told: list[int] = []

    def work(number: int) -> None:
        begun.add(number)
        if number in {2, 3}:
            both.wait()
            raise ValueError(f"item {number}")

    with ThreadPoolExecutor(2) as pool, pytest.raises(ValueError, match="item 2"):
        side_by_side(pool, 10, 2, work, told.append)

    assert begun == {0, 1, 2, 3}
    assert told[-1] == 2


def test_nothing_to_do_is_done_at_once() -> None:
    with ThreadPoolExecutor(1) as pool:
        side_by_side(pool, 0, 4, lambda _: pytest.fail("nothing"), lambda _: None)
