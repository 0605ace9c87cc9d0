"""The panes of the overview: how they share the screen, and how each is painted."""

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget
from typing_extensions import override

from hfdl_core.machine import JobMade
from hfdl_core.models import JobId
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.panes.pane import Pane
from hfdl_tui.dashboard.panes.strips import Strips
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.drawing.spans import Spans, plain
from hfdl_tui.dashboard.view.overview.attention_rows import ALL_IS_WELL, NEED_COLUMNS, need_rows
from hfdl_tui.dashboard.view.overview.file_map import Brush, legend
from hfdl_tui.dashboard.view.overview.job_rows import JOB_COLUMNS, NO_JOBS, job_rows
from hfdl_tui.dashboard.view.overview.map_memory import MapMemory
from hfdl_tui.dashboard.view.overview.map_pane import pane_lines, shows_files, title_of
from hfdl_tui.dashboard.view.overview.needs import Need
from hfdl_tui.dashboard.view.overview.overview_room import Room, most_strips, room_of
from hfdl_tui.dashboard.view.overview.throughput import (
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
        self._followed: JobId | None = None  # on whose row the cursor was put
        self._whole: Pane | None = None  # which has all the room
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
        height = self.size.height
        return max(1, height - 1) if self._whole is self._map_pane else most_strips(height)

    @property
    def is_one_whole(self) -> bool:
        """Whether one pane has all the room."""
        return self._whole is not None

    def make_whole(self, focused: Widget | None) -> None:
        """The pane that has the focus gets all the room, or all get theirs back."""
        here = focused.ancestors_with_self if focused is not None else ()
        pane = next((each for each in here if isinstance(each, Pane)), None)
        self._whole = None if self._whole is not None else pane

    def show(self, needs: Sequence[Need], forgotten: Sequence[JobMade]) -> None:
        """Paint what the desk knows."""
        self._memory.see(self._desk.store, self._desk.clock())
        lines = self._map_text()
        room = self._share_room(len(lines))
        self._show_map(lines)
        self._show_chart(room)
        self._show_low(needs, forgotten, room)

    def forget_owners(self) -> None:
        """Nobody looks for a while: what changes hands meanwhile is no news afterwards."""
        self._memory.forget_owners()

    def _give_all(self, whole: Pane) -> Room:
        for pane in (self._map_pane, self._chart_pane, self._jobs_pane, self._attention_pane):
            pane.take_room(lines=None if pane is whole else 0)
        self._low.display = whole in {self._jobs_pane, self._attention_pane}
        self._low.set_class(False, "-beside")
        return Room(strips=self.size.height - 1, chart=0, jobs_width=0, jobs_height=0)

    def _share_room(self, strips: int) -> Room:
        if self._whole is not None:
            return self._give_all(self._whole)
        store, size = self._desk.store, self.size
        if store.job_id != self._job_id:
            self._job_id, self._strips_shown = store.job_id, 0
        self._strips_shown = max(self._strips_shown, strips)
        room = room_of(size.width, size.height, self._strips_shown)
        self._map_pane.take_room(lines=room.strips)
        self._chart_pane.take_room(lines=room.chart)
        self._low.display = True
        self._attention_pane.take_room(lines=None)
        is_beside = room.jobs_width > 0
        self._low.set_class(is_beside, "-beside")
        self._jobs_pane.take_room(
            lines=None if is_beside else room.jobs_height, width=room.jobs_width or None
        )
        return room

    def _show_map(self, lines: list[Spans]) -> None:
        desk, width = self._desk, self.size.width
        store, glyphs = desk.store, desk.glyphs
        signs = legend(store.files, glyphs, store.letters) if shows_files(store) else []
        self._map_pane.show_title(title_of(store), width, signs)
        self.strips.show(self._aged(lines))

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
        self._jobs_pane.show_title("Jobs", room.jobs_width or width)
        self._attention_pane.show_title("Needs attention", beside)
        is_unread = desk.store.view is None
        reading = f"reading {desk.glyphs.ellipsis}"
        self.jobs.set_empty(reading if is_unread else NO_JOBS)
        self.attention.set_empty(reading if is_unread else ALL_IS_WELL)
        self.jobs.stale = self.attention.stale = not is_unread and not desk.link.is_up
        self.jobs.show(job_rows(desk.store, desk.glyphs, forgotten, is_pending=desk.is_pending))
        if desk.store.job is not None and desk.store.job_id != self._followed:
            self._followed = desk.store.job_id
            self.jobs.move_to(desk.store.job.job_id)
        self.attention.show(need_rows(needs, desk.glyphs, is_pending=desk.is_pending))

    def _map_text(self) -> list[Spans]:
        desk = self._desk
        brush = Brush(desk.glyphs, desk.store.letters, self._memory, desk.clock())
        return pane_lines(desk.store, brush, self.size.width, self.most_strips)

    def _aged(self, lines: list[Spans]) -> list[Spans]:
        """Dim when it is old."""
        if self._desk.link.is_up:
            return lines
        return [[(plain(line), "dim")] for line in lines]
