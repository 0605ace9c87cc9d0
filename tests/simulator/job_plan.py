"""A small job with files of very different sizes, the same one for the same seed."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from hfdl_core.models import Delivery, JobId, JobSpec, RepoFile, RepoType
from hfdl_core.task_id import BatchWork, FileWork, Work

KIB = 1024
MIB = 1024 * KIB
PAGE_SIZE = 24
TINY_FILE_BYTES = 96 * KIB
LONGEST_BATCH = 9


@dataclass(frozen=True, slots=True)
class PlannedPage:
    page: int
    files: tuple[RepoFile, ...] = field(repr=False)
    tasks: tuple[Work, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class JobPlan:
    """What a master would publish."""

    spec: JobSpec
    plan_id: str
    files: tuple[RepoFile, ...] = field(repr=False)
    pages: tuple[PlannedPage, ...] = field(repr=False)

    @property
    def files_total(self) -> int:
        return len(self.files)

    @property
    def bytes_total(self) -> int:
        return sum(file.size for file in self.files)

    def size(self, file_index: int) -> int:
        return self.files[file_index].size


def make_plan(chance: Random, delivery: Delivery, name: str) -> JobPlan:
    """About 130 files, some empty, some of equal size, sorted as every plan is."""
    files = tuple(sorted(_files(chance), key=lambda file: (-file.size, file.path)))
    spec = JobSpec(
        job_id=JobId(name),
        repo_id="someone/things",
        repo_type=RepoType.DATASET,
        revision="main",
        commit="c" * 40,
        delivery=delivery,
        destination="/somewhere",
        machine="machine-1",
        host="host-1",
    )
    pages = tuple(_pages(files))
    plan_id = hashlib.sha256(repr(files).encode()).hexdigest()[:16]
    return JobPlan(spec=spec, plan_id=plan_id, files=files, pages=pages)


def _files(chance: Random) -> Iterator[RepoFile]:
    sizes = [chance.randrange(4 * MIB, 24 * MIB) for _ in range(5)]
    sizes += [6 * MIB] * 3  # shards of one size
    sizes += [chance.randrange(TINY_FILE_BYTES + 1, 4 * MIB) for _ in range(25)]
    sizes += [chance.randrange(1, TINY_FILE_BYTES) for _ in range(80)]
    sizes += [4 * KIB] * 10
    sizes += [0] * 7
    for number, size in enumerate(sizes):
        digest = hashlib.sha256(f"{number}".encode()).hexdigest()
        yield RepoFile(path=f"part/{number:04d}.bin", size=size, digest=digest)


def _pages(files: Sequence[RepoFile]) -> Iterator[PlannedPage]:
    for page, first in enumerate(range(0, len(files), PAGE_SIZE)):
        page_files = tuple(files[first : first + PAGE_SIZE])
        yield PlannedPage(page, page_files, tuple(_tasks(page, page_files)))


def _tasks(page: int, files: Sequence[RepoFile]) -> Iterator[Work]:
    entry = 0
    while entry < len(files):
        count = _batch_length(files, entry)
        # Every seventh tiny file stays a task of its own, so that empty and tiny files are met
        # as file tasks, too.
        if count > 1 and entry % 7:
            size = sum(file.size for file in files[entry : entry + count])
            yield BatchWork(page=page, first=entry, count=count, size=size)
            entry += count
        else:
            size = files[entry].size
            yield FileWork(file_index=page * PAGE_SIZE + entry, generation=0, size=size)
            entry += 1


def _batch_length(files: Sequence[RepoFile], entry: int) -> int:
    count = 0
    for file in files[entry : entry + LONGEST_BATCH]:
        if file.size > TINY_FILE_BYTES:
            break
        count += 1
    return count
