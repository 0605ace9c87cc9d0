"""Many workers on one file: they join, leave, stall, steal, and hardly a byte comes twice."""

import time
from pathlib import Path

from hfdl_core.handover import FileKey
from hfdl_core.models import JobState, Token
from hfdl_core.queue import Progress, RedisClient
from hfdl_core.timetable import Timetable
from hfdl_tui.demo.hub import Fault, PretendHub, Role, Stall
from tests.fleet_parts import Submitter, wait_until
from tests.gather.conftest import StartCollector
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
from tests.worker.conftest import StartWorker

CONTENT = content(16 * MIB)


def test_thirty_workers_join_at_once(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    files = {"big.bin": CONTENT} | {f"s/{n}": b"%d" % n * 99 for n in range(60)}
    job_id = gather_job(hub, master, out, files)
    collector = collect(job_id)
    for number in range(30):
        start(f"w{number}")

    wait_for_end(queue, job_id)
    assert {path: (out / path).read_bytes() for path in files} == files
    assert file_bytes_sent(hub) <= 1.25 * len(CONTENT)
    assert collector.error is None
    assert_settled(queue, job_id, out)


def test_workers_join_and_leave_at_any_time(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    hub.bandwidth.limit_client("127.0.0.1", 5 * MIB)
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    collect(job_id)
    for number in range(4):
        leaving = start(f"w{number}", grace_seconds=0.0)
        start(f"stays{number}") if number == 1 else None
        wait_for_bytes(queue, job_id, (number + 1) * 2 * MIB)
        leaving.node.stop_now()

    wait_for_end(queue, job_id)
    assert (out / "big.bin").read_bytes() == CONTENT
    assert file_bytes_sent(hub) <= len(CONTENT) + 4 * 3 * MIB
    assert_settled(queue, job_id, out)


def test_a_worker_whose_connection_stalls_hardly_holds_the_others_up(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    stall = hub.faults.add(Fault(Stall(60, after=100_000), role=Role.CDN, times=1))
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    collect(job_id)
    start("w1")
    wait_until(lambda: hub.faults.fired(stall), PATIENT_SECONDS)
    begun = time.monotonic()
    start("w2")
    start("w3")

    wait_for_end(queue, job_id)
    assert time.monotonic() - begun < 18  # the watchdog's 20 s are not waited for
    assert (out / "big.bin").read_bytes() == CONTENT
    assert file_bytes_sent(hub) <= len(CONTENT) + 2 * MIB
    assert_settled(queue, job_id, out)


def test_thieves_take_from_the_slow_and_hardly_a_byte_comes_twice(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    hub.bandwidth.limit_client("127.0.0.1", 6 * MIB)
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    collect(job_id)
    start("slow", limit=Timetable.parse("50K"))
    wait_until(lambda: queue.snapshot(job_id).in_progress, PATIENT_SECONDS)
    start("fast1")
    start("fast2")

    wait_for_end(queue, job_id)
    assert queue.snapshot(job_id).counters["steals"] >= 1
    assert (out / "big.bin").read_bytes() == CONTENT
    assert file_bytes_sent(hub) <= len(CONTENT) + 2 * MIB
    assert_settled(queue, job_id, out)


def test_a_steal_from_one_who_has_just_brought_everything_fetches_nothing(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    data = CONTENT[: 6 * MIB]
    job_id = gather_job(hub, master, out, {"big.bin": data})
    collect(job_id)
    [victim] = queue.claim(job_id, "victim/boot", [Token("victim/boot.1")], len(data)).tasks
    queue.report(job_id, "victim/boot", [Progress(victim.task_id, victim.token, 0, 1000.0)])
    giver = over_the_network(queue, job_id)
    give_all(giver, job_id, data[:-1])

    start("thief")
    wait_until(lambda: queue.snapshot(job_id).counters.get("steals", 0), PATIENT_SECONDS)
    give_all(giver, job_id, data)
    [position] = giver.durable([(FileKey(job_id, 0, 0), 0)])
    queue.complete(job_id, victim.task_id, victim.token, position)

    wait_for_end(queue, job_id, JobState.COMPLETED)
    assert position == len(data)
    assert (out / "big.bin").read_bytes() == data
    assert file_bytes_sent(hub) <= 1
    assert_settled(queue, job_id, out)
