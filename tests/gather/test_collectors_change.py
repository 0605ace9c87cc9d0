"""Collectors that stop, stand by, take over or are driven out while workers are in mid-file."""

from pathlib import Path

import pytest

from hfdl_core.collector import CollectorEnd
from hfdl_core.errors import CollectorAway, CollectorMoved
from hfdl_core.models import JobState
from hfdl_core.queue import RedisClient
from hfdl_core.queue.keys import job_key
from hfdl_core.storage.places import MANIFESTS
from hfdl_tui.demo.hub import PretendHub
from tests.fleet_parts import RunningCollector, Submitter, wait_until
from tests.gather.conftest import StartCollector
from tests.gather.parts import (
    MIB,
    PATIENT_SECONDS,
    assert_settled,
    block,
    content,
    file_bytes_sent,
    file_requests,
    gather_job,
    give_all,
    over_the_network,
    under,
    wait_for_bytes,
    wait_for_end,
)
from tests.redis_servers import RedisServer
from tests.worker.conftest import StartWorker

CONTENT = content(10 * MIB)


def test_what_a_stopped_collector_had_is_not_fetched_again(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    first = collect(job_id)
    giver = over_the_network(queue, job_id)
    for begin in (0, 3 * MIB, 4 * MIB, 9 * MIB):
        giver.give(block(job_id, begin, CONTENT[begin : begin + MIB]))

    first.node.stop()
    wait_until(lambda: first.has_ended, PATIENT_SECONDS)
    collect(job_id)
    start("w1")
    start("w2")

    wait_for_end(queue, job_id)
    assert first.end is CollectorEnd.STOPPED
    assert (out / "big.bin").read_bytes() == CONTENT
    assert file_bytes_sent(hub) == 6 * MIB
    assert_settled(queue, job_id, out)


def test_a_restart_in_mid_block_does_not_cost_the_connection_to_the_hub(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    hub.bandwidth.limit_client("127.0.0.1", 2 * MIB)
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    first = collect(job_id)
    start()
    wait_for_bytes(queue, job_id, 5 * MIB)
    answers = file_requests(hub, "big.bin")

    first.node.stop()
    wait_until(lambda: first.has_ended, PATIENT_SECONDS)
    collect(job_id)
    wait_for_end(queue, job_id)

    # One claim more or less, each a redirect and a range; nothing was begun again.
    assert file_bytes_sent(hub) <= len(CONTENT)
    assert file_requests(hub, "big.bin") - answers <= 2 * 6
    assert (out / "big.bin").read_bytes() == CONTENT
    assert_settled(queue, job_id, out)


def test_a_second_collector_on_the_machine_stands_by_and_takes_over(
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
    give_all(over_the_network(queue, job_id), job_id, CONTENT[: 2 * MIB])
    with RunningCollector(redis.target, job_id) as second:
        wait_until(lambda: second.node.standing_by_because, PATIENT_SECONDS)
        assert second.node.serving is None

        first.node.stop()
        wait_until(lambda: second.node.serving is not None, PATIENT_SECONDS)
        start()
        wait_for_end(queue, job_id)
        wait_until(lambda: second.has_ended, PATIENT_SECONDS)

    assert second.end is CollectorEnd.FINISHED
    assert file_bytes_sent(hub) == 8 * MIB
    assert (out / "big.bin").read_bytes() == CONTENT
    assert_settled(queue, job_id, out)


def test_a_standby_ends_with_the_job(
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
    with RunningCollector(redis.target, job_id) as second:
        wait_until(lambda: second.node.standing_by_because, PATIENT_SECONDS)
        start()
        wait_for_end(queue, job_id)
        wait_until(lambda: second.has_ended, PATIENT_SECONDS)

    assert second.end is CollectorEnd.FINISHED


def test_a_collector_whose_claim_another_took_stops_and_refuses_its_blocks(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    redis: RedisServer,
    collect: StartCollector,
    tmp_path: Path,
) -> None:
    job_id = gather_job(hub, master, tmp_path / "out", {"big.bin": CONTENT})
    driven_out = collect(job_id)
    giver = over_the_network(queue, job_id)
    found = queue.snapshot(job_id).collector
    assert found is not None
    meta = job_key(job_id, "meta")
    far = queue.snapshot(job_id).now_ms + 60_000

    redis.command(
        *("HSET", meta, "collector", "other", "collector_until", far),
        *("collector_generation", found.generation + 1),
    )
    wait_until(lambda: driven_out.has_ended, PATIENT_SECONDS)

    assert driven_out.end is CollectorEnd.MOVED
    assert queue.snapshot(job_id).collector is not None
    with pytest.raises(CollectorAway):
        giver.give(block(job_id, 0, CONTENT[:MIB]))
    assert redis.command("HGET", meta, "collector") == b"other"


def test_a_suspended_collector_that_wakes_up_is_answered_409(
    hub: PretendHub, master: Submitter, queue: RedisClient, collect: StartCollector, tmp_path: Path
) -> None:
    job_id = gather_job(hub, master, tmp_path / "out", {"big.bin": CONTENT})
    suspended = collect(job_id)
    giver = over_the_network(queue, job_id)
    giver.give(block(job_id, 0, CONTENT[:MIB]))

    suspended.node._is_current = False  # as it learns with its next turn

    with pytest.raises(CollectorMoved):
        giver.give(block(job_id, MIB, CONTENT[MIB : 2 * MIB]))


@pytest.mark.parametrize("move", ["pause", "cancel"])
def test_a_job_that_people_stop_leaves_nothing_claimed(
    move: str,
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    hub.bandwidth.limit_client("127.0.0.1", MIB)
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    first = collect(job_id)
    for name in ("w1", "w2"):
        start(name)
    wait_for_bytes(queue, job_id, 2 * MIB)

    getattr(queue, move)(job_id)
    wait_until(lambda: queue.snapshot(job_id).in_progress == 0, PATIENT_SECONDS)
    assert queue.lease_ends(job_id) == {}
    if move == "cancel":
        wait_until(lambda: first.has_ended, PATIENT_SECONDS)
        assert not queue.snapshot(job_id).has_live_collector
    hub.bandwidth.limit_client("127.0.0.1", None)
    queue.resume(job_id)
    if move == "cancel":
        assert first.end is CollectorEnd.FINISHED
        collect(job_id)

    wait_for_end(queue, job_id, JobState.COMPLETED)
    assert (out / "big.bin").read_bytes() == CONTENT
    assert file_bytes_sent(hub) <= len(CONTENT) + 2 * 2 * MIB
    assert_settled(queue, job_id, out)


def test_a_collector_waits_until_the_whole_job_is_planned(
    hub: PretendHub, master: Submitter, queue: RedisClient, redis: RedisServer, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    redis.command("HSET", job_key(job_id, "meta"), "sealed", "0")

    with RunningCollector(redis.target, job_id) as collector:
        wait_until(lambda: collector.node.standing_by_because, PATIENT_SECONDS)
        assert "still being planned" in collector.node.standing_by_because
        assert under(out, MANIFESTS) == []
        redis.command("HSET", job_key(job_id, "meta"), "sealed", "1")
        wait_until(lambda: collector.node.serving is not None, PATIENT_SECONDS)
