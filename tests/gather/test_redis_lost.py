"""Redis is emptied, rolled back, or away under a running collector: the disk says what is there."""

from pathlib import Path

import pytest

from hfdl_core.collector import CollectorEnd
from hfdl_core.models import ByteRange
from hfdl_core.queue import RedisClient
from hfdl_tui.demo.hub import PretendHub
from tests.fleet_parts import RunningCollector, Submitter, wait_until
from tests.gather.conftest import Fleet, StartCollector
from tests.gather.parts import (
    MIB,
    PATIENT_SECONDS,
    assert_settled,
    content,
    file_bytes_sent,
    gather_job,
    give_all,
    over_the_network,
    wait_for_bytes,
    wait_for_end,
)
from tests.redis_servers import RedisServer
from tests.worker.conftest import StartWorker

CONTENT = content(12 * MIB)


@pytest.fixture
def redis(own_redis: RedisServer) -> RedisServer:
    """Every test here hurts its server."""
    return own_redis


def test_an_emptied_redis_is_filled_from_the_disk_and_nothing_is_fetched_twice(
    fleet: Fleet,
    redis: RedisServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue, out = fleet.queue, fleet.out
    fleet.hub.bandwidth.limit_client("127.0.0.1", 4 * MIB)
    job_id = gather_job(fleet.hub, fleet.master, out, {"big.bin": CONTENT, "small": b"s" * 500})
    fleet.collect(job_id)
    for name in ("w1", "w2"):
        fleet.start(name)
    wait_for_bytes(queue, job_id, 4 * MIB)

    redis.command("FLUSHALL")
    fleet.hub.bandwidth.limit_client("127.0.0.1", None)

    wait_until(lambda: "Redis was emptied; rebuilt from disk" in caplog.text, PATIENT_SECONDS)
    wait_for_end(queue, job_id)
    assert (out / "big.bin").read_bytes() == CONTENT
    assert (out / "small").read_bytes() == b"s" * 500
    # What each worker had in hand and not yet given: at most two blocks and what was on its way.
    assert file_bytes_sent(fleet.hub) <= len(CONTENT) + 2 * 3 * MIB


def test_workers_elsewhere_find_the_collector_again_after_redis_was_emptied(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    redis: RedisServer,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    job_id = gather_job(hub, master, tmp_path / "out", {"big.bin": CONTENT})
    collect(job_id)
    giver = over_the_network(queue, job_id)
    before = queue.snapshot(job_id).collector

    redis.command("FLUSHALL")
    wait_until(lambda: job_id in queue.job_ids(), PATIENT_SECONDS)
    wait_until(lambda: queue.snapshot(job_id).has_live_collector, PATIENT_SECONDS)
    after = queue.snapshot(job_id).collector
    give_all(giver, job_id, CONTENT)
    start()
    wait_for_end(queue, job_id)

    assert before is not None
    assert after is not None
    assert (after.generation, after.secret) == (before.generation, before.secret)
    assert file_bytes_sent(hub) == 0


def test_a_redis_that_lost_its_tail_is_put_right_from_the_disk(
    fleet: Fleet,
    redis: RedisServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue, out = fleet.queue, fleet.out
    fleet.hub.bandwidth.limit_client("127.0.0.1", 3 * MIB)
    job_id = gather_job(
        fleet.hub, fleet.master, out, {"a.bin": CONTENT, "b.bin": CONTENT[: 6 * MIB]}
    )
    fleet.collect(job_id)
    for name in ("w1", "w2"):
        fleet.start(name)
    wait_for_bytes(queue, job_id, 3 * MIB)
    mark = redis.append_only_bytes()
    wait_for_bytes(queue, job_id, 7 * MIB)

    redis.lose_tail(mark)
    fleet.hub.bandwidth.limit_client("127.0.0.1", None)

    wait_for_end(queue, job_id)
    assert "redis lost its last moments" in caplog.text
    assert (out / "a.bin").read_bytes() == CONTENT
    assert (out / "b.bin").read_bytes() == CONTENT[: 6 * MIB]
    assert file_bytes_sent(fleet.hub) <= 18 * MIB + 2 * 3 * MIB
    assert_settled(queue, job_id, out)


def test_a_reopening_that_redis_forgot_is_done_again(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    redis: RedisServer,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    hub.bandwidth.limit_client("127.0.0.1", 4 * MIB)
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    collector = collect(job_id)
    start()
    wait_for_bytes(queue, job_id, 3 * MIB)
    mark = redis.append_only_bytes()
    assert collector.queue.reopen(job_id, 0, 0, [ByteRange(0, 10)], "as if damaged") == 1
    wait_for_bytes(queue, job_id, 5 * MIB)

    redis.lose_tail(mark)
    hub.bandwidth.limit_client("127.0.0.1", None)

    wait_for_end(queue, job_id)
    assert (out / "big.bin").read_bytes() == CONTENT
    assert_settled(queue, job_id, out)


def test_a_collector_stops_at_once_while_redis_is_away(
    hub: PretendHub,
    master: Submitter,
    redis: RedisServer,
    collect: StartCollector,
    tmp_path: Path,
) -> None:
    job_id = gather_job(hub, master, tmp_path / "out", {"big.bin": CONTENT})
    collector = collect(job_id)

    redis.kill()
    collector.node.stop()

    wait_until(lambda: collector.has_ended, PATIENT_SECONDS)
    assert collector.end is CollectorEnd.STOPPED


def test_a_redis_that_is_emptied_before_the_collector_serves_is_filled_by_it(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    redis: RedisServer,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    first = collect(job_id)
    give_all(over_the_network(queue, job_id), job_id, CONTENT[: 4 * MIB])
    first.node.stop()
    wait_until(lambda: first.has_ended, PATIENT_SECONDS)
    second = RunningCollector(redis.target, job_id)
    redis.command("FLUSHALL")

    with second:
        start()
        wait_until(lambda: job_id in queue.job_ids(), PATIENT_SECONDS)
        wait_for_end(queue, job_id)

    assert (out / "big.bin").read_bytes() == CONTENT
    assert file_bytes_sent(hub) == 8 * MIB
