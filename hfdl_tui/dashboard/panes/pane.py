"""A part of a page below a line with its title; the line shows where the keys go."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from typing_extensions import override

from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.ruled import ruled
from hfdl_tui.dashboard.view.drawing.spans import Span


class Pane(Vertical):
    """Takes the room that its page gives to it."""

    DEFAULT_CSS = """
    Pane { height: 1fr; width: 1fr; }
    Pane > .title { height: 1; color: $text-muted; }
    Pane:focus-within > .title { color: $accent; text-style: bold; }
    """

    def __init__(self, content: Widget, glyphs: Glyphs, pane_id: str) -> None:
        super().__init__(id=pane_id)
        self._content = content
        self._glyphs = glyphs
        self._title = Lines(ascii_only=glyphs.is_ascii, classes="title")

    @override
    def compose(self) -> ComposeResult:
        yield self._title
        yield self._content

    def show_title(self, title: str, width: int, right: Sequence[Sequence[Span]] = ()) -> None:
        self._title.show([ruled(title, width, self._glyphs, right)])

    def take_room(self, *, lines: int | None, width: int | None = None) -> None:
        """So many lines without the title, all that is left for None, or none at all for 0."""
        if self.display != (lines != 0):
            self.display = lines != 0
        self._set("height", "1fr" if lines is None else lines + 1)
        self._set("width", "1fr" if width is None else width)

    def _set(self, side: str, wanted: str | int) -> None:
        """A layout is dear: only when something changes."""
        given = getattr(self, f"_given_{side}", None)
        if given != wanted:
            setattr(self, f"_given_{side}", wanted)
            setattr(self.styles, side, wanted)
