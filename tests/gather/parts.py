"""What tests of gathered jobs do all the time: a repo, its job, blocks, and the end of it all."""

import random
import zlib
from pathlib import Path

from hfdl_core.handover import Block, FileKey, Handover
from hfdl_core.handover.http_client import HttpHandover
from hfdl_core.models import Delivery, JobId, JobState, Token
from hfdl_core.queue import RedisClient
from hfdl_core.storage.places import INCOMPLETE, MANIFESTS
from hfdl_tui.demo.hub import PretendHub, Role
from tests.fleet_parts import Submitter, wait_until

MIB = 1 << 20
TOKEN = Token("w9/boot.1")
# Several engines share the machines on which these tests run.
PATIENT_SECONDS = 60.0


def content(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def gather_job(hub: PretendHub, master: Submitter, out: Path, files: dict[str, bytes]) -> JobId:
    hub.add_repo("acme/one", files)
    return master.job("acme/one", delivery=Delivery.GATHER, destination=str(out))


def block(job_id: JobId, begin: int, data: bytes, index: int = 0, generation: int = 0) -> Block:
    key = FileKey(job_id, index, generation)
    return Block(key, begin, data, zlib.crc32(data), TOKEN, begin)


def over_the_network(queue: RedisClient, job_id: JobId) -> HttpHandover:
    """As a worker elsewhere reaches the job's present collector."""
    wait_until(lambda: queue.snapshot(job_id).has_live_collector, PATIENT_SECONDS)
    found = queue.snapshot(job_id).collector
    assert found is not None
    return HttpHandover(job_id, found.generation, found.secret, found.address.urls)


def wait_for_end(
    queue: RedisClient,
    job_id: JobId,
    state: JobState = JobState.COMPLETED,
    seconds: float = PATIENT_SECONDS,
) -> None:
    wait_until(lambda: queue.snapshot(job_id).state is state, seconds)


def wait_for_bytes(queue: RedisClient, job_id: JobId, size: int) -> None:
    """Until so many are counted as durable."""

    def counted() -> int:
        snapshot = queue.snapshot(job_id)
        return snapshot.bytes_completed + snapshot.bytes_live

    wait_until(lambda: counted() >= size, PATIENT_SECONDS)


def file_bytes_sent(hub: PretendHub) -> int:
    """Of large files; small ones come with the answer that redirects for the others."""
    return hub.bytes_sent(role=Role.CDN)


def file_requests(hub: PretendHub, path: str) -> int:
    return len(hub.requests.select(lambda record: record.file == path))


def under(out: Path, place: tuple[str, ...]) -> list[str]:
    directory = out.joinpath(*place)
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


def assert_settled(queue: RedisClient, job_id: JobId, out: Path) -> None:
    """Everything is counted once, and nothing is left over of the way here."""
    snapshot = queue.snapshot(job_id)
    assert snapshot.bytes_completed == snapshot.bytes_total
    assert snapshot.files_completed == snapshot.files_total
    assert (snapshot.bytes_live, snapshot.in_progress, snapshot.pending) == (0, 0, 0)
    assert queue.begun_files(job_id) == []
    assert queue.lease_ends(job_id) == {}
    wait_until(lambda: not under(out, INCOMPLETE) and not under(out, MANIFESTS), PATIENT_SECONDS)


def give_all(handover: Handover, job_id: JobId, data: bytes, step: int = MIB) -> None:
    for begin in range(0, len(data), step):
        handover.give(block(job_id, begin, data[begin : begin + step]))
