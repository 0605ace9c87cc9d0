"""Tasks as people read them, page by page: a job may have a million."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from hfdl_core.models import JobId, TaskStatus, TaskView
from hfdl_core.queue import RedisClient
from hfdl_core.task_id import TaskKind
from hfdl_tui.cli.output import emit, tell
from hfdl_tui.cli.table import Column, Fit, table_lines, terminal_width
from hfdl_tui.wording import figures

_PAGE: Final = 500
_COLUMNS: Final = (
    Column("TASK"),
    Column("STATE"),
    Column("PATH", Fit.SHRINK),
    Column("RANGE", Fit.RIGHT),
    Column("TRY", Fit.RIGHT),
    Column("WORKER", Fit.SHRINK),
    Column("ERROR", Fit.SHRINK),
)


def tasks_of(
    client: RedisClient, job_id: JobId, states: Sequence[TaskStatus], limit: int | None
) -> Iterator[TaskView]:
    """At most `limit` tasks of each state, read in pages."""
    for state in states:
        yield from islice(_all_in(client, job_id, state), limit)


def emit_tasks(tasks: Iterator[TaskView], limit: int | None) -> None:
    """A table; on very long lists the columns are aligned page by page."""
    is_empty = True
    per_state: dict[TaskStatus, int] = {}
    while page := list(islice(tasks, _PAGE)):
        lines = table_lines(_COLUMNS, [_row(task) for task in page], terminal_width())
        for line in lines if is_empty else lines[1:]:
            emit(line)
        is_empty = False
        for task in page:
            per_state[task.state] = per_state.get(task.state, 0) + 1
    if is_empty:
        emit("no tasks in that state")
    cut = [state.replace("_", " ") for state, number in per_state.items() if number == limit]
    if cut:
        tell(f"the first {limit} {' and '.join(cut)} are shown; --limit 0 shows all")


def _all_in(client: RedisClient, job_id: JobId, state: TaskStatus) -> Iterator[TaskView]:
    offset = 0
    while page := client.tasks(job_id, state, offset=offset, limit=_PAGE):
        yield from page
        offset += len(page)
        if len(page) < _PAGE:
            return


def _row(task: TaskView) -> tuple[str, ...]:
    return (
        task.task_id,
        task.state.replace("_", " "),
        task.path,
        _range(task),
        str(task.attempt) if task.attempt else "",
        task.worker.partition("/")[0],  # without the boot id
        _trouble(task),
    )


def _range(task: TaskView) -> str:
    if task.task_id.startswith(TaskKind.BATCH):
        return figures.files(task.end)
    whole = f"{figures.count(task.begin)}-{figures.count(task.end)}"
    if task.state is TaskStatus.IN_PROGRESS:
        return f"{figures.count(task.position)} of {whole}"
    return whole


def _trouble(task: TaskView) -> str:
    if task.next_try_seconds is not None:
        return f"again in {figures.duration(task.next_try_seconds)}: {task.error}"
    return task.error
