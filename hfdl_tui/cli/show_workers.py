"""The fleet as people read it."""

from collections.abc import Sequence

from hfdl_core.models import WorkerState, WorkerView
from hfdl_tui.cli.output import emit
from hfdl_tui.cli.table import Column, Fit, emit_table
from hfdl_tui.wording import figures

_LIMIT = Column("LIMIT", Fit.RIGHT)  # only where somebody has one
_COLUMNS = (
    Column("WORKER"),
    Column("HOST", Fit.SHRINK),
    Column("STATUS"),
    Column("SEEN", Fit.RIGHT),
    Column("SPEED", Fit.RIGHT),
    _LIMIT,
    Column("FILES", Fit.RIGHT),
    Column("SIZE", Fit.RIGHT),
    Column("ERRORS", Fit.RIGHT),
    Column("DOING", Fit.SHRINK),
)
_GONE = frozenset({WorkerState.LEFT, WorkerState.LOST})


def emit_workers(workers: Sequence[WorkerView]) -> None:
    """One worker a line, those that are gone last."""
    if not workers:
        emit("no workers; start one with `hfdl worker`")
        return
    here_first = sorted(workers, key=lambda worker: worker.status in _GONE)
    is_limited = any(worker.limit_bytes_per_second is not None for worker in workers)
    columns = _COLUMNS if is_limited else [each for each in _COLUMNS if each is not _LIMIT]
    emit_table(columns, [_row(worker, is_limited=is_limited) for worker in here_first])


def _row(worker: WorkerView, *, is_limited: bool) -> tuple[str, ...]:
    limit = (figures.rate(worker.limit_bytes_per_second or 0),) if is_limited else ()
    return (
        worker.worker_id,
        worker.host,
        worker.status.replace("_", " "),
        f"{figures.duration(worker.last_heartbeat_seconds_ago)} ago",
        figures.rate(worker.throughput_bytes_per_second),
        *limit,
        figures.count(worker.files_completed),
        figures.size(worker.bytes_completed),
        figures.count(worker.errors),
        _doing(worker),
    )


def _doing(worker: WorkerView) -> str:
    if worker.tasks:
        return ", ".join(task.path for task in worker.tasks)
    return worker.reason or worker.last_error
