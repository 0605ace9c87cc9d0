"""Rate limits in the queue: who sets them, who hears them, who may have one."""

from datetime import UTC, datetime

import pytest

from hfdl_core.errors import UnknownWorker
from hfdl_core.models import WorkerState, WorkerStatus
from hfdl_core.queue import LiveLimits, RedisClient
from tests.redis_servers import RedisServer


def _status(worker_id: str, limit: float | None = None) -> WorkerStatus:
    return WorkerStatus(
        worker_id=worker_id,
        boot_id="b1",
        host="host-1",
        pid=7,
        version="0.1.0",
        state=WorkerState.WORKING,
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        limit_bytes_per_second=limit,
    )


def test_a_heartbeat_brings_the_limits(queue: RedisClient) -> None:
    queue.beat(_status("w1"))
    queue.beat(_status("w2"))

    queue.set_limit("w1", "1MB")
    queue.set_limit(None, "08:00,10MB 23:00,off")

    fleet = "08:00,10MB 23:00,off"
    assert queue.beat(_status("w1")).limits == LiveLimits("1MB", fleet, 2)
    assert queue.beat(_status("w2")).limits == LiveLimits("", fleet, 2)


def test_who_is_lost_has_no_share(queue: RedisClient, server: RedisServer) -> None:
    queue.beat(_status("w1"))
    queue.beat(_status("w2"))
    seconds, _ = server.command("TIME")
    server.command("ZADD", "hfdl:{fleet}:seen", (int(seconds) - 30) * 1000, "w2/b1")

    limits = queue.beat(_status("w1")).limits

    assert limits.live_workers == 1


def test_a_limit_that_is_lifted_is_heard_no_more(queue: RedisClient) -> None:
    queue.beat(_status("w1"))
    queue.set_limit("w1", "1MB")
    queue.set_limit(None, "2MB")

    for worker in ("w1", None):
        queue.lift_limit(worker)
        queue.lift_limit(worker)

    assert queue.beat(_status("w1")).limits == LiveLimits()
    assert queue.limits() == {}


def test_limits_are_listed_the_fleet_first(queue: RedisClient) -> None:
    for worker in ("b", "a"):
        queue.beat(_status(worker))
        queue.set_limit(worker, "1k")
    queue.set_limit(None, "2k")

    assert list(queue.limits().items()) == [(None, "2k"), ("a", "1k"), ("b", "1k")]


def test_nobody_is_not_limited(queue: RedisClient) -> None:
    with pytest.raises(UnknownWorker, match="nobody has joined yet"):
        queue.set_limit("w1", "1MB")
    with pytest.raises(UnknownWorker):
        queue.lift_limit("w1")

    assert queue.limits() == {}


def test_a_change_is_told_in_the_log_of_the_fleet(queue: RedisClient) -> None:
    queue.set_limit(None, "1MB")
    queue.lift_limit(None)

    assert [(event.kind, event.text) for event in queue.events(None)] == [
        ("limited", "the fleet is limited to 1MB"),
        ("limited", "the fleet has no limit now"),
    ]


def test_the_limit_that_holds_is_shown_while_the_worker_lives(queue: RedisClient) -> None:
    queue.beat(_status("w1", 500.0))
    [working] = queue.workers()
    queue.leave(_status("w1", 500.0), "stopped")

    [left] = queue.workers()

    assert (working.limit_bytes_per_second, left.limit_bytes_per_second) == (500.0, None)
