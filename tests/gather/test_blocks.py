"""Blocks repeated, out of order, late, or given by liars: the file is right all the same."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from hfdl_core.errors import BlockRefused, CollectorAway, CollectorError, CollectorMoved
from hfdl_core.errors import FileReopened as Reopened
from hfdl_core.handover import Block, FileKey
from hfdl_core.handover.http_client import HttpHandover
from hfdl_core.models import JobId
from hfdl_core.queue import RedisClient
from hfdl_tui.demo.hub import PretendHub
from tests.fleet_parts import Submitter, wait_until
from tests.gather.conftest import StartCollector
from tests.gather.parts import (
    MIB,
    PATIENT_SECONDS,
    TOKEN,
    assert_settled,
    block,
    content,
    file_bytes_sent,
    gather_job,
    give_all,
    over_the_network,
    wait_for_end,
)
from tests.worker.conftest import StartWorker

CONTENT = content(6 * MIB + 4321)


@pytest.fixture
def job_id(hub: PretendHub, master: Submitter, collect: StartCollector, tmp_path: Path) -> JobId:
    """A job of one file with a collector and nobody who fetches."""
    made = gather_job(hub, master, tmp_path / "out", {"big.bin": CONTENT})
    collect(made)
    return made


@pytest.fixture
def giver(queue: RedisClient, job_id: JobId) -> HttpHandover:
    return over_the_network(queue, job_id)


def test_blocks_given_twice_count_once_and_spare_the_hub(
    job_id: JobId,
    giver: HttpHandover,
    queue: RedisClient,
    hub: PretendHub,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    first = giver.give(block(job_id, MIB, CONTENT[MIB : 2 * MIB]))
    again = giver.give(block(job_id, MIB, CONTENT[MIB : 2 * MIB]))
    give_all(giver, job_id, CONTENT)
    give_all(giver, job_id, CONTENT)
    start()

    wait_for_end(queue, job_id)
    assert (first.received, again.received) == (MIB, 0)
    assert (tmp_path / "out/big.bin").read_bytes() == CONTENT
    assert file_bytes_sent(hub) == 0
    assert_settled(queue, job_id, tmp_path / "out")


def test_a_repeat_with_other_bytes_does_not_overwrite(
    job_id: JobId, giver: HttpHandover, tmp_path: Path
) -> None:
    giver.give(block(job_id, 0, CONTENT[:MIB]))

    lied = giver.give(block(job_id, 0, bytes(MIB)))
    give_all(giver, job_id, CONTENT)

    assert lied.received == 0
    wait_until((tmp_path / "out/big.bin").exists, PATIENT_SECONDS)
    assert (tmp_path / "out/big.bin").read_bytes() == CONTENT


def test_overlapping_blocks_come_in_any_order_from_many_at_once(
    job_id: JobId, giver: HttpHandover, tmp_path: Path
) -> None:
    size, step = len(CONTENT), 300_007
    blocks = [
        block(job_id, begin, CONTENT[begin : begin + length])
        for begin in range(0, size, step)
        for length in (step, 2 * step)
    ]
    random.Random(3).shuffle(blocks)

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(giver.give, blocks))

    assert sum(receipt.received for receipt in receipts) == size
    wait_until((tmp_path / "out/big.bin").exists, PATIENT_SECONDS)
    assert (tmp_path / "out/big.bin").read_bytes() == CONTENT


def test_a_zombie_is_taken_before_the_rename_and_changes_nothing_after_it(
    job_id: JobId, giver: HttpHandover, queue: RedisClient, start: StartWorker, tmp_path: Path
) -> None:
    early = giver.give(block(job_id, MIB, CONTENT[MIB : 2 * MIB]))  # nobody holds this token
    start()
    wait_for_end(queue, job_id)
    wait_until(lambda: not queue.snapshot(job_id).has_live_collector, PATIENT_SECONDS)

    assert (early.received, early.lease_end) == (MIB, None)
    with pytest.raises(CollectorAway):
        giver.give(block(job_id, 0, bytes(MIB)))
    assert (tmp_path / "out/big.bin").read_bytes() == CONTENT


def test_a_zombie_of_a_finished_file_is_thanked_while_other_files_still_come(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    tmp_path: Path,
) -> None:
    files = {"a.bin": CONTENT, "b.bin": CONTENT[:MIB]}
    job_id = gather_job(hub, master, tmp_path / "out", files)
    collect(job_id)
    giver = over_the_network(queue, job_id)
    give_all(giver, job_id, CONTENT)
    wait_until((tmp_path / "out/a.bin").exists, PATIENT_SECONDS)

    late = giver.give(block(job_id, MIB, bytes(MIB)))

    assert (late.received, late.durable) == (0, 2 * MIB)
    assert giver.durable([(FileKey(job_id, 0, 0), 5)]) == [len(CONTENT)]
    assert (tmp_path / "out/a.bin").read_bytes() == CONTENT


Lie = Callable[[Block], Block]
LIES: dict[str, tuple[Lie, type[CollectorError]]] = {
    "another generation of the file": (
        lambda true: replace(true, file=replace(true.file, generation=5)),
        Reopened,
    ),
    "a file that is not there": (
        lambda true: replace(true, file=replace(true.file, file_index=99)),
        BlockRefused,
    ),
    "a file index beyond all pages": (
        lambda true: replace(true, file=replace(true.file, file_index=10**9)),
        BlockRefused,
    ),
    "beyond the end": (lambda true: replace(true, begin=len(CONTENT) - 1), BlockRefused),
    "far beyond the end": (lambda true: replace(true, begin=10**15), BlockRefused),
    "another checksum": (lambda true: replace(true, crc32=(true.crc32 or 0) ^ 1), BlockRefused),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lying_client_with_the_secret_changes_nothing(
    name: str, job_id: JobId, giver: HttpHandover, tmp_path: Path
) -> None:
    lie, expected = LIES[name]

    with pytest.raises(expected):
        giver.give(lie(block(job_id, 0, bytes(MIB))))

    give_all(giver, job_id, CONTENT)
    wait_until((tmp_path / "out/big.bin").exists, PATIENT_SECONDS)
    assert (tmp_path / "out/big.bin").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name[0] != "."] == [
        "big.bin"
    ]


@pytest.mark.parametrize("changed", ["secret", "job", "collector generation"])
def test_who_does_not_know_the_secret_or_speaks_to_another_collector_is_refused(
    changed: str, job_id: JobId, queue: RedisClient, tmp_path: Path
) -> None:
    found = queue.snapshot(job_id).collector
    assert found is not None
    liar = HttpHandover(
        JobId("another") if changed == "job" else job_id,
        found.generation + (changed == "collector generation"),
        SecretStr("guessed") if changed == "secret" else found.secret,
        found.address.urls,
    )

    with pytest.raises((CollectorAway, CollectorMoved)):
        liar.give(replace(block(job_id, 0, bytes(MIB)), token=TOKEN))

    incomplete = tmp_path / "out/.cache/huggingface/hfdl/incomplete"
    assert not incomplete.exists() or list(incomplete.iterdir()) == []
