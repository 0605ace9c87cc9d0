"""Bytes that prove wrong: damaged here, or wrong when they came; once, or again and again."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hfdl_core.handover import FileKey
from hfdl_core.models import JobId, JobState, TaskStatus
from hfdl_core.queue import RedisClient
from hfdl_core.storage.places import INCOMPLETE
from hfdl_tui.demo.hub import Corrupt, Fault, PretendHub, Role
from tests.fleet_parts import RunningCollector, Submitter, wait_until
from tests.gather.conftest import StartCollector
from tests.gather.parts import (
    MIB,
    PATIENT_SECONDS,
    assert_settled,
    block,
    content,
    file_bytes_sent,
    gather_job,
    over_the_network,
    wait_for_end,
)
from tests.worker.conftest import StartWorker

CONTENT = content(8 * MIB)
FirstTry = Callable[[], RunningCollector]


def _flip(out: Path, begin: int) -> None:
    """As a bad disk or cable does, behind everybody's back."""
    [path] = out.joinpath(*INCOMPLETE).glob("*.incomplete")
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(bytes(byte ^ 0xFF for byte in CONTENT[begin : begin + 10]))
        file.flush()
        os.fsync(file.fileno())


def test_only_the_blocks_that_our_disk_damaged_are_fetched_again(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    collect(job_id)
    giver = over_the_network(queue, job_id)
    for begin in range(MIB, len(CONTENT), MIB):  # all but the first: nothing is hashed yet
        giver.give(block(job_id, begin, CONTENT[begin : begin + MIB]))
    key = FileKey(job_id, 0, 0)
    wait_until(lambda: giver.durable([(key, MIB)]) == [len(CONTENT)], PATIENT_SECONDS)

    _flip(out, 3 * MIB + 77)
    giver.give(block(job_id, 0, CONTENT[:MIB]))
    wait_until(lambda: queue.generation(job_id, 0) == 1, PATIENT_SECONDS)
    start()

    wait_for_end(queue, job_id)
    assert (out / "big.bin").read_bytes() == CONTENT
    assert file_bytes_sent(hub) == MIB
    assert_settled(queue, job_id, out)


def test_a_file_that_one_machine_got_wrong_is_fetched_again_from_another(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    hub.faults.add(Fault(Corrupt(offset=5 * MIB), role=Role.CDN, times=1))
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT})
    collect(job_id)
    for name in ("w1", "w2", "w3"):
        start(name)

    wait_for_end(queue, job_id)
    assert (out / "big.bin").read_bytes() == CONTENT
    [reopened] = [event for event in queue.events(job_id) if event.kind == "reopened"]
    assert "fetched again from other machines" in reopened.text
    assert_settled(queue, job_id, out)


def test_a_file_that_is_always_wrong_fails_with_both_digests_and_may_be_requeued(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    hub.faults.add(Fault(Corrupt(offset=MIB), role=Role.CDN))
    job_id = gather_job(hub, master, out, {"big.bin": CONTENT[: 5 * MIB], "small": b"s" * 999})
    first = collect(job_id)
    for name in ("w1", "w2"):
        start(name, connections=2)

    wait_for_end(queue, job_id, JobState.FAILED)
    wait_until(lambda: first.has_ended, PATIENT_SECONDS)
    [failed] = queue.tasks(job_id, TaskStatus.FAILED)
    listed = queue.file(job_id, 0).digest
    assert failed.cause == "DigestMismatch"
    assert f"the Hub lists {listed}" in failed.error
    assert "digest is " in failed.error
    assert not (out / "big.bin").exists()
    assert (out / "small").read_bytes() == b"s" * 999
    assert file_bytes_sent(hub) <= 3 * 5 * MIB + 12 * MIB

    hub.faults.clear()
    assert queue.requeue(job_id, list(queue.failed_ids(job_id))) == 1
    collect(job_id)

    wait_for_end(queue, job_id)
    assert (out / "big.bin").read_bytes() == CONTENT[: 5 * MIB]
    assert_settled(queue, job_id, out)


@pytest.mark.parametrize("is_local", [True, False], ids=["in-process", "over-the-network"])
def test_a_small_file_that_is_always_wrong_fails_and_the_others_come(
    is_local: bool,
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    files = {f"dir/{number}.txt": b"%d" % number * 50 for number in range(20)}
    hub.faults.add(Fault(Corrupt(length=3), path="dir/7.txt"))
    hub.add_repo("acme/one", files)
    job_id = gather_small_job(master, out)
    collector = collect(job_id)
    more = {"local": collector.local} if is_local else {}
    start("w1", **more)

    wait_for_end(queue, job_id, JobState.FAILED)
    wait_until(lambda: collector.has_ended, PATIENT_SECONDS)
    [failed] = queue.tasks(job_id, TaskStatus.FAILED)
    assert failed.cause == "DigestMismatch"
    assert failed.error.count("digest is ") == 1
    there = {path.name for path in (out / "dir").iterdir()}
    assert there == {path.partition("/")[2] for path in files} - {"7.txt"}

    hub.faults.clear()
    assert queue.requeue(job_id, list(queue.failed_ids(job_id))) == 1
    again = collect(job_id)
    if is_local:
        start("w2", local=again.local)
    wait_for_end(queue, job_id)
    assert (out / "dir/7.txt").read_bytes() == files["dir/7.txt"]
    assert_settled(queue, job_id, out)


def gather_small_job(master: Submitter, out: Path) -> JobId:
    """One try a file, so that nobody waits for its backoff."""
    return master.job("acme/one", delivery="gather", destination=str(out), max_attempts=1)
