"""The map of the files in progress: a line for each, its strip as wide as there is room."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from hfdl_core.queue import FileInProgress
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.letters import LETTERS, Letters
from hfdl_tui.dashboard.view.drawing.spans import Span, Spans
from hfdl_tui.dashboard.view.overview.map_memory import MapMemory
from hfdl_tui.dashboard.view.overview.strip import (
    ON_DISK,
    VERIFIED,
    WAITING,
    Cell,
    Fetching,
    strip_of,
)
from hfdl_tui.wording import figures
from hfdl_tui.wording.printable import cell_width, printable, shorten

_NAME_WIDTHS: Final = ((140, 42), (100, 34), (76, 22), (0, 16))  # from so many columns on
_SIZE: Final = 8
_PERCENT: Final = 5
_WITH_SIZES: Final = 76
_STYLES: Final = {VERIFIED: "done", ON_DISK: "running", WAITING: "dim"}


@dataclass(frozen=True, slots=True)
class Brush:
    """With what the map is drawn."""

    glyphs: Glyphs
    letters: Letters
    memory: MapMemory
    now: float  # of the memory's clock


def map_lines(files: Sequence[FileInProgress], width: int, brush: Brush) -> list[Spans]:
    """` name  size  61 %  ▓▓▓a··b··` for each of them."""
    return [_line(file, width, brush) for file in files]


def legend(files: Sequence[FileInProgress], glyphs: Glyphs, letters: Letters) -> list[Spans]:
    """What the signs of the strips mean, with the letters that are in use."""
    return [
        [(glyphs.verified, "done"), (" verified", "")],
        [(glyphs.on_disk, "running"), (" on disk", "")],
        [(_letters_in_use(files, letters, glyphs), "accent"), (" in flight", "")],
        [(glyphs.waiting, "dim"), (" waiting", "")],
    ]


def share(file: FileInProgress) -> str:
    """100 % only once it is verified."""
    if file.is_verified:
        return "100 %"
    return f"{min(99, 100 * file.bytes_here // file.size if file.size else 99)} %"


def _line(file: FileInProgress, width: int, brush: Brush) -> Spans:
    room = next(name for least, name in _NAME_WIDTHS if width >= least)
    name = shorten(printable(file.path), room)
    head = f" {name}{' ' * (room - cell_width(name))}"
    if width >= _WITH_SIZES:
        head += f" {figures.size(file.size):>{_SIZE}}"
    style = "" if file.leases or file.is_verified else "dim"
    line: Spans = [(head, style), (f" {share(file):>{_PERCENT}}  ", style)]
    cells = strip_of(file, max(0, width - sum(cell_width(text) for text, _ in line) - 1))
    return [*line, *_drawn(file, cells, brush)]


def _drawn(file: FileInProgress, cells: Sequence[Cell], brush: Brush) -> Spans:
    """Neighbours that look the same are one piece."""
    spans = [_span(file, cell, brush) for cell in cells]
    return [
        ("".join(text for text, _ in same), style)
        for style, same in groupby(spans, key=lambda span: span[1])
    ]


def _span(file: FileInProgress, cell: Cell, brush: Brush) -> Span:
    if isinstance(cell, Fetching):
        worker_id = cell.lease.worker_id
        is_fresh = brush.memory.is_fresh(file, cell.lease, brush.now)
        style = "fresh" if is_fresh else brush.letters.style_of(worker_id)
        return brush.letters.of(worker_id), style
    glyphs = brush.glyphs
    drawn = {VERIFIED: glyphs.verified, ON_DISK: glyphs.on_disk, WAITING: glyphs.waiting}
    return drawn[cell], _STYLES[cell]


def _letters_in_use(files: Sequence[FileInProgress], letters: Letters, glyphs: Glyphs) -> str:
    """The first and the last; `a` when nobody fetches, so that the sign is known beforehand."""
    seen = {letters.of(lease.worker_id) for file in files for lease in file.leases}
    used = sorted(seen.intersection(LETTERS), key=LETTERS.find) or [LETTERS[0]]
    if len(used) == 1:
        return used[0]
    return f"{used[0]}{'-' if glyphs.is_ascii else '–'}{used[-1]}"
