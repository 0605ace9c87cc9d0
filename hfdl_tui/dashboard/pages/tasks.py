"""The page of tasks: one list per state, read page by page, and what can be done about them."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import ScreenResume
from textual.widgets import Input
from typing_extensions import override

from hfdl_core.models import TaskStatus
from hfdl_core.monitor import Focus
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.filter_line import FilterLine
from hfdl_tui.dashboard.keys import bindings_of
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.page import Page
from hfdl_tui.dashboard.panes.task_widgets import TaskRows, TaskTabs
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.drawing.spans import Spans, copyable
from hfdl_tui.dashboard.view.filter_text import nothing_matches
from hfdl_tui.dashboard.view.tasks.task_columns import columns_of
from hfdl_tui.dashboard.view.tasks.task_detail import task_detail
from hfdl_tui.dashboard.view.tasks.task_lists import Counts, TaskLists
from hfdl_tui.dashboard.view.tasks.task_rows import TaskFacts, facts_of, task_row
from hfdl_tui.dashboard.view.tasks.task_tabs import ORDER, beside, counts_of
from hfdl_tui.dashboard.view.tasks.task_words import empty_words, foot, why_no_requeue
from hfdl_tui.operations.orders import Requeue, TryNow

_COUNT_DOWN_SECONDS: Final = 1.0
_MARKABLE: Final = frozenset({TaskStatus.RETRYING, TaskStatus.FAILED})
_TURNS: Final = {"next_page": 1, "previous_page": -1}


class TasksPage(Page):
    """`open_list` is for whoever leads here."""

    NAME = "tasks"
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of("tasks"))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        ascii_only = desk.glyphs.is_ascii
        self._lists = TaskLists()
        self._is_blind = False  # opened before anything was known of the lists
        self._from_end = False  # the page that comes is entered at its last row
        self._width = 0  # for which the columns are
        self._tabs = TaskTabs(ascii_only=ascii_only)
        self._line = FilterLine("this page by path, error, cause or worker")
        self._foot = Lines(ascii_only=ascii_only, id="tasks-foot")
        self._tables = {
            state: TaskRows(
                columns_of(state, 0),
                markable=state in _MARKABLE,
                glyphs=desk.glyphs,
                id=f"tasks-{state}",
            )
            for state in ORDER
        }

    @override
    def body(self) -> ComposeResult:
        yield self._tabs
        yield self._line
        yield from self._tables.values()
        yield self._foot

    def on_mount(self) -> None:
        self.set_interval(_COUNT_DOWN_SECONDS, self._count_down)

    @override
    def on_screen_resume(self, _event: ScreenResume) -> None:
        self._lists.come(self._counts)
        self._bring_up(self._lists.state)
        self._is_blind = self.desk.store.view is None
        self.desk.look_now()

    def open_list(self, state: TaskStatus) -> None:
        """Show this list, and ask for its tasks."""
        self._is_blind = False
        self._bring_up(state)
        self._look()

    @override
    def focus_wanted(self) -> Focus:
        page = self._lists.wanted(self._table.size.height - 1)
        return Focus(job_id=self.desk.store.job_id, tasks=page)

    @override
    def show(self) -> None:
        if self._is_blind and self.desk.store.view is not None:
            self._lists.come(self._counts)
            self.open_list(self._lists.state)
            return
        width = self.size.width
        if width != self._width:
            self._width = width
            for state, table in self._tables.items():
                table.set_columns(columns_of(state, width))
        counts = self._counts
        self._lists.follow(self.desk.store, counts)
        self._tabs.show_tabs(counts, self._lists.state, width)
        self._show_tasks()

    @override
    def why_no_act(self, action: str) -> str | None:
        reason = super().why_no_act(action)
        if reason is not None:
            return reason
        if action in _TURNS:
            return self._lists.why_no_turn(_TURNS[action], self._counts)
        if action == "requeue":
            has_rows = bool(self._table.all_marks or self._table.cursor_key)
            return why_no_requeue(self._lists.state, has_rows=has_rows)
        return None

    @override
    def text_to_copy(self) -> str:
        """All that is known of the task under the cursor."""
        lines = self._detail(self._table.cursor_key)
        return copyable(lines) if lines else super().text_to_copy()

    def action_next_tab(self) -> None:
        self.open_list(beside(self._lists.state, 1))

    def action_previous_tab(self) -> None:
        self.open_list(beside(self._lists.state, -1))

    def action_next_page(self) -> None:
        self._turn(1)

    def action_previous_page(self) -> None:
        self._turn(-1)

    def action_filter(self) -> None:
        self._line.open()

    @override
    def action_back(self) -> None:
        if self._line.is_open:
            self._line.close()
            self._table.focus()
        else:
            super().action_back()

    def action_requeue(self) -> None:
        """Those that are marked, else the one under the cursor; each is ordered once."""
        table, job_id = self._table, self.desk.store.job_id
        wanted = table.all_marks or {key for key in (table.cursor_key,) if key is not None}
        ids = tuple(sorted(key for key in wanted if not self.desk.is_pending(key)))
        if job_id is None or not ids:
            self.desk.flash("that is on its way already")
            return
        is_retry = self._lists.state is TaskStatus.RETRYING
        order = TryNow(job_id, ids) if is_retry else Requeue(job_id, ids)
        self.desk.order(order, rows=ids)
        table.clear_marks()
        self.repaint()

    def on_task_tabs_wanted(self, event: TaskTabs.Wanted) -> None:
        self.open_list(event.state)

    def on_task_rows_page_wanted(self, event: TaskRows.PageWanted) -> None:
        if self._lists.why_no_turn(event.step, self._counts) is None:
            self._from_end = event.step < 0
            self._turn(event.step)

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        lines = self._detail(event.key)
        if lines:
            self.app.push_screen(Detail("Task", lines, ascii_only=self.desk.glyphs.is_ascii))

    def on_rows_marks_changed(self, _event: Rows.MarksChanged) -> None:
        self.repaint()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._lists.type_filter(event.value)
        self._show_tasks()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if not event.value:
            self._line.close()
        self._table.focus()

    @property
    def _table(self) -> TaskRows:
        return self._tables[self._lists.state]

    @property
    def _counts(self) -> Counts:
        return counts_of(self.desk.store)

    def _facts(self) -> TaskFacts:
        desk = self.desk
        return facts_of(desk.store, desk.glyphs, desk.is_pending)

    def _detail(self, key: str | None) -> list[Spans]:
        tasks = self._lists.tasks(self.desk.store) or ()
        task = next((task for task in tasks if task.task_id == key), None)
        return [] if task is None else task_detail(task, self._facts())

    def _bring_up(self, state: TaskStatus) -> None:
        self._lists.state = state
        for each, table in self._tables.items():
            table.display = each is state
        if not self._line.has_focus:
            self._table.focus()

    def _turn(self, step: int) -> None:
        self._lists.turn(step, self._counts)
        self._look()

    def _look(self) -> None:
        self.repaint()
        self.desk.look_now()

    def _count_down(self) -> None:
        is_seen = self.is_current and self._lists.state is TaskStatus.RETRYING
        if is_seen and self.desk.link.is_up and self.desk.frozen_since is None:
            self._show_tasks()

    def _show_tasks(self) -> None:
        lists, table, store = self._lists, self._table, self.desk.store
        read = lists.tasks(store)
        shown = lists.passing(read or ())
        table.stale = not self.desk.link.is_up
        if read and not shown and lists.filter is not None:
            table.set_empty(nothing_matches(lists.filter.text))
        else:
            glyphs = self.desk.glyphs
            table.set_empty(empty_words(store, lists.state, glyphs, is_read=read is not None))
        facts = self._facts()
        table.show([task_row(task, facts) for task in shown])
        if read and self._from_end:
            self._from_end = False
            table.action_cursor_bottom()
        self._show_foot(len(read or ()))

    def _show_foot(self, shown: int) -> None:
        lists, table = self._lists, self._table
        marks = table.all_marks
        pages = lists.paging.words(shown, self._counts.get(lists.state, 0)) if shown else ""
        elsewhere = len(marks - table.marks)
        line = foot(lists.state, pages, len(marks), elsewhere, lists.wrong, self.size.width)
        self._foot.show([line])
