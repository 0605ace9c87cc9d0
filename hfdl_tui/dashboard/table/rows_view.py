"""What a table shows: it asks for no more rows than fit, and its cursor and marks follow keys.

Textual's own table draws every visible cell anew for one that changed; this one draws lines, and
only those that changed.
"""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from rich.style import Style
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style as ThemedStyle
from typing_extensions import override

from hfdl_tui.dashboard.table.rows_paint import Cursor, Look, Painter, Styles
from hfdl_tui.dashboard.table.rows_styles import STYLES
from hfdl_tui.dashboard.view.drawing.cursor import RowCursor
from hfdl_tui.dashboard.view.drawing.glyphs import UNICODE, Glyphs
from hfdl_tui.dashboard.view.drawing.sentence import centred
from hfdl_tui.dashboard.view.drawing.table import Column, ListSource, Row, RowSource

HEADER_HEIGHT: Final = 1


class RowsView(ScrollView, can_focus=True, inherit_bindings=False):
    """Columns have fixed widths; cursor and marks belong to keys; no key or mouse moves it yet."""

    ALLOW_SELECT: ClassVar[bool] = False  # a drag is no selection: the mouse moves the cursor
    # No component classes: Textual would match each anew for every change of any style.
    DEFAULT_CSS = """
    RowsView {
        height: 1fr; color: $rows-text; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
    }
    """

    stale: reactive[bool] = reactive(default=False)  # what is shown is old: everything is dimmed
    sort_key: reactive[str | None] = reactive(default=None)
    sort_reverse: reactive[bool] = reactive(default=False)

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        empty: str = "",
        markable: bool = False,
        glyphs: Glyphs = UNICODE,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._empty = empty
        self._markable: Final = markable
        self._glyphs = glyphs
        self._cursor: Final = RowCursor()
        self._was_placed = False  # somebody put the cursor where it is
        self._marks: frozenset[str] = frozenset()
        self._drawn: dict[int, Look | None] = {}  # by line of the widget
        self._page_rows = 0
        self._ground = Style.null()
        self._styles: dict[str, Style] = {}  # on this ground
        self._painter = self._new_painter()

    @abstractmethod
    def _tell_cursor(self) -> None:
        """The cursor is on another key than before."""

    @abstractmethod
    def _tell_marks(self) -> None:
        """Other rows are marked than before."""

    @property
    def cursor_key(self) -> str | None:
        return self._cursor.key

    @property
    def marks(self) -> frozenset[str]:
        """Only of rows that are there: nobody orders what they cannot see.

        A mark outlives the absence of its row, such as behind a filter.
        """
        index_of = self._cursor.source.index_of
        return frozenset(key for key in self._marks if index_of(key) is not None)

    def show(self, source: RowSource | Sequence[Row]) -> None:
        """Put these rows in the place of those before; cursor and marks keep to their keys.

        A cursor that can be seen stays on its line of the screen as far as there are rows for it.
        One that nobody has moved yet lets the table stand still instead.
        """
        key, was_visible = self._cursor.key, self._is_cursor_visible()
        shift = self._cursor.follow(ListSource(source) if isinstance(source, Sequence) else source)
        self._size_up()
        if was_visible:
            if self._was_placed:
                self._scroll_to_row(self.scroll_offset.y + shift)
            self._reveal_cursor()
        self._refresh_what_changed()
        if key != self._cursor.key:
            self._tell_cursor()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Rows shown must have cells for them: call `show` before the next frame."""
        self._columns = tuple(columns)
        self._begin_anew()

    def set_glyphs(self, glyphs: Glyphs) -> None:
        self._glyphs = glyphs
        self._begin_anew()

    def set_empty(self, text: str) -> None:
        """The sentence that stands there when there are no rows."""
        if text != self._empty:
            self._empty = text
            self.refresh()

    def move_to(self, key: str) -> None:
        """Put the cursor on this row and show it; nothing when there is no such row."""
        index = self._cursor.source.index_of(key)
        if index is not None:
            self._go(index)

    def clear_marks(self) -> None:
        self._mark(frozenset())

    def mark_all(self, keys: Iterable[str]) -> None:
        """Mark these too."""
        self._mark(self._marks.union(keys))

    def _mark(self, marks: frozenset[str]) -> None:
        if marks != self._marks:
            self._marks = marks
            self._refresh_what_changed()
            self._tell_marks()

    def _go(self, index: int) -> None:
        key = self._cursor.key
        self._was_placed = True
        self._cursor.go(index)
        self._reveal_cursor()
        self._refresh_what_changed()
        if key != self._cursor.key:
            self._tell_cursor()

    # Where things are. The header's line stays while the rows below it scroll.

    def _index_at(self, y: int) -> int | None:
        index = y - HEADER_HEIGHT + self.scroll_offset.y
        return index if y >= HEADER_HEIGHT and index < len(self._cursor.source) else None

    def _is_cursor_visible(self) -> bool:
        if self._cursor.index is None:
            return True
        return 0 <= self._cursor.index - self.scroll_offset.y < self._page_rows

    def _reveal_cursor(self) -> None:
        index, top = self._cursor.index, self.scroll_offset.y
        if index is None or self._page_rows <= 0:
            return
        if index < top:
            self._scroll_to_row(index)
        elif index >= top + self._page_rows:
            self._scroll_to_row(index - self._page_rows + 1)

    def _scroll_to_row(self, index: int) -> None:
        # By force: until the next layout Textual does not know that there is something to scroll.
        self.scroll_to(y=max(0, min(index, self.max_scroll_y)), animate=False, force=True)

    def _size_up(self) -> None:
        rows = len(self._cursor.source)
        self.virtual_size = Size(self._painter.least_width if rows else 0, rows + HEADER_HEIGHT)

    def on_resize(self) -> None:
        self._room_changed()

    def watch_show_horizontal_scrollbar(self) -> None:
        self._room_changed()

    def _room_changed(self) -> None:
        """Keep the cursor in sight if it was."""
        was_visible = self._is_cursor_visible() or not self._page_rows
        self._page_rows = max(0, self.scrollable_content_region.height - HEADER_HEIGHT)
        if was_visible:
            self._reveal_cursor()

    # Drawing.

    def _new_painter(self) -> Painter:
        styles = Styles(self._style, self._overlay)
        return Painter(self._columns, self._glyphs, styles, markable=self._markable)

    def _overlay(self, name: str) -> Style:
        return ThemedStyle.parse(STYLES[name]).rich_style  # one object, until the theme changes

    def _style(self, name: str) -> Style:
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = self._ground + self._overlay(name)
        return style

    @override
    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    @override
    def render_lines(self, crop: Region) -> list[Strip]:
        # Textual lays its ground only where a widget draws nothing, and to ask for it costs time.
        ground = self.rich_style
        if ground != self._ground:
            self._ground = ground
            self._styles.clear()
        return super().render_lines(crop)

    def _begin_anew(self) -> None:
        self._painter = self._new_painter()
        self._size_up()
        self.refresh()

    def on_focus(self) -> None:
        self._refresh_what_changed()

    def on_blur(self) -> None:
        self._refresh_what_changed()

    def _look_at(self, index: int | None) -> Look | None:
        if index is None:
            return None
        row = self._cursor.source.row_at(index)
        cursor = Cursor.ELSEWHERE
        if index == self._cursor.index:
            cursor = Cursor.FOCUSED if self.has_focus else Cursor.RESTING
        return Look(row, cursor, row.key in self._marks)

    def _refresh_what_changed(self) -> None:
        if not len(self._cursor.source) or not self._drawn:
            self._drawn.clear()
            self.refresh()
            return
        width, height = self.size
        changed = [
            Region(0, y, width, 1)
            for y in range(HEADER_HEIGHT, height)
            if self._drawn.get(y) != self._look_at(self._index_at(y))
        ]
        if changed:
            self.refresh(*changed)

    @override
    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        self._painter.lay_out(width)
        left = self.scroll_offset.x
        return self._line(y, width).crop(left, left + width)

    def _line(self, y: int, width: int) -> Strip:
        if y < HEADER_HEIGHT:
            return self._painter.header(self.sort_key, self.sort_reverse)
        if not len(self._cursor.source):
            height = self.scrollable_content_region.height - HEADER_HEIGHT
            lines = dict(enumerate(centred(self._empty, width, height), HEADER_HEIGHT))
            return self._painter.note(lines.get(y, ""), width)
        look = self._drawn[y] = self._look_at(self._index_at(y))
        if look is None:
            return Strip.blank(width, self._ground)
        return self._painter.row(look, is_stale=self.stale)
