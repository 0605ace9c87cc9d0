"""The panes of the overview: how they share the screen, and how each is painted."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Container
from textual.geometry import Size
from typing_extensions import override

from hfdl_core.machine import JobMade
from hfdl_core.models import JobId
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.pane import Pane
from hfdl_tui.dashboard.rows import Rows
from hfdl_tui.dashboard.strips import Strips
from hfdl_tui.dashboard.view.attention_rows import ALL_IS_WELL, NEED_COLUMNS, need_rows
from hfdl_tui.dashboard.view.file_map import Brush, legend
from hfdl_tui.dashboard.view.job_rows import JOB_COLUMNS, NO_JOBS, job_rows
from hfdl_tui.dashboard.view.map_memory import MapMemory
from hfdl_tui.dashboard.view.map_pane import pane_lines, shows_files, title_of
from hfdl_tui.dashboard.view.needs import Need
from hfdl_tui.dashboard.view.overview_room import Room, most_strips, room_of
from hfdl_tui.dashboard.view.spans import Spans, plain
from hfdl_tui.dashboard.view.throughput import (
    throughput_figures,
    throughput_lines,
    throughput_title,
)

_GAP: Final = 1  # column between jobs and what needs attention


class OverviewPanes(Container):
    """Heights follow the screen, and the map's the files it has shown of this job."""

    DEFAULT_CSS = """
    OverviewPanes { layout: vertical; height: 1fr; }
    OverviewPanes #low { layout: vertical; height: 1fr; }
    OverviewPanes #low.-beside { layout: horizontal; }
    OverviewPanes #low.-beside #attention-pane { margin-left: 1; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="overview")
        self._desk = desk
        self._memory = MapMemory()
        self._job_id: JobId | None = None
        self._strips_shown = 0  # at most, of this job
        glyphs = desk.glyphs
        self.strips = Strips(ascii_only=glyphs.is_ascii, id="map")
        self.jobs = Rows(JOB_COLUMNS, empty=NO_JOBS, glyphs=glyphs, id="jobs")
        self.attention = Rows(NEED_COLUMNS, empty=ALL_IS_WELL, glyphs=glyphs, id="attention")
        self._chart = Lines(ascii_only=glyphs.is_ascii, id="chart")
        self._map_pane = Pane(self.strips, glyphs, "map-pane")
        self._chart_pane = Pane(self._chart, glyphs, "chart-pane")
        self._jobs_pane = Pane(self.jobs, glyphs, "jobs-pane")
        self._attention_pane = Pane(self.attention, glyphs, "attention-pane")
        self._low = Container(id="low")

    @override
    def compose(self) -> ComposeResult:
        yield self._map_pane
        yield self._chart_pane
        with self._low:
            yield self._jobs_pane
            yield self._attention_pane

    @property
    def most_strips(self) -> int:
        """For how many files there could be room."""
        if self._is_whole(self._map_pane):
            return max(1, self._map_pane.size.height - 1)
        return most_strips(self.size.height)

    def show(self, needs: Sequence[Need], forgotten: Sequence[JobMade]) -> None:
        """Paint what the desk knows."""
        self._memory.see(self._desk.store, self._desk.clock())
        room = self._share_room()
        self._show_map()
        self._show_chart(room)
        self._show_low(needs, forgotten, room)

    def forget_owners(self) -> None:
        """Nobody looks for a while: what changes hands meanwhile is no news afterwards."""
        self._memory.forget_owners()

    def _share_room(self) -> Room:
        store, size = self._desk.store, self.size
        if store.job_id != self._job_id:
            self._job_id, self._strips_shown = store.job_id, 0
        lines = len(self._map_text(size.width, most_strips(size.height)))
        self._strips_shown = max(self._strips_shown, lines)
        room = room_of(size.width, size.height, self._strips_shown)
        self._map_pane.take_room(lines=room.strips)
        self._chart_pane.take_room(lines=room.chart)
        is_beside = room.jobs_width > 0
        self._low.set_class(is_beside, "-beside")
        self._jobs_pane.take_room(
            lines=None if is_beside else room.jobs_height, width=room.jobs_width or None
        )
        return room

    def _show_map(self) -> None:
        desk, width = self._desk, self._width_of(self._map_pane)
        store, glyphs = desk.store, desk.glyphs
        signs = legend(store.files, glyphs, store.letters) if shows_files(store) else []
        self._map_pane.show_title(title_of(store), width, signs)
        self.strips.show(self._aged(self._map_text(width, self.most_strips)))

    def _show_chart(self, room: Room) -> None:
        if not room.chart:
            return
        desk, width = self._desk, self.size.width
        self._chart_pane.show_title(
            throughput_title(desk.store), width, throughput_figures(desk.store)
        )
        lines = throughput_lines(desk.store, width, room.chart, desk.glyphs)
        self._chart.show(self._aged(lines))

    def _show_low(self, needs: Sequence[Need], forgotten: Sequence[JobMade], room: Room) -> None:
        desk, width = self._desk, self.size.width
        beside = width - room.jobs_width - _GAP if room.jobs_width else width
        self._jobs_pane.show_title("Jobs", self._width_of(self._jobs_pane, room.jobs_width))
        self._attention_pane.show_title(
            "Needs attention", self._width_of(self._attention_pane, beside)
        )
        is_unread = desk.store.view is None
        reading = f"reading {desk.glyphs.ellipsis}"
        self.jobs.set_empty(reading if is_unread else NO_JOBS)
        self.attention.set_empty(reading if is_unread else ALL_IS_WELL)
        self.jobs.stale = self.attention.stale = not is_unread and not desk.link.is_up
        self.jobs.show(job_rows(desk.store, desk.glyphs, forgotten, is_pending=desk.is_pending))
        self.attention.show(need_rows(needs, desk.glyphs, is_pending=desk.is_pending))

    def _map_text(self, width: int, most: int) -> list[Spans]:
        desk = self._desk
        brush = Brush(desk.glyphs, desk.store.letters, self._memory, desk.clock())
        return pane_lines(desk.store, brush, width, most)

    def _aged(self, lines: list[Spans]) -> list[Spans]:
        """Dim when it is old."""
        if self._desk.link.is_up:
            return lines
        return [[(plain(line), "dim")] for line in lines]

    def _is_whole(self, pane: Pane) -> bool:
        return self.screen.maximized is pane

    def _width_of(self, pane: Pane, otherwise: int = 0) -> int:
        whole: Size = self.app.size
        return whole.width if self._is_whole(pane) else otherwise or self.size.width
