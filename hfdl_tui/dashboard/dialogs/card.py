"""Shows a repo's README; whatever stands in it, nothing of it is opened or run."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from typing_extensions import override

from hfdl_core.errors import HfdlError
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.dialog import Box, Dialog
from hfdl_tui.dashboard.errands import Errand

_FRAME: Final = 5  # columns: the border, the space beside it, and the scroll bar


class CardView(ScrollView, can_focus=True):
    """Only the lines in sight are drawn."""

    BINDINGS: ClassVar[list[BindingType]] = Box.BINDINGS
    DEFAULT_CSS = "CardView { height: 1fr; background: $surface; scrollbar-size-vertical: 1; }"

    def __init__(self) -> None:
        super().__init__(id="card")
        self._lines: Sequence[Strip] = ()

    def show(self, lines: Sequence[Strip], width: int) -> None:
        self._lines = lines
        self.virtual_size = Size(width, len(lines))
        self.refresh()

    @override
    def render_line(self, y: int) -> Strip:
        width, at = self.scrollable_content_region.width, y + self.scroll_offset.y
        line = self._lines[at] if at < len(self._lines) else Strip.blank(width)
        return line.adjust_cell_length(width).apply_style(self.rich_style)


class Card(Dialog[None]):
    """Scrolls; `y` offers its source for copying."""

    DEFAULT_CSS = """
    Card > Box { width: 92%; max-width: 104; height: 92%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("y", "copy", "copy"),
        ("q", "close", "close"),
    ]
    HINT = "y copies · esc closes"

    def __init__(self, desk: Desk, repo_id: str, markdown: str) -> None:
        super().__init__(f"{repo_id} · README", ascii_only=desk.glyphs.is_ascii)
        self._desk = desk
        self._markdown = markdown
        self._view = CardView()
        self._width = 0  # that it is laid out for

    @override
    def body(self) -> ComposeResult:
        yield self._view

    def on_resize(self) -> None:
        self.call_after_refresh(self._lay_out)

    def action_copy(self) -> None:
        self.app.push_screen(CopyText(self._markdown))

    def _lay_out(self) -> None:
        width = self.query_one(Box).outer_size.width - _FRAME
        if width == self._width or width < 1:
            return
        self._width, is_dark = width, self.app.current_theme.dark

        def done(lines: list[Strip]) -> None:
            if self.is_attached and width == self._width:
                self._view.show(lines, width)

        def failed(error: HfdlError) -> None:
            self._desk.flash(str(error), is_bad=True)

        self._desk.hub.send(
            Errand(lambda: _laid_out(self._markdown, width, is_dark=is_dark), done, failed)
        )


def _laid_out(markdown: str, width: int, *, is_dark: bool) -> list[Strip]:
    # Only a README needs a parser of Markdown: the first frame does not wait for it.
    from hfdl_tui.dashboard.repo.card_text import laid_out

    return laid_out(markdown, width, is_dark=is_dark)
