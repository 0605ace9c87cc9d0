"""Bars on a terminal: the whole job, and below it each file that is on its way."""

from collections.abc import Iterable
from types import TracebackType
from typing import Final, NamedTuple, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column

from hfdl_core.models import CurrentTask, JobState, JobStatus, LimitedBy, WorkerStatus
from hfdl_tui.cli.progress import Troubles
from hfdl_tui.wording import figures
from hfdl_tui.wording.printable import cell_width, printable, shorten

_MOST_FILES: Final = 16  # more than a screen half tells nobody anything
_LEAST_NAME: Final = 8
_UNREMARKABLE: Final = {LimitedBy.CAPS, LimitedBy.NONE, LimitedBy.TAIL}


class _Line(NamedTuple):
    """One bar with what stands left and right of it."""

    name: str
    figures: str
    completed: int
    total: int


class Bars:
    """Draws on stderr; what is told meanwhile appears above the bars."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False)
        self._bar = BarColumn()
        self._drawing = Progress(
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            self._bar,
            TextColumn("{task.fields[figures]}", markup=False, table_column=Column(no_wrap=True)),
            console=self._console,
            refresh_per_second=4,
        )
        self._lines: dict[str, TaskID] = {}
        self._troubles = Troubles()

    def __enter__(self) -> Self:
        self._drawing.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._drawing.stop()

    def show(self, job: JobStatus, worker: WorkerStatus) -> None:
        self._troubles.tell_new(worker)
        width = self._console.width
        files = [task for task in worker.tasks if task.job_id == job.job_id][:_MOST_FILES]
        lines = {"": _job_line(job, width)}
        lines |= {str(task.task_id): _file_line(task) for task in files}
        self._bar.bar_width = _bar_width(width)
        self._draw(lines, _name_width(lines.values(), width))

    def _draw(self, lines: dict[str, _Line], name_width: int) -> None:
        for gone in self._lines.keys() - lines.keys():
            self._drawing.remove_task(self._lines.pop(gone))
        for key, line in lines.items():
            name = shorten(line.name, name_width)
            name += " " * (name_width - cell_width(name))  # so that the bars stay in their place
            if key not in self._lines:
                self._lines[key] = self._drawing.add_task(
                    name, total=line.total, completed=line.completed, figures=line.figures
                )
            self._drawing.update(
                self._lines[key],
                description=name,
                total=line.total,
                completed=line.completed,
                figures=line.figures,
            )


_MEDIUM: Final = 60
_WIDE: Final = 110


def _bar_width(width: int) -> int:
    if width < _MEDIUM:
        return 4
    return 24 if width >= _WIDE else 12


def _name_width(lines: Iterable[_Line], width: int) -> int:
    """What bar and figures leave over."""
    taken = max(cell_width(line.figures) for line in lines) + _bar_width(width) + len("  ")
    return max(width - taken, _LEAST_NAME)


def _job_line(job: JobStatus, width: int) -> _Line:
    is_complete = job.status is JobState.COMPLETED
    percent = figures.percent(job.bytes_completed, job.bytes_total, is_complete=is_complete)
    speed, left = figures.rate(job.throughput_bytes_per_second), figures.duration(job.eta_seconds)
    count = f"{figures.count(job.files_completed)}/{figures.files(job.files_total)}"
    parts = [percent, count, figures.size(job.bytes_total), speed, left]
    if width < _WIDE:
        parts = [percent, speed, left] if width >= _MEDIUM else [percent]
    return _Line(
        name=_title(job),
        figures="  ".join(part for part in parts if part != figures.NOTHING),
        # A job of empty files is complete at its end, not from its beginning.
        completed=job.bytes_completed if job.bytes_total else int(is_complete),
        total=max(job.bytes_total, 1),
    )


def _title(job: JobStatus) -> str:
    name = printable(job.repo_id)
    if job.status is not JobState.RUNNING:
        return f"{name}: {job.status}"
    if job.limited_by in _UNREMARKABLE:
        return name
    return f"{name}: {job.limited_by.replace('_', ' ')}"


def _file_line(task: CurrentTask) -> _Line:
    size = task.end - task.begin
    parts = [figures.size(size), figures.rate(task.bytes_per_second)]
    return _Line(
        name=f"  {printable(task.path)}",
        figures="  ".join(part for part in parts if part != figures.NOTHING),
        completed=task.position - task.begin,
        total=max(size, 1),
    )
