"""The feed's thread: looks one after another, backs off, hurries, and says when it breaks."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from textual.message import Message

from hfdl_core.errors import HfdlError, QueueRefused, QueueUnavailable
from hfdl_core.models import JobId
from hfdl_core.monitor import FleetView, Focus
from hfdl_tui.dashboard.errands import Errand, ErrandBroken, ErrandEnded, Errands
from hfdl_tui.dashboard.feed import Feed, FeedBroken, Looked, LookFailed
from tests.dashboard.fakes import FakeSource


class Watched:
    """A feed over a fake source, and what it posts."""

    def __init__(self, interval_seconds: float = 0.01) -> None:
        self.source = FakeSource()
        self.posted: list[Message] = []
        self.focus = Focus()
        self.feed = Feed(self.source, lambda: self.focus, self.posted.append, interval_seconds)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < end, self.posted
            time.sleep(0.002)

    def wait_for_failures(self, number: int) -> None:
        self.wait_for(lambda: len(self.failures()) >= number)

    def failures(self) -> list[LookFailed]:
        return [message for message in self.posted if isinstance(message, LookFailed)]


@pytest.fixture
def watched() -> Iterator[Watched]:
    one = Watched()
    one.feed.start()
    yield one
    one.feed.stop()
    one.source.gate.set()


def test_looks_come_one_after_another(watched: Watched) -> None:
    watched.wait_for(lambda: len(watched.posted) >= 5)

    assert all(isinstance(message, Looked) for message in watched.posted)


def test_a_look_that_hangs_is_the_only_one(watched: Watched) -> None:
    watched.wait_for(lambda: len(watched.posted) >= 1)
    watched.source.gate.clear()
    time.sleep(0.05)
    before, threads = len(watched.posted), threading.active_count()
    for _ in range(20):
        watched.feed.look_now()
    time.sleep(0.05)

    assert len(watched.posted) <= before + 1
    assert threading.active_count() <= threads


def test_each_look_asks_for_what_the_page_wants_now(watched: Watched) -> None:
    watched.focus = Focus(job_id=JobId("abc"), most_files=3)

    watched.wait_for(lambda: watched.source.foci[-1:] == [watched.focus])


def test_failures_are_counted_and_waits_grow_to_two_seconds() -> None:
    watched = Watched()
    watched.source.fail(QueueUnavailable("gone"))
    watched.feed.start()
    for number in range(1, 9):
        watched.wait_for_failures(number)
        watched.feed.look_now()
    watched.feed.stop()

    waits = [failure.wait_seconds for failure in watched.failures()[:8]]
    assert [failure.attempt for failure in watched.failures()[:8]] == list(range(1, 9))
    assert 0.4 <= waits[0] <= 0.5
    assert waits[1] > waits[0]
    assert max(waits) <= 2
    assert waits[-1] >= 1.6


def test_a_refusal_is_not_hammered() -> None:
    watched = Watched()
    watched.source.fail(QueueRefused("wrong password"))
    watched.feed.start()
    watched.wait_for(lambda: bool(watched.failures()))
    watched.feed.stop()

    assert watched.failures()[0].wait_seconds == 10


def test_after_an_outage_counting_begins_anew(watched: Watched) -> None:
    watched.source.fail(QueueUnavailable("gone"))
    watched.wait_for(lambda: len(watched.failures()) == 1)
    watched.source.push(FleetView(at=1.0, took_seconds=0.0, round_trip_seconds=0.0))
    watched.feed.look_now()
    watched.wait_for(lambda: isinstance(watched.posted[-1], Looked))
    watched.source.fail(QueueUnavailable("gone again"))
    watched.wait_for(lambda: len(watched.failures()) == 2)

    assert watched.failures()[1].attempt == 1


def test_slow_looks_make_the_pauses_longer() -> None:
    feed = Watched(interval_seconds=1.0).feed

    assert feed._pause(0.1) == 1
    assert feed._pause(0.6) == 2
    assert feed._pause(3.0) == 8
    assert feed._pause(60.0) == 10
    feed.is_in_background = True
    assert feed._pause(0.1) == 5


def test_a_fault_of_hfdl_is_told_and_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    watched = Watched()

    def broken() -> Focus:
        raise ZeroDivisionError

    feed = Feed(watched.source, broken, watched.posted.append)
    feed.start()
    watched.wait_for(lambda: bool(watched.posted))

    [message] = watched.posted
    assert isinstance(message, FeedBroken)
    assert isinstance(message.error, ZeroDivisionError)


def test_errands_are_done_in_order_and_their_results_told_by_message() -> None:
    told: list[object] = []
    posted: list[Message] = []
    errands = Errands("test", posted.append)

    def refuse() -> str:
        raise QueueUnavailable("gone")

    errands.send(Errand(lambda: "first", told.append, told.append))
    errands.send(Errand(refuse, told.append, lambda error: told.append(str(error))))
    errands.send(Errand(lambda: "last", told.append, told.append))
    end = time.monotonic() + 10
    while len(posted) < 3 and time.monotonic() < end:
        time.sleep(0.002)
    assert told == []

    for message in posted:
        assert isinstance(message, ErrandEnded)
        message.tell()

    assert told == ["first", "gone", "last"]


def test_a_broken_errand_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    posted: list[Message] = []
    errands = Errands("test", posted.append)

    def broken() -> None:
        raise ZeroDivisionError

    def ignore(_: HfdlError | None) -> None:
        raise AssertionError

    errands.send(Errand(broken, ignore, ignore))
    end = time.monotonic() + 10
    while not posted and time.monotonic() < end:
        time.sleep(0.002)

    [message] = posted
    assert isinstance(message, ErrandBroken)
