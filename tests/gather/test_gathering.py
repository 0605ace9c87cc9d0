"""One repo through several workers, delivered by a collector, byte for byte."""

import random
from pathlib import Path

from hfdl_core.models import Delivery, JobState
from hfdl_core.queue import RedisClient
from hfdl_tui.demo.hub import PretendHub
from tests.fleet_parts import Submitter, wait_for_state
from tests.gather.conftest import StartCollector
from tests.worker.conftest import StartWorker


def _content(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def test_one_file_comes_through_two_workers(
    queue: RedisClient,
    hub: PretendHub,
    master: Submitter,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> None:
    content = _content(12 << 20)
    hub.add_repo("acme/one", {"big.bin": content})
    job_id = master.job("acme/one", delivery=Delivery.GATHER, destination=str(tmp_path / "out"))

    collector = collect(job_id)
    for name in ("w1", "w2"):
        start(name)

    wait_for_state(queue, job_id, JobState.COMPLETED)
    assert (tmp_path / "out" / "big.bin").read_bytes() == content
    assert collector.node is not None
