"""The parts of the page of tasks: its tabs, and a table that knows of more pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual.events import Click
from textual.message import Message
from typing_extensions import override

from hfdl_core.models import TaskStatus
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.tasks.task_tabs import tab_at, task_tabs


class TaskTabs(Lines):
    """The lists with their counts; a click opens one."""

    @dataclass
    class Wanted(Message):
        state: TaskStatus

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__(ascii_only=ascii_only, id="task-tabs")
        self._tabs: Spans = []

    def show_tabs(self, counts: Mapping[TaskStatus, int], current: TaskStatus, width: int) -> None:
        self._tabs = task_tabs(counts, current, width)
        self.show([self._tabs])

    def on_click(self, event: Click) -> None:
        state = tab_at(self._tabs, event.x)
        if state is not None:
            self.post_message(self.Wanted(state))


class TaskRows(Rows):
    """One page of a list; a screen down from its end is the next page."""

    @dataclass
    class PageWanted(Message):
        step: int  # 1 or -1

    @override
    def allow_focus(self) -> bool:
        """Textual would give the focus of a new page to a list that is hidden."""
        return self.display

    @property
    def all_marks(self) -> frozenset[str]:
        """Those on other pages of the list, too."""
        return self._marks

    @override
    def action_cursor_page_down(self) -> None:
        if self._cursor.index == len(self._cursor.source) - 1:
            self.post_message(self.PageWanted(1))
        else:
            super().action_cursor_page_down()

    @override
    def action_cursor_page_up(self) -> None:
        if self._cursor.index == 0:
            self.post_message(self.PageWanted(-1))
        else:
            super().action_cursor_page_up()
