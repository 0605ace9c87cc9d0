"""The columns of each list of tasks, at a given width of the screen."""

from typing import Final

from hfdl_core.models import TaskStatus
from hfdl_tui.dashboard.view.drawing.table import Column

_STATE: Final = Column("state", "S", 1, sortable=False)
_SIZE: Final = Column("size", "SIZE", 8, "right", drop=3, sortable=False)
_RANGE: Final = Column("range", "RANGE", 16, "right", drop=2, sortable=False)
_PATH_LEAST: Final = 20
# Where an error stands beside it: a common path at the usual width, then a tenth of what is more.
_USUAL_WIDTH, _USUAL_PATH, _MORE = 80, 34, 10
_ERROR_LEAST: Final = 16
_ERROR_SHARE: Final = 4  # a quarter of the screen: AT goes first, NEXT TRY says nearly the same


def columns_of(state: TaskStatus, width: int) -> tuple[Column, ...]:
    """Errors get what is left over; without errors it is the paths that do."""
    match state:
        case TaskStatus.IN_PROGRESS:
            return (
                _STATE,
                _stretched(),
                _RANGE,
                Column("done", "DONE", 5, "right", sortable=False),
                Column("rate", "RATE", 10, "right", drop=3, sortable=False),
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
                _error(max(_ERROR_LEAST, width // _ERROR_SHARE)),
            )
        case TaskStatus.FAILED:
            return (
                _STATE,
                _path(width),
                _SIZE,
                Column("attempt", "TRIES", 5, "right", drop=1, sortable=False),
                Column("worker", "LAST WORKER", 12, drop=2, sortable=False),
                Column("cause", "CAUSE", 16, drop=4, sortable=False),
                _error(_ERROR_LEAST),
            )
        case TaskStatus.PENDING:
            return (_STATE, _stretched(), _RANGE, _SIZE)
        case TaskStatus.COMPLETED:
            return (_STATE, _stretched(), _SIZE)


def _path(width: int) -> Column:
    own = _USUAL_PATH * width // _USUAL_WIDTH
    if width > _USUAL_WIDTH:
        own = _USUAL_PATH + (width - _USUAL_WIDTH) // _MORE
    return Column("task", "TASK", max(_PATH_LEAST, own), shorten="middle", sortable=False)


def _stretched() -> Column:
    return Column("task", "TASK", _PATH_LEAST, stretch=True, shorten="middle", sortable=False)


def _error(least: int) -> Column:
    return Column("error", "ERROR", least, stretch=True, sortable=False)
