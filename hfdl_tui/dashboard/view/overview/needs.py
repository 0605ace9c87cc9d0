"""One thing that needs attention: what it is, what helps, and where to look."""

from dataclasses import dataclass
from enum import Enum, auto

from hfdl_tui.dashboard.view.drawing.table import Cell
from hfdl_tui.operations.orders import Order


class Place(Enum):
    """Where enter leads."""

    FAILED = auto()  # tasks
    RETRYING = auto()  # tasks
    WORKERS = auto()
    DETAIL = auto()  # all of its text


@dataclass(frozen=True, slots=True)
class Need:
    """`order` is what r does about it."""

    key: str  # of its row; stays while the need does
    sign: Cell
    text: str
    helps: str = ""  # which key, in few words
    place: Place = Place.DETAIL
    order: Order | None = None
    more: str = ""  # what else there is to say, in the detail
