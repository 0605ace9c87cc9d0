"""Several things go wrong at once, or just before the end."""

import os
import random
from pathlib import Path

import pytest

from hfdl_core.handover import FileKey
from hfdl_core.models import Token
from hfdl_core.storage.places import INCOMPLETE
from hfdl_tui.demo.hub import (
    Close,
    Cut,
    Fault,
    IgnoreRange,
    Role,
    ShortBody,
    Status,
    WrongContentRange,
)
from tests.fleet_parts import wait_until
from tests.gather.conftest import Fleet
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
    wait_for_end,
)
from tests.redis_servers import RedisServer

CONTENT = content(8 * MIB)


@pytest.fixture
def redis(own_redis: RedisServer) -> RedisServer:
    return own_redis


def test_a_hub_that_answers_in_every_wrong_way_delays_and_spoils_nothing(fleet: Fleet) -> None:
    faults = fleet.hub.faults
    for action in (
        IgnoreRange(),
        WrongContentRange(),
        ShortBody(length=70_000),
        Cut(after=90_000),
        Close(after=80_000),
        Status(503, {"Retry-After": "0"}),
    ):
        faults.add(Fault(action, role=Role.CDN, times=2, probability=0.6))
    files = {"big.bin": CONTENT, "other.bin": CONTENT[: 3 * MIB], "tiny": b"t" * 50}
    job_id = gather_job(fleet.hub, fleet.master, fleet.out, files)
    collector = fleet.collect(job_id)
    fleet.start("local", local=collector.local, connections=2)
    fleet.start("w1", connections=2)

    wait_for_end(fleet.queue, job_id)
    assert {path: (fleet.out / path).read_bytes() for path in files} == files
    assert file_bytes_sent(fleet.hub) <= 2 * 11 * MIB
    assert_settled(fleet.queue, job_id, fleet.out)


def test_a_collector_that_stops_between_the_last_byte_and_the_digest_loses_nothing(
    fleet: Fleet,
) -> None:
    job_id = gather_job(fleet.hub, fleet.master, fleet.out, {"big.bin": CONTENT})
    first = fleet.collect(job_id)
    give_all(over_the_network(fleet.queue, job_id), job_id, CONTENT)
    first.node.stop()
    wait_until(lambda: first.has_ended, PATIENT_SECONDS)

    fleet.collect(job_id)
    fleet.start()

    wait_for_end(fleet.queue, job_id)
    assert (fleet.out / "big.bin").read_bytes() == CONTENT
    assert file_bytes_sent(fleet.hub) == 0
    assert_settled(fleet.queue, job_id, fleet.out)


def test_damage_whose_repair_redis_forgot_is_repaired_all_the_same(
    fleet: Fleet, redis: RedisServer
) -> None:
    queue, out = fleet.queue, fleet.out
    job_id = gather_job(fleet.hub, fleet.master, out, {"big.bin": CONTENT})
    fleet.collect(job_id)
    giver = over_the_network(queue, job_id)
    for begin in range(MIB, len(CONTENT), MIB):
        giver.give(block(job_id, begin, CONTENT[begin : begin + MIB]))
    key = FileKey(job_id, 0, 0)
    wait_until(lambda: giver.durable([(key, MIB)]) == [len(CONTENT)], PATIENT_SECONDS)
    [task] = queue.claim(job_id, "v/boot", [Token("v/boot.1")], len(CONTENT)).tasks
    queue.complete(job_id, task.task_id, task.token, len(CONTENT))
    mark = redis.append_only_bytes()

    [path] = out.joinpath(*INCOMPLETE).glob("*.incomplete")
    _damage(path, 3 * MIB + 5)
    giver.give(block(job_id, 0, CONTENT[:MIB]))
    wait_until(lambda: queue.generation(job_id, 0) == 1, PATIENT_SECONDS)
    redis.lose_tail(mark)
    fleet.start()

    wait_for_end(queue, job_id)
    assert (out / "big.bin").read_bytes() == CONTENT
    assert file_bytes_sent(fleet.hub) == MIB
    assert_settled(queue, job_id, out)


def _damage(path: Path, begin: int) -> None:
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(bytes(byte ^ 0xFF for byte in CONTENT[begin : begin + 9]))
        file.flush()
        os.fsync(file.fileno())


def test_small_files_that_were_finished_before_redis_was_emptied_are_not_asked_for_again(
    fleet: Fleet, redis: RedisServer
) -> None:
    chance = random.Random(5)
    files = {f"d{n % 7}/{n:03}": chance.randbytes(chance.randrange(900)) for n in range(400)}
    files["big.bin"] = CONTENT
    fleet.hub.bandwidth.limit_client("127.0.0.1", 3 * MIB)
    job_id = gather_job(fleet.hub, fleet.master, fleet.out, files)
    fleet.collect(job_id)
    for name in ("w1", "w2"):
        fleet.start(name, connections=2)
    done = [path for path in files if path != "big.bin"][:50]
    wait_until(lambda: all((fleet.out / path).exists() for path in done), PATIENT_SECONDS)

    redis.command("FLUSHALL")
    fleet.hub.bandwidth.limit_client("127.0.0.1", None)

    wait_until(lambda: job_id in fleet.queue.job_ids(), PATIENT_SECONDS)
    wait_for_end(fleet.queue, job_id)
    assert {path: (fleet.out / path).read_bytes() for path in files} == files
    assert all(file_requests(fleet.hub, path) <= 2 for path in done)
    assert_settled(fleet.queue, job_id, fleet.out)
