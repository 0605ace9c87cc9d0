"""Follows jobs to their end: drawn again and again on a terminal, told by sentences elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from hfdl_core.errors import ExitCode
from hfdl_core.models import JobId, JobState, JobStatus
from hfdl_core.monitor import JobMonitor
from hfdl_tui.cli.as_json import job_json
from hfdl_tui.cli.changes import Changes
from hfdl_tui.cli.output import emit, emit_json_line
from hfdl_tui.cli.patience import Patience
from hfdl_tui.cli.show_jobs import job_lines, page_lines, sentence

_POLL_SECONDS: Final = 1.0

Show = Callable[[Sequence[JobStatus]], None]


def watch(monitor: JobMonitor, job_id: JobId | None, *, as_json: bool) -> int:
    """Until the job, or every unfinished job, has ended; the exit code tells how."""

    def read() -> list[JobStatus]:
        return monitor.statuses() if job_id is None else [monitor.status(job_id)]

    jobs = read()
    followed = {job.job_id for job in jobs if job_id is not None or not job.status.is_finished}
    patience = Patience()
    with _display(is_page=job_id is not None, as_json=as_json) as show:
        show(jobs)
        while any(not job.status.is_finished for job in jobs):
            time.sleep(_POLL_SECONDS)
            jobs = patience.read(read) or jobs
            followed |= {job.job_id for job in jobs if not job.status.is_finished}
            show(jobs)
    return worst_exit_code(job for job in jobs if job.job_id in followed)


def worst_exit_code(jobs: Iterator[JobStatus]) -> int:
    """0 when all of them are complete and verified, else 1."""
    if all(job.status is JobState.COMPLETED for job in jobs):
        return ExitCode.COMPLETE
    return ExitCode.FAILED


@contextmanager
def _display(*, is_page: bool, as_json: bool) -> Iterator[Show]:
    if as_json or not sys.stdout.isatty():
        changes = Changes()
        yield lambda jobs: _tell_changes(jobs, changes, as_json=as_json)
        return
    from hfdl_tui.cli.redrawn import Redrawn  # rich: only where there is a terminal

    with Redrawn() as screen:
        yield lambda jobs: screen.draw(
            page_lines(jobs[0]) if is_page else job_lines(jobs, screen.width)
        )


def _tell_changes(jobs: Sequence[JobStatus], changes: Changes, *, as_json: bool) -> None:
    for job in jobs:
        if changes.is_worth_telling(job, time.monotonic()):
            if as_json:
                emit_json_line(job_json(job))
            else:
                emit(sentence(job))
