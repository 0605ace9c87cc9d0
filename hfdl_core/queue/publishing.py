"""How a plan gets into the queue: begun, published page by page, sealed."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from hfdl_core.models import Delivery, JobId, JobSpec, JobState, RepoFile
from hfdl_core.queue.answers import PlanBegun, PlannedPage
from hfdl_core.queue.connection import Word
from hfdl_core.queue.faults import ScriptRefused
from hfdl_core.queue.keys import FLEET_JOBS
from hfdl_core.queue.plan_pages import pack_files, pack_sizes
from hfdl_core.queue.room import QueueRoom, keys_of
from hfdl_core.queue.scripts import load_script
from hfdl_core.task_id import BatchWork, FileWork, RangeWork, Work

_PAGES_PER_ROUND_TRIP = 16


class Publishing(QueueRoom):
    """Every step may be repeated, and another master may go on where one died."""

    def begin_plan(self, spec: JobSpec, plan_id: str, page_size: int) -> PlanBegun:
        """Make the job's record, or find the one that an earlier run has begun.

        A record with another plan id is planned anew while it is unsealed, and PlanMismatch when
        it is sealed.
        """
        seconds, microseconds = self._connection.command("TIME")
        # First the list of jobs: a record that no list names could never be found again.
        created_ms = int(seconds) * 1000 + int(microseconds) // 1000
        self._connection.command("ZADD", FLEET_JOBS, "NX", created_ms, spec.job_id)
        script = load_script("begin_plan")
        words: list[Word] = [
            secrets.token_hex(8),
            plan_id,
            spec.model_dump_json(),
            page_size,
            spec.delivery.value,
            spec.max_attempts,
            spec.protocol,
        ]
        try:
            answer = self._connection.run(script, keys_of(spec.job_id, script), words)
        except ScriptRefused as refused:
            raise self._meaning(spec.job_id, refused) from refused
        _, epoch, sealed, pages, state = answer
        self._known.forget(spec.job_id)
        return PlanBegun(
            epoch=epoch.decode(),
            sealed=bool(sealed),
            pages_published=pages,
            state=JobState(state.decode()),
        )

    def publish_page(
        self,
        job_id: JobId,
        epoch: str,
        page: int,
        files: Sequence[RepoFile],
        tasks: Sequence[Work],
    ) -> None:
        """Store one page with its tasks, unless it is there already.

        In gather a whole file is queued as the range of all its bytes.
        """
        self._run_under(
            epoch, job_id, "publish_page", *self._page_words(job_id, page, files, tasks)
        )

    def publish_pages(self, job_id: JobId, epoch: str, pages: Iterable[PlannedPage]) -> int:
        """The same for many, 16 to a round trip; returns how many there were."""
        published = 0
        waiting = iter(pages)
        while group := list(islice(waiting, _PAGES_PER_ROUND_TRIP)):
            calls = [
                self._page_words(job_id, planned.page, planned.files, planned.tasks)
                for planned in group
            ]
            self._run_many(epoch, job_id, "publish_page", calls)
            published += len(group)
        return published

    def seal(
        self,
        job_id: JobId,
        epoch: str,
        plan_id: str,
        files_total: int,
        bytes_total: int,
        pages: int,
    ) -> JobState:
        """Let workers claim; PlanMismatch while pages are missing. An empty repo is complete."""
        [state] = self._run_under(epoch, job_id, "seal", plan_id, files_total, bytes_total, pages)
        return JobState(state.decode())

    def _page_words(
        self, job_id: JobId, page: int, files: Sequence[RepoFile], tasks: Sequence[Work]
    ) -> list[Word]:
        known = self._known.get(job_id)
        has_batches = any(isinstance(task, BatchWork) for task in tasks)
        return [
            page,
            pack_files(files),
            pack_sizes(files) if has_batches else b"",
            len(files),
            sum(file.size for file in files),
            *_scored(tasks, files, page * known.page_size, known.spec.delivery),
        ]


def _scored(
    tasks: Sequence[Work], files: Sequence[RepoFile], first_index: int, delivery: Delivery
) -> Iterator[Word]:
    for task in tasks:
        match task:
            case FileWork(file_index=index, size=size):
                entry = index - first_index
                if not 0 <= entry < len(files) or files[entry].size != size:
                    raise ValueError(f"{task.task_id} is no file of this page")
                yield from (-size, _whole_file(task, delivery).task_id)
            case BatchWork(first=first, count=count):
                # The priority of a task is the size of its largest file.
                yield from (-max(file.size for file in files[first : first + count]), task.task_id)
            case RangeWork():
                raise ValueError("a plan holds whole files; claims cut them into ranges")


def _whole_file(task: FileWork, delivery: Delivery) -> FileWork | RangeWork:
    # Ids of one kind sort in file and byte order where sizes are equal: files whose ranges are
    # taken side by side would all be finished at the end.
    if delivery is Delivery.GATHER:
        return RangeWork(task.file_index, task.generation, 0, task.size)
    return task
