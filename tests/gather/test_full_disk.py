"""A disk that fills up holds a job up, and the job goes on by itself when there is room."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from hfdl_core.models import JobState, LimitedBy
from hfdl_core.queue import RedisClient
from hfdl_tui.demo.hub import PretendHub
from tests.fleet_parts import RunningNode, Submitter, wait_until
from tests.gather.conftest import StartCollector
from tests.gather.parts import (
    MIB,
    PATIENT_SECONDS,
    assert_settled,
    content,
    file_bytes_sent,
    gather_job,
    wait_for_end,
)
from tests.worker.conftest import StartWorker


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A filesystem of 32 MiB."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("only root on Linux may mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["/usr/bin/env", "mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    yield place
    subprocess.run(["/usr/bin/env", "umount", "--lazy", str(place)], check=True)


def _fill(disk: Path, leave: int) -> Path:
    state = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(state.f_bavail * state.f_frsize - leave))
    return ballast


def _is_held_up(worker: RunningNode) -> bool:
    return worker.node.status().limited_by is LimitedBy.DISK


@pytest.mark.parametrize("is_local", [True, False], ids=["in-process", "over-the-network"])
def test_a_full_disk_holds_the_job_up_until_there_is_room(
    is_local: bool,
    small_disk: Path,
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
) -> None:
    out = small_disk / "out"
    files = {"big.bin": content(12 * MIB), "small": content(3000, 2), "smaller": content(2000, 3)}
    job_id = gather_job(hub, master, out, files)
    collector = collect(job_id)
    ballast = _fill(small_disk, 9 * MIB)
    worker = start(**({"local": collector.local} if is_local else {}))

    wait_until(partial(_is_held_up, worker), PATIENT_SECONDS)
    assert queue.snapshot(job_id).state is JobState.RUNNING
    assert "disk is full" in worker.node.status().reason
    ballast.unlink()

    wait_for_end(queue, job_id)
    assert {path: (out / path).read_bytes() for path in files} == files
    assert file_bytes_sent(hub) <= 12 * MIB + 6 * MIB
    assert_settled(queue, job_id, out)


def test_a_disk_without_any_room_takes_nothing_and_loses_nothing(
    small_disk: Path,
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
) -> None:
    out = small_disk / "out"
    files = {"big.bin": content(7 * MIB), "small": content(3000, 2)}
    job_id = gather_job(hub, master, out, files)
    collector = collect(job_id)
    ballast = _fill(small_disk, 0)
    workers = [start("w1", local=collector.local), start("w2")]

    for worker in workers:
        wait_until(partial(_is_held_up, worker), PATIENT_SECONDS)
    assert queue.snapshot(job_id).state is JobState.RUNNING
    assert not collector.has_ended
    ballast.unlink()

    wait_for_end(queue, job_id)
    assert {path: (out / path).read_bytes() for path in files} == files
    assert queue.snapshot(job_id).failed == 0
    assert_settled(queue, job_id, out)
