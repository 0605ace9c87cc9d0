"""Plans a synthetic repo of a million files and tells time and memory of each step.

Run it by hand: `python -m tests.benchmarks.planning [FILES]`. The bars are a master of at most
200 MB in all, of which the sorter adds at most 60 MB.
"""

import hashlib
import random
import resource
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from hfdl_core.models import Delivery, JobId, JobSpec, RepoFile, RepoType
from hfdl_core.planning import FileFilter, ManifestSorter, plan_id, plan_pages

SPEC = JobSpec(
    job_id=JobId("benchmark"),
    repo_id="acme/million",
    repo_type=RepoType.DATASET,
    revision="main",
    commit="0" * 40,
    delivery=Delivery.GATHER,
    destination="/benchmark",
    machine="benchmark",
    host="benchmark",
)


def synthetic_files(count: int) -> Iterator[RepoFile]:
    """In the Hub's order (by path), nine of ten tiny, the others up to 1 GB."""
    chance = random.Random(1)
    for number in range(count):
        path = f"data/train/shard-{number // 1000:05d}/sample-{number:07d}.jsonl"
        size = chance.randrange(200_000) if number % 10 else chance.randrange(1 << 30)
        yield RepoFile(path, size, hashlib.sha256(path.encode()).hexdigest())


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def measured(step: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    print(f"{step:<22} {time.monotonic() - started:6.1f} s   peak {peak_mb():6.1f} MB")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{count:,} files; before the first one: peak {peak_mb():.1f} MB")
    with measured("making them up"):
        deque(synthetic_files(count), maxlen=0)
    wanted = FileFilter(exclude=["*.bin", "logs/"])
    with ManifestSorter() as sorter:
        with measured("that, filter and add"):
            for file in synthetic_files(count):
                if wanted.keep(file.path):
                    sorter.add(file)
        with measured("check and sort"):
            next(sorter.sorted())
        with measured("plan id"):
            plan_id(SPEC, sorter.sorted())
        with measured("pages"):
            tasks = sum(len(page.tasks) for page in plan_pages(sorter.sorted()))
    print(f"{tasks:,} tasks")


if __name__ == "__main__":
    main()
