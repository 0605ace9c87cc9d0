"""The columns of each list of tasks, at a given width of the screen."""

from typing import Final

from hfdl_core.models import TaskStatus
from hfdl_tui.dashboard.view.table import Column

_STATE: Final = Column("state", "S", 1, sortable=False)
_SIZE: Final = Column("size", "SIZE", 8, "right", drop=3, sortable=False)
_RANGE: Final = Column("range", "RANGE", 16, "right", drop=2, sortable=False)
_PATH_LEAST, _PATH_MOST = 20, 70
_PATH_SHARE: Final = 0.42  # of the width, where an error stands beside it
_ERROR_LEAST: Final = 16


def columns_of(state: TaskStatus, width: int) -> tuple[Column, ...]:
    """Errors get what is left over; without errors it is the paths that do."""
    match state:
        case TaskStatus.IN_PROGRESS:
            return (
                _STATE,
                _stretched(),
                _RANGE,
                Column("done", "DONE", 5, "right", sortable=False),
                Column("rate", "RATE", 9, "right", drop=3, sortable=False),
                Column("letter", "", 1, sortable=False),
                Column("worker", "WORKER", 12, sortable=False),
                Column("attempt", "TRY", 6, drop=1, sortable=False),
            )
        case TaskStatus.RETRYING:
            return (
                _STATE,
                _path(width),
                _SIZE,
                Column("attempt", "ATTEMPT", 7, drop=1, sortable=False),
                Column("next", "NEXT TRY", 8, "right", sortable=False),
                Column("at", "AT", 8, drop=5, sortable=False),
                Column("worker", "LAST WORKER", 12, drop=2, sortable=False),
                _error(),
            )
        case TaskStatus.FAILED:
            return (
                _STATE,
                _path(width),
                _SIZE,
                Column("attempt", "TRIES", 5, "right", drop=1, sortable=False),
                Column("worker", "LAST WORKER", 12, drop=2, sortable=False),
                Column("cause", "CAUSE", 16, drop=4, sortable=False),
                _error(),
            )
        case TaskStatus.PENDING:
            return (_STATE, _stretched(), _RANGE, _SIZE)
        case TaskStatus.COMPLETED:
            return (_STATE, _stretched(), _SIZE)


def _path(width: int) -> Column:
    own = round(_PATH_SHARE * width)
    return Column(
        "task",
        "TASK",
        max(_PATH_LEAST, min(own, _PATH_MOST)),
        shorten="middle",
        sortable=False,
    )


def _stretched() -> Column:
    return Column("task", "TASK", _PATH_LEAST, stretch=True, shorten="middle", sortable=False)


def _error() -> Column:
    return Column("error", "ERROR", _ERROR_LEAST, stretch=True, sortable=False)
