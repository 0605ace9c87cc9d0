"""Cuts the sorted manifest into pages, and each page into tasks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from hfdl_core.models import RepoFile
from hfdl_core.task_id import BatchWork, FileWork, Work

# Files a page; about 14 KB packed, small enough to be read for a single task of it.
PAGE_SIZE: Final = 256

# A tiny file costs one round trip or two (40 ms each on a far link) whatever its size, so 64 of
# them are some 3 to 5 s, and 4 MiB are 4 s at 1 MB/s: long enough that asking the queue does not
# count, short enough that the last batch does not hold up the fleet and a dead worker costs little.
TINY_FILE_BYTES: Final = 256 << 10
BATCH_FILES: Final = 64
BATCH_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class PlannedPage:
    page: int
    files: tuple[RepoFile, ...]
    tasks: tuple[Work, ...]


def plan_pages(files: Iterable[RepoFile]) -> Iterator[PlannedPage]:
    """Pages and tasks of `files` as ManifestSorter gives them; at most 16.7 million.

    The same files in the same order always give the same pages, whatever the delivery: ranges of
    large files are cut when they are claimed, not here.
    """
    source = iter(files)
    page = 0
    while page_files := tuple(islice(source, PAGE_SIZE)):
        yield PlannedPage(page, page_files, tuple(_tasks(page, page_files)))
        page += 1


def _tasks(page: int, files: tuple[RepoFile, ...]) -> Iterator[Work]:
    first = 0
    while first < len(files):
        count, size = _batch_from(files, first)
        if count > 1:
            yield BatchWork(page, first, count, size)
        else:
            yield FileWork(page * PAGE_SIZE + first, 0, files[first].size)
        first += count


def _batch_from(files: tuple[RepoFile, ...], first: int) -> tuple[int, int]:
    """How many files from `first` on go together, at least one, and their bytes."""
    count, size = 1, files[first].size
    if size > TINY_FILE_BYTES:
        return count, size
    for file in files[first + 1 : first + BATCH_FILES]:
        if file.size > TINY_FILE_BYTES or size + file.size > BATCH_BYTES:
            break
        count, size = count + 1, size + file.size
    return count, size
