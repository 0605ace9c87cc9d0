"""The page of workers: every machine, what it does, and what can be done about it."""

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input
from typing_extensions import override

from hfdl_core.errors import UsageError
from hfdl_core.models import WorkerView
from hfdl_core.monitor import Focus
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.dialogs.limit import ask_limit
from hfdl_tui.dashboard.filter_line import FilterLine
from hfdl_tui.dashboard.keys import bindings_of
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.page import Page
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.drawing.spans import Spans, copyable
from hfdl_tui.dashboard.view.filter_text import TextFilter, nothing_matches, parse_text_filter
from hfdl_tui.dashboard.view.store import key_of
from hfdl_tui.dashboard.view.workers.worker_detail import worker_pane, worker_whole
from hfdl_tui.dashboard.view.workers.worker_order import WorkerOrder
from hfdl_tui.dashboard.view.workers.worker_rows import WorkerFacts, WorkerRows, columns_for
from hfdl_tui.dashboard.view.workers.worker_tasks import KnownFiles
from hfdl_tui.dashboard.view.workers.worker_words import (
    EMPTY,
    filtered,
    status_line,
    to_drain,
    why_no_drain,
)
from hfdl_tui.operations.orders import Drain, Undrain

_HOLD_SECONDS: Final = 3.0  # so long nothing moves under a cursor that has just been moved
_MOST_FILES: Final = 64  # whose sizes tell where in them a worker is
_SHORT, _TALL = 20, 30  # rows of a screen: no pane below the table, one of three lines, a tall one
_BRIEF, _SHARE = 3, 3


class WorkersPage(Page):
    """The table asks for no more rows than fit: five hundred workers cost what fifty do."""

    NAME = "workers"
    HAS_PANES = True
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of("workers"))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        ascii_only = desk.glyphs.is_ascii
        self._ranking = WorkerOrder()
        self._filter: TextFilter | None = None
        self._wrong = ""  # with what is typed into the filter line
        self._width = -1  # for which the columns are
        self._is_alone = False  # the table, without the pane below
        self._facts = self._facts_now()
        self._source = WorkerRows((), self._facts)
        self._status = Lines(ascii_only=ascii_only, id="workers-status")
        self._line = FilterLine("by name, host or state")
        self._table = Rows(columns_for(0), markable=True, glyphs=desk.glyphs, id="workers")
        self._table.sort_key = self._ranking.by
        self._pane = Lines(ascii_only=ascii_only, id="worker-pane")

    @override
    def body(self) -> ComposeResult:
        yield self._line
        yield self._status
        yield self._table
        yield self._pane

    @override
    def focus_wanted(self) -> Focus:
        return Focus(job_id=self.desk.store.job_id, most_files=_MOST_FILES)

    @override
    def show(self) -> None:
        desk, width = self.desk, self.app.size.width
        if width != self._width:
            self._width = width
            self._table.set_columns(columns_for(width))
        self._facts = self._facts_now()
        self._table.stale = not desk.link.is_up and desk.store.view is not None
        hold = desk.clock() - self._table.cursor_moved_at < _HOLD_SECONDS
        self._show_rows(hold=hold)

    @override
    def why_no_act(self, action: str) -> str | None:
        if action == "drain":
            return why_no_drain(self.desk.store, self._aimed_at())
        return super().why_no_act(action)

    @override
    def text_to_copy(self) -> str:
        """All that is known of the worker under the cursor."""
        worker = self._under_cursor()
        if worker is None:
            return super().text_to_copy()
        return copyable(worker_whole(self.desk.store, worker, self.desk.glyphs))

    def action_maximise(self) -> None:
        self._is_alone = not self._is_alone
        self._show_pane()

    @override
    def action_back(self) -> None:
        if self._line.is_open:
            self._line.close()
            self._table.focus()
        elif self._is_alone:
            self.action_maximise()
        else:
            super().action_back()

    def action_filter(self) -> None:
        self._line.open()

    def action_drain(self) -> None:
        """Those that are marked, else the one under the cursor; each is ordered once."""
        ids, shall_drain = to_drain(self.desk.store, self._aimed_at())
        for worker_id in ids:
            order = Drain(worker_id) if shall_drain else Undrain(worker_id)
            self.desk.order(order, rows=self._rows_of([worker_id]))
        self._table.clear_marks()
        self.repaint()

    def action_limit(self) -> None:
        ids = list(dict.fromkeys(worker.worker_id for worker in self._aimed_at()))
        ask_limit(self, self.desk, ids, self._rows_of(ids))

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        worker = self._source.worker_of(event.key)
        if worker is not None:
            lines = worker_whole(self.desk.store, worker, self.desk.glyphs)
            self.app.push_screen(Detail("Worker", lines, ascii_only=self.desk.glyphs.is_ascii))

    def on_rows_highlighted(self, _event: Rows.Highlighted) -> None:
        self._show_pane()
        self._show_keys()

    def on_rows_marks_changed(self, _event: Rows.MarksChanged) -> None:
        self._show_status()
        self._show_keys()

    def on_rows_sort_wanted(self, event: Rows.SortWanted) -> None:
        self._ranking.by, self._ranking.reverse = event.column, event.reverse
        self._table.sort_key, self._table.sort_reverse = event.column, event.reverse
        self._show_rows(hold=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        try:
            self._filter, self._wrong = parse_text_filter(event.value), ""
        except UsageError as error:
            self._wrong = str(error)
        self._show_rows(hold=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if not event.value:
            self._line.close()
        self._table.focus()

    def _facts_now(self) -> WorkerFacts:
        desk = self.desk
        spark = next(each.width for each in columns_for(self._width) if each.key == "minute")
        files = KnownFiles.of(desk.store)
        return WorkerFacts(desk.store, desk.glyphs, spark, desk.is_pending, files)

    def _show_rows(self, *, hold: bool) -> None:
        store = self.desk.store
        workers = self._ranking.of(store, filtered(store, self._filter), hold=hold)
        self._source = WorkerRows(workers, self._facts)
        self._table.set_empty(self._empty_words())
        self._table.show(self._source)
        self._show_status()
        self._show_pane()

    def _empty_words(self) -> str:
        if self.desk.store.view is None:
            return f"reading {self.desk.glyphs.ellipsis}"
        is_hidden = self._filter is not None and self.desk.store.workers
        return nothing_matches(self._filter.text) if self._filter and is_hidden else EMPTY

    def _show_status(self) -> None:
        table, desk = self._table, self.desk
        marked = len(table.marks)
        line = status_line(
            desk.store,
            len(self._source),
            marked,
            self._ranking,
            self._wrong,
            desk.glyphs,
            self._width,
        )
        self._status.show([line] if desk.store.workers else [])

    def _show_pane(self) -> None:
        rows, worker = self.app.size.height, self._under_cursor()
        height = (
            0 if self._is_alone or rows < _SHORT else _BRIEF if rows < _TALL else rows // _SHARE
        )
        self._pane.display = height > 0 and worker is not None
        if worker is not None and height:
            desk = self.desk
            lines = worker_pane(desk.store, worker, desk.glyphs, self._width, height)
            blank: list[Spans] = [
                [] for _ in range(height - len(lines))
            ]  # the table above stands still
            self._pane.show([*lines, *blank])

    def _show_keys(self) -> None:
        """What they do depends on who is aimed at."""
        if self._key_line.is_attached:  # the last message may come while everything is taken down
            self.refresh_bindings()
            self._key_line.show_keys()

    def _under_cursor(self) -> WorkerView | None:
        key = self._table.cursor_key
        return None if key is None else self._source.worker_of(key)

    def _aimed_at(self) -> list[WorkerView]:
        keys = self._table.marks or {self._table.cursor_key}
        found = (self._source.worker_of(key) for key in keys if key is not None)
        return sorted((each for each in found if each), key=lambda each: each.worker_id)

    def _rows_of(self, worker_ids: list[str]) -> tuple[str, ...]:
        workers = self.desk.store.workers
        return tuple(key_of(each) for each in workers if each.worker_id in worker_ids)
