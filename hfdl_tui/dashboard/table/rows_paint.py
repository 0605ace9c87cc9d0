"""How one line of a table is drawn; foreign text ends here."""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from hfdl_tui.dashboard.view.drawing.columns import GAP, Placed, fit, least_width, place
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.table import Cell, Column, Row
from hfdl_tui.wording.printable import bounded, printable

_CURSOR_WIDTH: Final = 1
_MARK_WIDTH: Final = 1


class Cursor(Enum):
    """Whether the cursor is on a row, and how it shows there."""

    ELSEWHERE = ""
    RESTING = "resting"
    FOCUSED = "cursor"


class Styles(NamedTuple):
    """Styles by the names of the tables."""

    of: Callable[[str], Style]
    over: Callable[[str], Style]  # only what lies over the style of a cell


class Look(NamedTuple):
    """All that a row's line depends on, besides the table itself."""

    row: Row
    cursor: Cursor
    is_marked: bool


class Painter:
    """Draws lines for a width; the width is in columns of the terminal."""

    def __init__(
        self, columns: Sequence[Column], glyphs: Glyphs, styles: Styles, *, markable: bool
    ) -> None:
        self._columns: Final = tuple(columns)
        self._glyphs: Final = glyphs
        self._styles: Final = styles
        self.left: Final = _CURSOR_WIDTH + (_MARK_WIDTH + GAP if markable else 0)
        self.least_width: Final = least_width(columns, self.left)
        self.placed: tuple[Placed, ...] = ()
        self.width = 0

    def lay_out(self, width: int) -> None:
        """Give every column its place; quick when the width is the same as before."""
        width = max(width, self.least_width)
        if width != self.width:
            self.width = width
            self.placed = place(self._columns, self.left, width)

    def column_at(self, x: int) -> Column | None:
        """The one whose cell or gap is there."""
        return next(
            (at.column for at in self.placed if at.x <= x < at.x + at.width + GAP),
            None,
        )

    def header(self, sort_key: str | None, sort_reverse: bool) -> Strip:
        style = self._styles.of("header")
        titles = [
            fit(self._title(placed, sort_key, sort_reverse), placed, self._glyphs.ellipsis)
            for placed in self.placed
        ]
        text = " " * self.left + (" " * GAP).join(titles)
        return Strip([Segment(text.ljust(self.width), style)])

    def row(self, look: Look, *, is_stale: bool) -> Strip:
        over = self._styles.over("dim") if is_stale else Style.null()
        if look.cursor is not Cursor.ELSEWHERE:
            over += self._styles.over(look.cursor.value)
        return Strip(self._merged(self._pieces(look, over)), self.width)

    def note(self, line: str, width: int) -> Strip:
        """A line of the sentence that stands for no rows."""
        return Strip([Segment(line.ljust(width), self._styles.of("dim"))])

    def _title(self, placed: Placed, sort_key: str | None, sort_reverse: bool) -> str:
        column = placed.column
        title = printable(column.title)
        if column.key != sort_key:
            return title
        sign = self._glyphs.descending if sort_reverse else self._glyphs.ascending
        if cell_len(title) + len(sign) < placed.width:
            return f"{title} {sign}"
        kept = placed.width - len(sign)
        return (title if cell_len(title) <= kept else set_cell_size(title, kept)) + sign

    def _pieces(self, look: Look, over: Style) -> Iterator[tuple[str, Style]]:
        row, cursor, is_marked = look
        base = self._styles.of(row.style or "text") + over
        yield from self._gutter(cursor, is_marked, base, over)
        x = self.left
        for placed in self.placed:
            text, style = self._cell(row.cells[placed.cell], placed.width)
            yield " " * (placed.x - x), base
            x = placed.x + placed.width
            yield (
                fit(text, placed, self._glyphs.ellipsis),
                self._styles.of(style) + over if style else base,
            )
        yield " " * (self.width - x), base

    def _gutter(
        self, cursor: Cursor, is_marked: bool, base: Style, over: Style
    ) -> Iterator[tuple[str, Style]]:
        yield self._cursor_glyph(cursor), base
        if self.left > _CURSOR_WIDTH:
            mark = self._glyphs.mark if is_marked else " "
            yield mark, self._styles.of("mark") + over if is_marked else base
            yield " " * GAP, base

    def _cursor_glyph(self, cursor: Cursor) -> str:
        match cursor:
            case Cursor.ELSEWHERE:
                return " "
            case Cursor.RESTING:
                return self._glyphs.cursor_blurred
            case Cursor.FOCUSED:
                return self._glyphs.cursor

    @staticmethod
    def _cell(cell: Cell, width: int) -> tuple[str, str]:
        text, style = (cell, "") if isinstance(cell, str) else cell
        return printable(bounded(text, width)), style

    @staticmethod
    def _merged(pieces: Iterator[tuple[str, Style]]) -> Iterator[Segment]:
        """Neighbours of one style are one piece: less to write to the terminal."""
        text, style = "", Style.null()
        for next_text, next_style in pieces:
            if next_style is style:  # one object: rich keeps the sums it made
                text += next_text
                continue
            if text:
                yield Segment(text, style)
            text, style = next_text, next_style
        if text:
            yield Segment(text, style)
