"""Where the columns of a table stand at a given width, and how a text fits into one."""

import unicodedata
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from rich.cells import cell_len, set_cell_size

from hfdl_tui.dashboard.view.drawing.table import Column
from hfdl_tui.wording.printable import ELLIPSIS

GAP: Final = 1  # blank columns of the terminal between two of the table
_ZERO_WIDTH: Final = frozenset({"Mn", "Me"})
_MOST_CHARACTERS_A_CELL: Final = 8  # of one column: more combining marks than this are vandalism


class Placed(NamedTuple):
    """A column that is shown."""

    column: Column
    cell: int  # its place in a row
    x: int
    width: int


def least_width(columns: Sequence[Column], left: int) -> int:
    """How wide a table is at least, in columns of the terminal, after `left` of them."""
    return _width([column for column in columns if not column.drop], left)


def place(columns: Sequence[Column], left: int, width: int) -> tuple[Placed, ...]:
    """The columns there is room for, side by side; what is left over goes to the stretching one."""
    kept = list(enumerate(columns))
    while _width([column for _, column in kept], left) > width:
        goes = max(kept, key=lambda item: (item[1].drop, item[0]), default=None)
        if goes is None or not goes[1].drop:
            break
        kept.remove(goes)
    spare = max(0, width - _width([column for _, column in kept], left))
    placed, x = [], left
    for index, column in kept:
        own = column.width + (spare if column.stretch else 0)
        placed.append(Placed(column, index, x, own))
        x += own + GAP
    return tuple(placed)


def fit(text: str, placed: Placed, ellipsis: str = ELLIPSIS) -> str:
    """Exactly the column's width: cut with an ellipsis, or filled with blanks."""
    width = placed.width
    taken = len(text) if text.isascii() else cell_len(text)
    if taken > width:
        text = cut(text, width, placed.column.shorten, ellipsis)
        taken = cell_len(text)
    blanks = " " * (width - taken)
    return blanks + text if placed.column.align == "right" else text + blanks


def cut(text: str, width: int, where: Literal["middle", "end"], ellipsis: str = ELLIPSIS) -> str:
    """A text that is too long, at most `width` wide; an ellipsis stands for what is gone."""
    if width <= 1:
        return ellipsis[:width]
    tail = _tail(text, (width - 1) // 2) if where == "middle" else ""
    return f"{_head(text, width - 1 - cell_len(tail))}{ellipsis}{tail}"


def _head(text: str, width: int) -> str:
    return set_cell_size(text[: width * _MOST_CHARACTERS_A_CELL], width)


def _tail(text: str, width: int) -> str:
    begin = len(text) - width
    while begin < len(text) and (
        cell_len(text[begin:]) > width or unicodedata.category(text[begin]) in _ZERO_WIDTH
    ):
        begin += 1
    return text[begin:]


def _width(columns: Sequence[Column], left: int) -> int:
    return left + sum(column.width for column in columns) + GAP * max(0, len(columns) - 1)
