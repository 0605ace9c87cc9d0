"""The page of events: the log as it is written, or standing still while somebody reads."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Click
from textual.message import Message
from textual.widgets import Input
from typing_extensions import override

from hfdl_core.errors import OutputRefused, UsageError
from hfdl_core.models import JobId
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.filter_line import FilterLine
from hfdl_tui.dashboard.keys import bindings_of
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.page import Page
from hfdl_tui.dashboard.saving import save_lines, save_screen
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.drawing.spans import copyable
from hfdl_tui.dashboard.view.events.event_book import Entry
from hfdl_tui.dashboard.view.events.event_rows import (
    EventRows,
    columns_for,
    event_line,
    event_whole,
    events_shown,
)
from hfdl_tui.dashboard.view.events.event_words import EMPTY, status_line
from hfdl_tui.dashboard.view.filter_text import TextFilter, nothing_matches, parse_text_filter


class NewsLine(Lines):
    """Says how many came below; a click goes there."""

    class Wanted(Message):
        """Show the newest."""

    def on_click(self, _event: Click) -> None:
        self.post_message(self.Wanted())


class EventsPage(Page):
    """Follows until the cursor leaves the last row, and again once it is back there."""

    NAME = "events"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of("events"))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        ascii_only = desk.glyphs.is_ascii
        self._filter: TextFilter | None = None
        self._wrong = ""  # with what is typed into the filter line
        self._width = -1  # for which the columns are
        self._follows = True
        self._seen = 0  # events that had arrived when it stopped following
        self._made_of: tuple[int, JobId | None, TextFilter | None] = (0, None, None)
        self._shown: list[Entry] = []
        self._source = EventRows((), desk.glyphs)
        self._status = NewsLine(ascii_only=ascii_only, id="events-status")
        self._line = FilterLine("by worker, text or file")
        self._table = Rows(columns_for(0), glyphs=desk.glyphs, id="events")

    @override
    def body(self) -> ComposeResult:
        yield self._line
        yield self._status
        yield self._table

    @override
    def show(self) -> None:
        desk, width = self.desk, self.app.size.width
        if width != self._width:
            self._width = width
            self._table.set_columns(columns_for(width))
        self._table.stale = not desk.link.is_up and desk.store.view is not None
        self._show_rows()

    @override
    def text_to_copy(self) -> str:
        """All of the event under the cursor."""
        event = self._source.event_of(self._table.cursor_key)
        if event is None:
            return super().text_to_copy()
        return copyable(event_whole(event, self.desk.glyphs))

    @override
    def action_save(self) -> None:
        """The screen, and all lines of the log that the filter lets pass."""
        try:
            log = save_lines((event_line(entry.event) for entry in self._shown), "event-log")
            text, picture = save_screen(self.app, self.NAME)
        except OutputRefused as error:
            self.desk.flash(str(error), is_bad=True)
        else:
            self.desk.flash(f"saved the log as {log}, the screen as {text} and {picture}")

    @override
    def action_back(self) -> None:
        if self._line.is_open:
            self._line.close()
            self._table.focus()
        else:
            super().action_back()

    def action_filter(self) -> None:
        self._line.open()

    def action_follow(self) -> None:
        self._follow(wanted=not self._follows)

    def on_news_line_wanted(self) -> None:
        self._follow(wanted=True)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        chosen = self._source.event_of(event.key)
        if chosen is not None:
            lines = event_whole(chosen, self.desk.glyphs)
            self.app.push_screen(Detail("Event", lines, ascii_only=self.desk.glyphs.is_ascii))

    def on_rows_highlighted(self, _event: Rows.Highlighted) -> None:
        is_at_end = self._table.cursor_key == self._source.last_key
        if is_at_end is not self._follows:
            self._follow(wanted=is_at_end)

    def on_input_changed(self, event: Input.Changed) -> None:
        try:
            self._filter, self._wrong = parse_text_filter(event.value), ""
        except UsageError as error:
            self._wrong = str(error)
        self._show_rows()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if not event.value:
            self._line.close()
        self._table.focus()

    def _follow(self, *, wanted: bool) -> None:
        self._follows = wanted
        self._seen = self.desk.store.events.arrived
        self._show_rows()

    def _show_rows(self) -> None:
        store = self.desk.store
        made_of = (store.events.arrived, store.job_id, self._filter)
        if made_of != self._made_of:  # most looks bring nothing new
            self._made_of = made_of
            self._shown = events_shown(store.events, store.job_id, self._filter)
            self._source = EventRows(self._shown, self.desk.glyphs)
        self._table.set_empty(self._empty_words())
        self._table.show(self._source)
        last = self._source.last_key
        if self._follows and last is not None:
            self._table.move_to(last)
        self._show_status()

    def _empty_words(self) -> str:
        if self.desk.store.view is None:
            return f"reading {self.desk.glyphs.ellipsis}"
        return EMPTY if self._filter is None else nothing_matches(self._filter.text)

    def _show_status(self) -> None:
        is_new = (entry.number >= self._seen for entry in self._shown)
        unseen = 0 if self._follows else sum(is_new)
        line = status_line(
            len(self._shown),
            unseen,
            self._wrong,
            self.desk.glyphs,
            self._width,
            follows=self._follows,
        )
        self._status.show([line])
