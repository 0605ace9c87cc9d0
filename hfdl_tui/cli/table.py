"""Aligned tables that survive narrow terminals and, off a terminal, lose nothing."""

import os
import sys
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final, NamedTuple

from hfdl_tui.cli.output import emit
from hfdl_tui.wording.printable import cell_width, printable, shorten

_GAP: Final = "  "
_LEAST_WIDTH: Final = 12


class Fit(Enum):
    """How a column behaves when the terminal is too narrow."""

    LEFT = "left"
    RIGHT = "right"  # figures
    SHRINK = "shrink"  # names: shortened when there is no room


class Column(NamedTuple):
    title: str
    fit: Fit = Fit.LEFT


def emit_table(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Print the rows under their titles; as `title: value` blocks where columns find no room."""
    for line in table_lines(columns, rows, terminal_width()):
        emit(line)


def terminal_width() -> int | None:
    """Columns of the terminal on stdout; None when it is not one."""
    if not sys.stdout.isatty():
        return None
    return os.get_terminal_size(sys.stdout.fileno()).columns or None


def table_lines(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], width: int | None
) -> list[str]:
    """The lines of a table that is at most `width` columns wide, if any width is set."""
    titles = [column.title for column in columns]
    cells = [[printable(cell) for cell in row] for row in rows]
    natural = [
        max(cell_width(line[index]) for line in [titles, *cells]) for index in range(len(columns))
    ]
    widths = natural if width is None else _shrunk(columns, natural, width)
    if widths is None:
        return _blocks(titles, cells, width or 0)
    return [_line(columns, line, widths) for line in [titles, *cells]]


def _shrunk(columns: Sequence[Column], natural: Sequence[int], width: int) -> list[int] | None:
    """The widths that fit, taking from the widest name first; None when they cannot."""
    widths = list(natural)
    flexible = [index for index, column in enumerate(columns) if column.fit is Fit.SHRINK]
    too_much = sum(widths) + len(_GAP) * (len(widths) - 1) - width
    while too_much > 0:
        widest = max(flexible, key=lambda index: widths[index], default=None)
        if widest is None or widths[widest] <= _LEAST_WIDTH:
            return None
        widths[widest] -= 1
        too_much -= 1
    return widths


def _line(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = []
    for column, cell, width in zip(columns, cells, widths, strict=True):
        text = shorten(cell, width)
        room = " " * (width - cell_width(text))
        padded.append(room + text if column.fit is Fit.RIGHT else text + room)
    return _GAP.join(padded).rstrip()


def _blocks(titles: Sequence[str], rows: Iterable[Sequence[str]], width: int) -> list[str]:
    lines: list[str] = []
    for row in rows:
        lines += [
            shorten(f"{title.lower()}: {cell}", width)
            for title, cell in zip(titles, row, strict=True)
            if cell
        ]
        lines.append("")
    return lines[:-1]
