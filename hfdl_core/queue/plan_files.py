"""Files of a plan by their indexes, however far apart they stand in it."""

import logging
from collections.abc import Iterable
from typing import Final, TypeVar

from hfdl_core.errors import PlanMismatch, ProtocolMismatch, UnknownJob
from hfdl_core.models import JobId, RepoFile
from hfdl_core.queue.keys import job_key
from hfdl_core.queue.lately_used import LatelyUsed
from hfdl_core.queue.plan_pages import unpack_files
from hfdl_core.queue.room import QueueRoom
from hfdl_core.queue.rounds import Rounds
from hfdl_core.redis_target import RedisTarget
from hfdl_core.task_id import BatchWork, Work

logger = logging.getLogger(__name__)

T = TypeVar("T")
_KEPT_FILES: Final = 4096
_PAGES_PER_COMMAND: Final = 64


class PlanFiles(QueueRoom):
    """Failures stand on pages of their own, so files are remembered where pages would not fit."""

    def __init__(self, target: RedisTarget, *, client_name: str = "hfdl") -> None:
        super().__init__(target, client_name=client_name)
        self._files: LatelyUsed[tuple[str, int], RepoFile] = LatelyUsed(_KEPT_FILES)

    def _ask_files(self, job_id: JobId, indexes: Iterable[int]) -> Rounds[dict[int, RepoFile]]:
        """In one round at most; UnknownJob, ProtocolMismatch, PlanMismatch."""
        found: dict[int, RepoFile] = {}
        missing: dict[int, list[int]] = {}
        wanted = set(indexes)
        if not wanted:
            return found
        known = self._known.get(job_id)
        for index in wanted:
            file = self._files.get((known.epoch, index))
            if file is None:
                missing.setdefault(index // known.page_size, []).append(index)
            else:
                found[index] = file
        pages = yield from self._ask_pages(job_id, missing)
        for page, files in pages.items():
            for index in missing[page]:
                entry = index % known.page_size
                if entry >= len(files):
                    raise PlanMismatch(f"job {job_id} has no file {index}")
                found[index] = files[entry]
                self._files.keep((known.epoch, index), files[entry])
        return found

    def _ask_pages(
        self, job_id: JobId, pages: Iterable[int]
    ) -> Rounds[dict[int, tuple[RepoFile, ...]]]:
        epoch = self._known.get(job_id).epoch
        kept = {page: self._pages.get((epoch, page)) for page in sorted(pages)}
        missing = [page for page, files in kept.items() if files is None]
        if missing:
            plan = job_key(job_id, "plan")
            firsts = range(0, len(missing), _PAGES_PER_COMMAND)
            answers = yield [
                ("HMGET", plan, *missing[first : first + _PAGES_PER_COMMAND]) for first in firsts
            ]
            packed = [page for answer in answers for page in answer]
            for page, blob in zip(missing, packed, strict=True):
                # A page that is not there is asked for once more, by who knows what that means.
                files = self.page(job_id, page) if blob is None else unpack_files(blob)
                self._pages.keep((epoch, page), files)
                kept[page] = files
        return {page: files for page, files in kept.items() if files is not None}

    def _index_of(self, job_id: JobId, work: Work) -> int:
        """Of the work's first file."""
        if isinstance(work, BatchWork):
            return work.page * self._known.get(job_id).page_size + work.first
        return work.file_index


def unless_gone(rounds: Rounds[T], nothing: T) -> Rounds[T]:
    """What a reading learns; nothing when its job is gone or its plan cannot be read."""
    try:
        return (yield from rounds)
    except (UnknownJob, PlanMismatch, ProtocolMismatch) as error:
        logger.debug("left out: %s", error)
        return nothing


def name_of(work: Work, first: RepoFile) -> str:
    """What people read of it: a path, and how many more there are."""
    if isinstance(work, BatchWork) and work.count > 1:
        return f"{first.path} and {work.count - 1} more"
    return first.path
