"""The top of every page: banner, headline and tabs."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Click
from textual.message import Message
from typing_extensions import override

from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.view.banner import banner
from hfdl_tui.dashboard.view.drawing.spans import Spans, plain, width_of
from hfdl_tui.dashboard.view.headline import (
    WIDE,
    counts_line,
    job_line,
    limits_line,
    progress_line,
)
from hfdl_tui.dashboard.view.tabs import Tab, tabs_line
from hfdl_tui.wording import figures

_TALL: Final = 30  # rows of a screen that has room for the counts


class Tabs(Lines):
    """The pages by number; a click goes there."""

    class Wanted(Message):
        def __init__(self, page: str) -> None:
            super().__init__()
            self.page = page

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__(ascii_only=ascii_only, id="tabs")
        self._tabs: Sequence[Tab] = ()

    def show_tabs(self, tabs: Sequence[Tab], current: str, width: int) -> None:
        self._tabs = tabs
        self.show([tabs_line(tabs, current, width)])

    def on_click(self, event: Click) -> None:
        column = 0
        for tab, (text, _) in zip(self._tabs, self._shown[0][1:], strict=False):
            column_after = column + len(text)
            if column <= event.x - 1 < column_after:
                self.post_message(self.Wanted(tab.page))
            column = column_after


class Head(Vertical):
    """Banner, headline and tabs; `show` paints what the desk knows."""

    DEFAULT_CSS = "Head { height: auto; }"

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="head")
        self._desk = desk
        ascii_only = desk.glyphs.is_ascii
        self._banner = Lines(ascii_only=ascii_only, id="banner")
        self._headline = Lines(ascii_only=ascii_only, id="headline")
        self._tabs = Tabs(ascii_only=ascii_only)

    @override
    def compose(self) -> ComposeResult:
        yield self._headline
        yield self._banner
        yield self._tabs

    def show(self, tabs: Sequence[Tab], current: str) -> None:
        desk, size = self._desk, self.app.size
        width = size.width
        store, link, glyphs = desk.store, desk.link, desk.glyphs
        wrong = banner(
            link,
            desk.source.address,
            store.data_age(),
            desk.clock(),
            glyphs,
            width,
            has_data=store.view is not None,
        )
        self._banner.display = bool(wrong)  # without words it would be an empty line
        self._banner.show(wrong)
        lines = [
            job_line(
                store,
                link,
                glyphs,
                width,
                interval_seconds=desk.interval_seconds,
                remarks=self._remarks(),
            ),
            progress_line(store, link, glyphs, width),
        ]
        if width >= WIDE:
            lines.append(limits_line(store, link, width))
            if size.height >= _TALL:
                counts = counts_line(store, glyphs, width)
                lines.append(counts if link.is_up else [(plain(counts), "dim")])
        self._headline.show([line for line in lines if width_of(line)])
        self._tabs.show_tabs(tabs, current, width)

    def _remarks(self) -> Spans:
        """What must not be forgotten while it is so."""
        desk = self._desk
        remarks: Spans = []
        if desk.frozen_since is not None:
            remarks.append(
                (f"FROZEN {figures.duration(desk.clock() - desk.frozen_since)} ", "warn")
            )
        if desk.read_only:
            remarks.append(("READ-ONLY ", "accent"))
        server = desk.store.view.server if desk.store.view else None
        if server is not None and not server.aof_enabled:
            remarks.append((f"{desk.glyphs.warn} AOF off", "warn"))
        return remarks
