"""What a million files cost in the queue: seconds to publish, bytes of Redis memory a file.

Run it by hand: `python -m tests.benchmarks.queue_memory [FILES] [valkey|redis]`. The bars: at most
60 s; at most 80 bytes a file in batches, at most 200 as tasks of their own.
"""

import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hfdl_core.models import Delivery, JobId, JobSpec, RepoFile, RepoType
from hfdl_core.queue import RedisClient
from hfdl_core.task_id import BatchWork, FileWork, Work
from tests.redis_servers import Flavour, RedisServer, server_of

PAGE_SIZE = 256
BATCH_FILES = 64
SIZE = 20_000


@dataclass(frozen=True)
class Page:
    page: int
    files: tuple[RepoFile, ...]
    tasks: tuple[Work, ...]


def pages(count: int, batch_files: int) -> Iterator[Page]:
    for page, first in enumerate(range(0, count, PAGE_SIZE)):
        files = tuple(_file(number) for number in range(first, min(first + PAGE_SIZE, count)))
        yield Page(page, files, tuple(_tasks(page, len(files), batch_files)))


def _file(number: int) -> RepoFile:
    path = f"data/train/shard-{number // 1000:05d}/sample-{number:07d}.jsonl"
    return RepoFile(path, SIZE, hashlib.sha256(path.encode()).hexdigest())


def _tasks(page: int, files: int, batch_files: int) -> Iterator[Work]:
    if batch_files == 1:
        yield from (FileWork(page * PAGE_SIZE + entry, 0, SIZE) for entry in range(files))
        return
    for first in range(0, files, batch_files):
        count = min(batch_files, files - first)
        yield BatchWork(page, first, count, count * SIZE)


def spec(name: str, delivery: Delivery = Delivery.KEEP) -> JobSpec:
    return JobSpec(
        job_id=JobId(name),
        repo_id="acme/million",
        repo_type=RepoType.DATASET,
        revision="main",
        commit="0" * 40,
        delivery=delivery,
        destination="million",
        machine="benchmark",
        host="benchmark",
    )


def publish(
    queue: RedisClient, name: str, files: int, batch_files: int, delivery: Delivery = Delivery.KEEP
) -> JobId:
    made = spec(name, delivery)
    begun = queue.begin_plan(made, "plan", PAGE_SIZE)
    published = queue.publish_pages(made.job_id, begun.epoch, pages(files, batch_files))
    queue.seal(made.job_id, begun.epoch, "plan", files, files * SIZE, published)
    return made.job_id


def used_bytes(server: RedisServer) -> int:
    return int(server.command("INFO", "memory")["used_memory"])


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    flavour = Flavour(sys.argv[2]) if len(sys.argv) > 2 else Flavour.VALKEY
    shapes = {"in batches of 64": BATCH_FILES, "as single tasks": 1}
    for shape, batch_files in shapes.items():
        with tempfile.TemporaryDirectory() as scratch:
            server = server_of(flavour, Path(scratch) / "redis")
            with server, RedisClient(server.target) as queue:
                before, begun = used_bytes(server), time.monotonic()
                publish(queue, "million", files, batch_files)
                seconds = time.monotonic() - begun
                per_file = (used_bytes(server) - before) / files
                log_mb = server.append_only_bytes() / 1e6
        print(
            f"{flavour} {files:,} files {shape}: {seconds:.1f} s, {per_file:.0f} bytes a file, "
            f"append-only file {log_mb:.0f} MB"
        )
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"publisher's peak memory {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
