"""The fleet's share of the Hub's requests: merged from what answers tell, and paced to the end."""

import time
from typing import Any

import msgpack
import pytest

from hfdl_core.queue import QuotaTold, RedisClient
from hfdl_core.queue.keys import quota_key
from tests.redis_servers import RedisServer

OWNER, BUCKET = "owner", "resolvers"
KEY = quota_key(OWNER, BUCKET)
TIMES = ("ends", "at", "swept", "closed")


def _note(
    queue: RedisClient, remaining: int, reset_seconds: float, quota: int = 1000, window: float = 300
) -> None:
    queue.note_quota(OWNER, BUCKET, QuotaTold(remaining, reset_seconds, quota, window))


def _take(queue: RedisClient, holder: str = "w1", *, held: int = 0, wanted: int = 1) -> int:
    return queue.take_quota(OWNER, BUCKET, holder, held=held, wanted=wanted).granted


def _bucket(server: RedisServer) -> dict[str, Any]:
    state: dict[str, Any] = msgpack.unpackb(server.command("HGET", KEY, "state"))
    return state


def _pass_time(server: RedisServer, seconds: float) -> None:
    """Everything that was noted is so much older."""
    for field, packed in server.client.hgetall(KEY).items():
        record = msgpack.unpackb(packed)
        if field == b"state":
            record |= {name: record[name] - seconds * 1000 for name in TIMES}
        else:
            record[1] -= seconds * 1000
        server.command("HSET", KEY, field, msgpack.packb(record))


def test_a_quota_of_which_nothing_is_known_grants_a_few(queue: RedisClient) -> None:
    permits = queue.take_quota(OWNER, BUCKET, "w1", held=0, wanted=200)

    assert (permits.granted, permits.wait_seconds, permits.is_told) == (4, 0.25, False)


def test_the_lowest_rest_and_the_earliest_end_of_a_window_are_the_truth(
    server: RedisServer, queue: RedisClient
) -> None:
    for remaining, reset_seconds in ((800, 101), (750, 100), (790, 101)):
        _note(queue, remaining, reset_seconds)

    bucket = _bucket(server)
    assert bucket["left"] == 750
    seconds, _ = server.command("TIME")
    assert bucket["ends"] / 1000 == pytest.approx(int(seconds) + 100, abs=1.5)


def test_a_new_window_takes_the_place_of_the_old_one(
    server: RedisServer, queue: RedisClient
) -> None:
    _note(queue, 3, 1)

    _note(queue, 999, 300)

    assert _bucket(server)["left"] == 999


def test_a_late_word_of_the_window_before_changes_nothing(
    server: RedisServer, queue: RedisClient
) -> None:
    _note(queue, 3, 1)
    _note(queue, 999, 300)

    _note(queue, 2, 0.5)

    assert _bucket(server)["left"] == 999


def test_while_most_of_a_window_is_left_nobody_waits(queue: RedisClient) -> None:
    _note(queue, 1000, 300, quota=1000)

    first = queue.take_quota(OWNER, BUCKET, "w1", held=0, wanted=400)
    second = _take(queue, "w2", wanted=400)

    assert (first.granted, first.wait_seconds) == (400, 0)
    assert second == 90  # half of the quota stays, but for the reserve of 1 %


def test_the_second_half_is_spread_over_the_rest_of_the_window(
    server: RedisServer, queue: RedisClient
) -> None:
    _note(queue, 1000, 103, quota=2000)

    granted = 0
    for _ in range(20):
        _pass_time(server, 0.5)
        granted += _take(queue, held=granted, wanted=100)

    assert 85 <= granted <= 110  # of 980 in 100 s, after 10 s


def test_no_more_is_granted_than_is_left_but_for_a_reserve(
    server: RedisServer, queue: RedisClient
) -> None:
    _note(queue, 100, 3, quota=100, window=3)

    granted = 0
    for _ in range(40):
        _pass_time(server, 0.1)
        granted += _take(queue, held=0, wanted=50)
        # What was granted is used and told.
        _note(queue, 100 - granted, _bucket(server)["ends"] / 1000 - time.time(), 100, 3)
        if _bucket(server)["ends"] / 1000 < time.time() + 0.05:
            break

    assert granted == 95


def test_permits_that_are_not_used_yet_count_as_used(
    server: RedisServer, queue: RedisClient
) -> None:
    _note(queue, 20, 3, quota=1000, window=300)  # 10 for the fleet, 10 in reserve
    _pass_time(server, 2.9)

    first = _take(queue, "w1", wanted=20)
    second = _take(queue, "w2", wanted=20)

    assert (first, second) == (10, 0)


def test_permits_that_were_used_or_given_up_are_told_with_the_next_wish(
    server: RedisServer, queue: RedisClient
) -> None:
    _note(queue, 20, 3)
    _pass_time(server, 2.9)
    _take(queue, "w1", wanted=8)
    assert _bucket(server)["out"] == 10  # its share of a second, too

    _pass_time(server, 0.2)
    granted = _take(queue, "w1", held=0, wanted=3)

    assert _bucket(server)["out"] == granted


def test_a_wish_that_is_repeated_counts_once(server: RedisServer, queue: RedisClient) -> None:
    _note(queue, 500, 3)
    _pass_time(server, 2)

    granted = [_take(queue, "w1", held=2, wanted=1) for _ in range(3)]

    assert _bucket(server)["out"] == 2 + granted[-1]
    assert _bucket(server)["holders"] == 1


def test_permits_of_a_silent_holder_are_void(server: RedisServer, queue: RedisClient) -> None:
    _note(queue, 500, 200)
    _take(queue, "dead", held=300)
    assert _bucket(server)["out"] >= 300

    _pass_time(server, 11)
    _take(queue, "alive", held=1)

    assert _bucket(server)["out"] <= 3
    assert _bucket(server)["holders"] == 1
    assert server.command("HEXISTS", KEY, "h:dead") == 0


def test_a_batch_is_an_even_share_of_a_second(server: RedisServer, queue: RedisClient) -> None:
    _note(queue, 30_000, 300, quota=30_000)
    for number in range(4):
        _take(queue, f"w{number}", wanted=0)
    _pass_time(server, 1)

    granted = _take(queue, "w0", wanted=1)

    assert granted == pytest.approx(100 / 4, abs=1)


def test_after_the_end_of_a_window_the_whole_quota_is_paced_again(
    server: RedisServer, queue: RedisClient
) -> None:
    _note(queue, 0, 100)
    _pass_time(server, 102)

    first = queue.take_quota(OWNER, BUCKET, "w1", held=0, wanted=1)
    _pass_time(server, 1)
    second = queue.take_quota(OWNER, BUCKET, "w1", held=0, wanted=1)

    assert (first.granted, first.is_told) == (0, False)
    assert (second.granted, second.is_told) == (3, False)  # 1000 in 300 s
    _note(queue, 990, 300)
    assert queue.take_quota(OWNER, BUCKET, "w1", held=0, wanted=1).is_told


def test_a_spent_window_is_waited_for_and_looked_at_again(queue: RedisClient) -> None:
    _note(queue, 4, 200)

    permits = queue.take_quota(OWNER, BUCKET, "w1", held=0, wanted=1)

    assert permits.granted == 0
    assert permits.wait_seconds == 5


def test_many_holders_ask_less_often(server: RedisServer, queue: RedisClient) -> None:
    _note(queue, 1000, 300, quota=2000)

    waits = [
        queue.take_quota(OWNER, BUCKET, f"w{number}", held=0, wanted=1).wait_seconds
        for number in range(12)
    ]

    assert waits[0] == 1
    assert waits[-1] == pytest.approx(12 / 3.3, rel=0.1)


def test_a_quota_too_small_for_a_reserve_is_used(server: RedisServer, queue: RedisClient) -> None:
    _note(queue, 6, 4, quota=6, window=8)
    _pass_time(server, 3.9)

    assert _take(queue, wanted=10) == 6


def test_what_is_known_of_a_quota_goes_by_itself(server: RedisServer, queue: RedisClient) -> None:
    _note(queue, 6, 100)

    assert 399_000 < server.command("PTTL", KEY) <= 400_000


def test_a_hub_that_tells_no_policy_is_paced_by_what_is_left(
    server: RedisServer, queue: RedisClient
) -> None:
    queue.note_quota(OWNER, BUCKET, QuotaTold(206, 206))
    queue.note_quota(OWNER, BUCKET, QuotaTold(103, 206))
    _pass_time(server, 3)

    assert _take(queue, wanted=50) == 1
