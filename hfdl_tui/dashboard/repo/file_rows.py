"""A table of files and folders: folders open and close, and each row can be picked."""

from dataclasses import dataclass

from textual import events
from textual.message import Message
from typing_extensions import override

from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.table.rows_view import HEADER_HEIGHT
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.files.file_rows import FILE_COLUMNS, MARK_COLUMN

_PICKS: frozenset[str] = frozenset({"mark", "mark_all", "unmark_all"})


class FileRows(Rows):
    """Its page knows what the rows are and does what is asked; the marks are the page's, too."""

    @dataclass
    class Turned(Message):
        """To the left, or to the right, of this row."""

        key: str
        is_right: bool

    @dataclass
    class Picked(Message):
        """This row: pick it, or do not any more."""

        key: str

    class AllPicked(Message):
        """All that is found, or with all of it picked none."""

    class NonePicked(Message):
        """Forget all picks."""

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(FILE_COLUMNS, glyphs=glyphs, id=id)

    @override
    def allow_focus(self) -> bool:
        """Textual would give the focus of a new page to a table that is hidden."""
        return self.display

    @override
    def moves_sideways(self) -> bool:
        return True

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in _PICKS:
            return self.cursor_key is not None
        return super().check_action(action, parameters)

    @override
    def action_left(self) -> None:
        self._turn(is_right=False)

    @override
    def action_right(self) -> None:
        self._turn(is_right=True)

    @override
    def action_mark(self) -> None:
        if self.cursor_key is not None:
            self.post_message(self.Picked(self.cursor_key))
            self._step(1)

    @override
    def action_mark_all(self) -> None:
        self.post_message(self.AllPicked())

    @override
    def action_unmark_all(self) -> None:
        self.post_message(self.NonePicked())

    @override
    def on_click(self, event: events.Click) -> None:
        """On the mark of a row picks it; elsewhere the mouse does what it does in any table."""
        at = event.get_content_offset(self)
        index = None if at is None else self._index_at(at.y)
        if at is not None and index is not None and at.y >= HEADER_HEIGHT:
            column = self._painter.column_at(at.x + self.scroll_offset.x)
            if column is not None and column.key == MARK_COLUMN:
                event.stop()
                self._move_by_user(index)
                self.post_message(self.Picked(self._cursor.source.key_at(index)))
                return
        super().on_click(event)

    def _turn(self, *, is_right: bool) -> None:
        if self.cursor_key is not None:
            self.post_message(self.Turned(self.cursor_key, is_right))
