"""The page `events` (skeleton of the lead: to be written whole)."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from typing_extensions import override

from hfdl_tui.dashboard.keys import bindings_of
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.page import Page


class EventsPage(Page):
    NAME = "events"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of("events"))

    @override
    def body(self) -> ComposeResult:
        yield Lines(ascii_only=self.desk.glyphs.is_ascii, id="skeleton")

    @override
    def show(self) -> None:
        self.query_one("#skeleton", Lines).show([[("to be written", "dim")]])
