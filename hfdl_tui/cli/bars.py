"""Bars on a terminal: the whole job, and below it each file that is on its way."""

from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column

from hfdl_core.models import CurrentTask, JobState, JobStatus, LimitedBy, WorkerStatus
from hfdl_tui.cli import figures
from hfdl_tui.cli.printable import printable
from hfdl_tui.cli.progress import Troubles

_MOST_FILES: Final = 16  # more than a screen half tells nobody anything
_BAR_WIDTH: Final = 24


class Bars:
    """Draws on stderr; what is told meanwhile appears above the bars."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}", markup=False, table_column=_shrinking()),
            BarColumn(bar_width=_BAR_WIDTH),
            TextColumn("{task.fields[figures]}", markup=False, table_column=_firm()),
            console=Console(stderr=True, highlight=False),
            refresh_per_second=4,
            expand=True,
        )
        self._job: TaskID | None = None
        self._files: dict[str, TaskID] = {}
        self._troubles = Troubles()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def show(self, job: JobStatus, worker: WorkerStatus) -> None:
        self._troubles.tell_new(worker)
        if self._job is None:
            self._job = self._bars.add_task("", total=None, figures="")
        self._bars.update(
            self._job,
            description=_title(job),
            total=max(job.bytes_total, 1),
            completed=job.bytes_completed if job.bytes_total else 1,
            figures=_job_figures(job),
        )
        self._show_files(task for task in worker.tasks if task.job_id == job.job_id)

    def _show_files(self, tasks: Iterable[CurrentTask]) -> None:
        shown = {str(task.task_id): task for task in list(tasks)[:_MOST_FILES]}
        for gone in self._files.keys() - shown.keys():
            self._bars.remove_task(self._files.pop(gone))
        for task_id, task in shown.items():
            if task_id not in self._files:
                self._files[task_id] = self._bars.add_task("", total=None, figures="")
            self._bars.update(
                self._files[task_id],
                description=f"  {printable(task.path)}",
                total=max(task.end - task.begin, 1),
                completed=task.position - task.begin,
                figures=_file_figures(task),
            )


def _shrinking() -> Column:
    return Column(ratio=1, no_wrap=True, overflow="ellipsis")


def _firm() -> Column:
    return Column(no_wrap=True, justify="right")


def _title(job: JobStatus) -> str:
    if job.status is not JobState.RUNNING:
        return f"{printable(job.repo_id)}: {job.status}"
    if job.limited_by in {LimitedBy.CAPS, LimitedBy.NONE, LimitedBy.TAIL}:
        return printable(job.repo_id)
    return f"{printable(job.repo_id)}: {job.limited_by.replace('_', ' ')}"


def _job_figures(job: JobStatus) -> str:
    is_complete = job.status is JobState.COMPLETED
    parts = [
        figures.percent(job.bytes_completed, job.bytes_total, is_complete=is_complete),
        f"{figures.count(job.files_completed)}/{figures.files(job.files_total)}",
        figures.size(job.bytes_total),
        figures.rate(job.throughput_bytes_per_second),
        figures.duration(job.eta_seconds),
    ]
    return "  ".join(part for part in parts if part != figures.NOTHING)


def _file_figures(task: CurrentTask) -> str:
    size = figures.size(task.end - task.begin)
    return f"{size}  {figures.rate(task.bytes_per_second)}"
