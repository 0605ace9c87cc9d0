"""A queue that is away is asked again; what it forgot is said again."""

import logging
import random
import threading
import time
from collections.abc import Iterator

import pytest

from hfdl_core.errors import QueueRefused, QueueRolledBack, QueueUnavailable
from hfdl_core.worker.ended import RecentlyEnded
from hfdl_core.worker.reconnect import Reconnect
from hfdl_core.worker.time_source import Stop
from tests.fleet_parts import MovableClock


def test_a_rollback_of_one_job_does_not_silence_the_endings_of_another() -> None:
    said: list[str] = []

    def ending_of(job: str, *, tells: bool = False) -> None:
        said.append(job)
        if tells:
            raise QueueRolledBack(f"redis lost its last moments of job {job}")

    ended = RecentlyEnded(MovableClock())
    ended.remember(lambda: ending_of("a"))
    ended.remember(lambda: ending_of("b", tells=True))
    ended.remember(lambda: ending_of("b"))

    ended.say_again()

    assert said == ["a", "b", "b"]


def test_endings_are_kept_for_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock, said = MovableClock(), []
    ended = RecentlyEnded(clock)
    ended.remember(lambda: said.append("old"))
    clock.forward(61)

    ended.say_again()

    assert said == []


def test_a_call_is_repeated_until_redis_is_back(caplog: pytest.LogCaptureFixture) -> None:
    stop = Stop()
    answers: Iterator[QueueUnavailable | str] = iter(
        [QueueUnavailable("away"), QueueUnavailable("away"), "there"]
    )
    reconnect = Reconnect(stop, RecentlyEnded(MovableClock()), random.Random(1))

    def call() -> str:
        answer = next(answers)
        if isinstance(answer, QueueUnavailable):
            raise answer
        return answer

    with caplog.at_level(logging.INFO):
        assert reconnect.until_answered(call) == "there"

    assert caplog.text.count("redis is away") == 1
    assert caplog.text.count("redis answers again") == 1


def test_a_stop_ends_the_waiting_for_redis_after_a_few_more_tries() -> None:
    stop, tries = Stop(), []
    reconnect = Reconnect(stop, RecentlyEnded(MovableClock()), random.Random(1))

    def call() -> None:
        tries.append("try")
        if len(tries) == 1:
            threading.Timer(0.1, stop.ask).start()
        raise QueueUnavailable("away")

    begun = time.monotonic()
    with pytest.raises(QueueUnavailable):
        reconnect.until_answered(call)

    assert len(tries) == 6
    assert time.monotonic() - begun < 6


def test_a_server_that_refuses_one_call_is_asked_only_so_often() -> None:
    reconnect = Reconnect(Stop(), RecentlyEnded(MovableClock()), random.Random(1))
    tries: list[str] = []

    def call() -> None:
        tries.append("try")
        raise QueueRefused("no memory")

    with pytest.raises(QueueRefused):
        reconnect.until_answered(call, most_refusals=1)

    assert len(tries) == 2
