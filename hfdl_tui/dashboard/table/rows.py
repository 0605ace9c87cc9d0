"""The table of the dashboard with its keys, its mouse and what it tells its page."""

import math
import time
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.binding import BindingType
from textual.message import Message
from typing_extensions import override

from hfdl_tui.dashboard.table import rows_keys
from hfdl_tui.dashboard.table.rows_view import HEADER_HEIGHT, RowsView
from hfdl_tui.dashboard.view.drawing.table import Cell, Column, ListSource, Row, RowSource

__all__ = ["Cell", "Column", "ListSource", "Row", "RowSource", "Rows"]

_SIDEWAYS: Final = 8  # columns of the terminal
_DOUBLE: Final = 2


@dataclass
class _Told(Message):
    """Something about one table; `on(…, "#id")` finds it by the table."""

    rows: "Rows"

    @property
    @override
    def control(self) -> "Rows":
        return self.rows


class Rows(RowsView):
    """The user's cursor: keys not needed here go on to the page."""

    BINDINGS: ClassVar[list[BindingType]] = rows_keys.BINDINGS
    cursor_moved_at: float = -math.inf  # the user's last movement, in monotonic seconds

    @dataclass
    class Highlighted(_Told):
        """The cursor is on another row than before; the key is None when no row is left."""

        key: str | None

    @dataclass
    class Chosen(_Told):
        """Enter, or a double click, on this row."""

        key: str

    @dataclass
    class MarksChanged(_Told):
        """By a key, the mouse or the page; not because a marked row went away."""

    @dataclass
    class SortWanted(_Told):
        """The page shall order its rows by this column, and set `sort_key` and `sort_reverse`."""

        column: str
        reverse: bool

    def moves_sideways(self) -> bool:
        """Whether left and right mean something here; otherwise the keys go on to the page."""
        return self.max_scroll_x > 0

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "mark" | "mark_all" | "unmark_all":
                return self._markable
            case "left" | "right":
                return self.moves_sideways()
            case "choose":
                return self.cursor_key is not None
            case _:
                return super().check_action(action, parameters)

    def action_cursor_up(self) -> None:
        self._step(-1)

    def action_cursor_down(self) -> None:
        self._step(1)

    def action_cursor_page_up(self) -> None:
        self._step(-max(1, self._page_rows - 1))

    def action_cursor_page_down(self) -> None:
        self._step(max(1, self._page_rows - 1))

    def action_cursor_top(self) -> None:
        self._step(-len(self._cursor.source))

    def action_cursor_bottom(self) -> None:
        self._step(len(self._cursor.source))

    def action_left(self) -> None:
        self.scroll_to(x=self.scroll_x - _SIDEWAYS, animate=False)

    def action_right(self) -> None:
        self.scroll_to(x=self.scroll_x + _SIDEWAYS, animate=False)

    def action_choose(self) -> None:
        if self.cursor_key is not None:
            self.post_message(self.Chosen(self, self.cursor_key))

    def action_mark(self) -> None:
        if self.cursor_key is not None:
            self._mark(self._marks ^ {self.cursor_key})
            self._step(1)

    def action_mark_all(self) -> None:
        source = self._cursor.source
        self.mark_all(source.key_at(index) for index in range(len(source)))

    def action_unmark_all(self) -> None:
        self.clear_marks()

    def action_sort_before(self) -> None:
        self._sort_beside(-1)

    def action_sort_after(self) -> None:
        self._sort_beside(1)

    def action_sort_invert(self) -> None:
        if self.sort_key is not None:
            self._want_sort(self.sort_key, not self.sort_reverse)

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        event.stop()
        x, index = at.x + self.scroll_offset.x, self._index_at(at.y)
        if at.y < HEADER_HEIGHT:
            self._sort_by_header(x)
        elif index is not None:
            self._move_by_user(index)
            if self._markable and x < self._painter.left:
                self._mark(self._marks ^ {self._cursor.source.key_at(index)})
            elif event.chain == _DOUBLE:
                self.action_choose()

    def _step(self, rows: int) -> None:
        if self._cursor.index is not None:
            self._move_by_user(self._cursor.index + rows)

    def _move_by_user(self, index: int) -> None:
        self.cursor_moved_at = time.monotonic()
        self._go(index)

    def _sort_by_header(self, x: int) -> None:
        column = self._painter.column_at(x)
        if column is not None and column.sortable:
            is_same = column.key == self.sort_key
            self._want_sort(column.key, not self.sort_reverse if is_same else False)

    def _sort_beside(self, step: int) -> None:
        keys = [at.column.key for at in self._painter.placed if at.column.sortable]
        if self.sort_key in keys:
            index = keys.index(self.sort_key) + step
            if 0 <= index < len(keys):
                self._want_sort(keys[index], self.sort_reverse)
        elif keys:
            self._want_sort(keys[0], self.sort_reverse)

    def _want_sort(self, column: str, reverse: bool) -> None:
        self.post_message(self.SortWanted(self, column, reverse))

    @override
    def _tell_cursor(self) -> None:
        self.post_message(self.Highlighted(self, self.cursor_key))

    @override
    def _tell_marks(self) -> None:
        self.post_message(self.MarksChanged(self))
