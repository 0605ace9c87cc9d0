"""The jobs of the queue as rows, and those made here that it has forgotten."""

from collections.abc import Callable, Sequence
from typing import Final

from hfdl_core.machine import JobMade
from hfdl_core.models import JobState, JobStatus
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.table import Cell, Column, KeyedRows, Row, RowSource
from hfdl_tui.dashboard.view.files.recents import forgotten_jobs
from hfdl_tui.dashboard.view.headline import short_ids
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures

JOB_COLUMNS: Final = (
    Column("state", "S", 1, sortable=False),
    Column("job", "JOB", 6, sortable=False),
    Column("repo", "REPO", 16, stretch=True, sortable=False),
    Column("done", "DONE", 6, "right", sortable=False),
    Column("rate", "RATE", 11, "right", drop=1, sortable=False),
    Column("eta", "ETA", 9, "right", drop=2, sortable=False),
)
NO_JOBS: Final = "No job is in this queue.\n\n2 browses a repo, n launches it."
_FORGOTTEN: Final = "forgotten:"
_MOST_FORGOTTEN: Final = 5


def job_rows(
    store: Store,
    glyphs: Glyphs,
    forgotten: Sequence[JobMade] = (),
    *,
    is_pending: Callable[[str], bool] = lambda _: False,
) -> RowSource:
    """Newest first; the one that is looked at is bold. Keys are job ids, or `forgotten:ID`."""
    jobs = store.view.jobs if store.view else ()
    short = short_ids(store)
    keys = [*(job.job_id for job in jobs), *map(_forgotten_key, forgotten)]

    def make(index: int) -> Row:
        if index >= len(jobs):
            return _forgotten_row(forgotten[index - len(jobs)], glyphs)
        job = jobs[index]
        here = "bold" if job.job_id == store.job_id else ""
        name = (short.of(job.job_id), here)
        return _row(job, name, glyphs, is_pending=is_pending(job.job_id))

    return KeyedRows(keys, make)


def forgotten_of(made_here: Sequence[JobMade], store: Store, queue_line: str) -> list[JobMade]:
    """The newest few of those made in this very queue that it does not know any more."""
    if store.view is None:
        return []
    same_queue = [job for job in made_here if _queue(job.redis) == _queue(queue_line)]
    known = {job.job_id for job in store.view.jobs}
    return forgotten_jobs(same_queue, known)[:_MOST_FORGOTTEN]


def forgotten_key(key: str, forgotten: Sequence[JobMade]) -> JobMade | None:
    """The job of such a row."""
    return next((job for job in forgotten if _forgotten_key(job) == key), None)


def _row(job: JobStatus, name: tuple[str, str], glyphs: Glyphs, *, is_pending: bool) -> Row:
    sign: Cell = (glyphs.ellipsis, "dim") if is_pending else glyphs.job(job.status).cell
    is_complete = job.status is JobState.COMPLETED
    cells: list[Cell] = [
        sign,
        name,
        (job.repo_id, name[1]),
        figures.percent(job.bytes_completed, job.bytes_total, is_complete=is_complete),
        _rate(job),
        _left(job),
    ]
    return Row(job.job_id, cells, style="dim" if job.status is JobState.CANCELLED else "")


def _rate(job: JobStatus) -> str:
    """Of one that has ended, what it came to."""
    if job.status is JobState.FAILED:
        return figures.files(job.files_failed)
    if job.status is JobState.COMPLETED:
        return figures.files(job.files_total)
    return figures.rate(job.throughput_bytes_per_second)


def _left(job: JobStatus) -> str:
    if job.status is JobState.RUNNING:
        return figures.duration(job.eta_seconds)
    return "done" if job.status is JobState.COMPLETED else str(job.status)


def _forgotten_row(job: JobMade, glyphs: Glyphs) -> Row:
    words = f"LOST from Redis: run again: {job.command}"
    return Row(
        _forgotten_key(job),
        [glyphs.unknown, job.job_id[:4], words, figures.NOTHING, figures.NOTHING, "lost"],
        style="dim",
    )


def _forgotten_key(job: JobMade) -> str:
    return f"{_FORGOTTEN}{job.job_id}"


def _queue(line: str) -> str:
    """Behind a semicolon stands why this queue was taken, which may be another reason each time."""
    return line.partition(";")[0]
