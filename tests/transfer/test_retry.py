"""What a failure costs, and how long to wait after it."""

import random

import pytest
from typing_extensions import override

from hfdl_core.errors import (
    AccessDenied,
    ConnectionLost,
    DigestMismatch,
    DiskFull,
    ErrorScope,
    FileMissing,
    FileRefused,
    FileUnreadable,
    HfdlError,
    LeaseLost,
    RangeRefused,
    ServerBusy,
    ServerFault,
    TransferCancelled,
    TransferStalled,
    WayFiltered,
    WorkerDenied,
    WorkerOffline,
)
from hfdl_core.retry import Breaker, RetryPolicy


class Extreme(random.Random):
    """Chance that always falls on the upper end, or always on the lower."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self._share = share

    @override
    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self._share


LONGEST = RetryPolicy(Extreme(1.0))
SHORTEST = RetryPolicy(Extreme(0.0))


@pytest.mark.parametrize(
    ("error", "scope"),
    [
        (WorkerDenied("x"), ErrorScope.WORKER),
        (WorkerOffline("x"), ErrorScope.WORKER),
        (TransferCancelled("x"), ErrorScope.WORKER),
        (DiskFull("x"), ErrorScope.WORKER),
        (LeaseLost("x"), ErrorScope.WORKER),
        (AccessDenied("x"), ErrorScope.JOB),
        (ServerBusy("hub", 429, 5.0), ErrorScope.BUSY),
        (ConnectionLost("x"), ErrorScope.FILE),
        (ServerFault("x"), ErrorScope.FILE),
        (TransferStalled("x"), ErrorScope.FILE),
        (RangeRefused("x"), ErrorScope.FILE),
        (DigestMismatch("x", "a", "b"), ErrorScope.FILE),
        (FileRefused("x"), ErrorScope.FILE),
        (WayFiltered("x"), ErrorScope.FILE),
        (FileMissing("x"), ErrorScope.FILE),
        (FileUnreadable("x"), ErrorScope.FILE),
    ],
)
def test_the_scope_of_an_error_says_who_pays(error: HfdlError, scope: ErrorScope) -> None:
    assert error.scope is scope


def test_what_cannot_be_mended_by_waiting_is_not_tried_again() -> None:
    assert LONGEST.delay_before_retry(FileMissing("x"), 1) is None
    assert LONGEST.delay_before_retry(FileUnreadable("x"), 1) is None


def test_delays_double_from_two_seconds_up_to_two_minutes() -> None:
    delays = [LONGEST.delay_before_retry(ConnectionLost("x"), n) for n in range(1, 10)]

    assert delays == [2, 4, 8, 16, 32, 64, 120, 120, 120]


def test_jitter_is_full() -> None:
    assert SHORTEST.delay_before_retry(ConnectionLost("x"), 5) == 0
    spread = RetryPolicy(random.Random(1))
    delays = {spread.delay_before_retry(ConnectionLost("x"), 5) for _ in range(100)}
    assert len(delays) == 100


@pytest.mark.parametrize("attempt", [-1, 0, 1_000_000])
def test_odd_attempt_numbers_do_no_harm(attempt: int) -> None:
    delay = LONGEST.delay_before_retry(ConnectionLost("x"), attempt)

    assert delay is not None
    assert 0 <= delay <= 120


def test_what_cannot_be_helped_is_not_tried_again() -> None:
    assert LONGEST.delay_before_retry(FileMissing("x"), 1) is None


def test_a_busy_server_s_wish_counts_for_more_than_our_backoff() -> None:
    assert SHORTEST.busy_delay(ServerBusy("hub", 429, 56.0), 1) == 56
    assert LONGEST.busy_delay(ServerBusy("hub", 429, 56.0), 1) == 56


@pytest.mark.parametrize("asked", [None, 0.0])
def test_a_busy_server_without_a_wish_gets_our_backoff(asked: float | None) -> None:
    assert LONGEST.busy_delay(ServerBusy("hub", 503, asked), 3) == 8


def test_nobody_makes_us_wait_for_a_day() -> None:
    assert LONGEST.busy_delay(ServerBusy("hub", 429, 86_400.0), 1) == 600


def test_five_failures_in_a_row_open_the_breaker_for_a_minute() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])

    for _ in range(4):
        breaker.failed(WorkerOffline("cannot reach hub"))
    assert not breaker.is_open
    breaker.failed(WorkerOffline("cannot reach hub"))

    assert breaker.is_open
    assert breaker.reason == "cannot reach hub"
    now[0] = 59.9
    assert breaker.is_open
    now[0] = 60.1
    assert not breaker.is_open


def test_files_refused_one_by_one_open_it_only_when_there_are_very_many_in_a_row() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(24):
        breaker.refused(FileRefused("403"))
    breaker.succeeded()
    for _ in range(24):
        breaker.refused(FileRefused("403"))
    assert (breaker.is_open, breaker.failures_in_a_row) == (False, 0)

    breaker.refused(FileRefused("403"))

    assert (breaker.is_open, breaker.reason, breaker.cause) == (True, "403", "FileRefused")
    now[0] = 61
    breaker.refused(FileRefused("403"))
    assert not breaker.is_open  # were they bad files, some more are got rid of


def test_one_failure_opens_it_again_until_something_works() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(5):
        breaker.failed(ConnectionLost("x"))
    now[0] = 61

    breaker.failed(ConnectionLost("x"))
    assert breaker.is_open
    breaker.succeeded()

    assert not breaker.is_open
    assert breaker.reason == ""
    for _ in range(4):
        breaker.failed(ConnectionLost("x"))
    assert not breaker.is_open
