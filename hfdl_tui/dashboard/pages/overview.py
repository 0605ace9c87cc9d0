"""The page that is looked at all day: the files in progress, the speed, the jobs, what is wrong."""

from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import ScreenResume, ScreenSuspend
from typing_extensions import override

from hfdl_core.models import TaskStatus
from hfdl_core.monitor import Focus
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.dialogs.limit import ask_limit
from hfdl_tui.dashboard.keys import bindings_of
from hfdl_tui.dashboard.page import Page
from hfdl_tui.dashboard.pages.tasks import TasksPage
from hfdl_tui.dashboard.panes.machine_facts import MachineFacts
from hfdl_tui.dashboard.panes.overview_panes import OverviewPanes
from hfdl_tui.dashboard.panes.strips import Strips
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.drawing.spans import Spans, copyable
from hfdl_tui.dashboard.view.overview.attention import needs_of
from hfdl_tui.dashboard.view.overview.attention_rows import helped_by_r, need_whole, why_no_help
from hfdl_tui.dashboard.view.overview.attention_tasks import FIRST_RETRYING
from hfdl_tui.dashboard.view.overview.job_rows import forgotten_key
from hfdl_tui.dashboard.view.overview.needs import Need, Place

_MOST_FILES: Final = 8
_LISTS: Final = {Place.FAILED: TaskStatus.FAILED, Place.RETRYING: TaskStatus.RETRYING}


class OverviewPage(Page):
    """Enter leads from each row to where more is known."""

    NAME = "overview"
    HAS_PANES = True
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of("overview"))
    AUTO_FOCUS = "#attention"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._panes = OverviewPanes(desk)
        self._facts = MachineFacts(desk)
        self._needs: dict[str, Need] = {}  # by the key of its row

    @override
    def body(self) -> ComposeResult:
        yield self._panes

    def on_mount(self) -> None:
        self._facts.read(self.repaint)

    @override
    def on_screen_resume(self, _event: ScreenResume) -> None:
        if self.desk.store.view is not None:
            self.desk.look_now()  # the looks for another page did not ask for the files

    def on_screen_suspend(self, _event: ScreenSuspend) -> None:
        self._panes.forget_owners()

    @override
    def focus_wanted(self) -> Focus:
        """One strip less than there is room for: a file that is done stays for a while."""
        store = self.desk.store
        snapshot = store.view.snapshots.get(store.job_id) if store.view and store.job_id else None
        return Focus(
            job_id=store.job_id,
            most_files=max(1, min(self._panes.most_strips - 1, _MOST_FILES)),
            tasks=FIRST_RETRYING if snapshot is not None and snapshot.retrying else None,
        )

    @override
    def show(self) -> None:
        if self._facts.has_lost_a_job():
            self._facts.read(self.repaint)
        store, glyphs = self.desk.store, self.desk.glyphs
        needs = needs_of(store, glyphs, self._facts.machine)
        self._needs = {need.key: need for need in needs}
        self._panes.show(needs, self._facts.forgotten())

    @override
    def why_no_act(self, action: str) -> str | None:
        if action == "requeue":
            return why_no_help(self._helped, is_focused=self._panes.attention.has_focus)
        return super().why_no_act(action)

    def action_requeue(self) -> None:
        """Whatever helps against what the cursor is on."""
        need = self._helped
        if need is not None and need.order is not None:
            self.desk.order(need.order, rows=(need.key,))
            self.repaint()

    def action_maximise(self) -> None:
        """The top and the keys stay: they are what one looks at most."""
        self._panes.make_whole(self.focused)
        self.repaint()

    @override
    def action_back(self) -> None:
        if self._panes.is_one_whole:
            self.action_maximise()
        else:
            super().action_back()

    def action_limit(self) -> None:
        ask_limit(self, self.desk, ())

    @override
    def text_to_copy(self) -> str:
        """The command of a lost job, or what needs attention; else the screen."""
        jobs = self._panes.jobs
        forgotten = forgotten_key(jobs.cursor_key or "", self._facts.forgotten())
        if jobs.has_focus and forgotten is not None:
            return forgotten.command
        if self._panes.attention.has_focus and self._need is not None:
            return copyable(need_whole(self._need))
        return super().text_to_copy()

    @on(Strips.Chosen)
    async def _to_running_tasks(self) -> None:
        await self._go_to_tasks(TaskStatus.IN_PROGRESS)

    @on(Rows.Chosen, "#jobs")
    def _look_at_job(self, event: Rows.Chosen) -> None:
        forgotten = forgotten_key(event.key, self._facts.forgotten())
        if forgotten is not None:
            lines: list[Spans] = [
                [(f"Redis does not know the job {forgotten.job_id} any more.", "")],
                [("The same command makes it again; what is on disk is not fetched twice:", "")],
                [],
                [(forgotten.command, "bold")],
            ]
            self._tell(forgotten.repo, lines)
            return
        for job in self.desk.store.view.jobs if self.desk.store.view else ():
            if job.job_id == event.key:
                self.desk.look_at(job.job_id)
                self.desk.look_now()
                self.repaint()

    @on(Rows.Chosen, "#attention")
    async def _look_into(self, event: Rows.Chosen) -> None:
        need = self._needs.get(event.key)
        if need is None:
            return
        if need.place in _LISTS:
            await self._go_to_tasks(_LISTS[need.place])
        elif need.place is Place.WORKERS:
            self.action_go("workers")
        else:
            self._tell("Needs attention", need_whole(need))

    @on(Rows.Highlighted, "#attention")
    def _other_need(self) -> None:
        """Its key may do something now, or nothing any more."""
        self.refresh_bindings()

    @property
    def _need(self) -> Need | None:
        return self._needs.get(self._panes.attention.cursor_key or "")

    @property
    def _helped(self) -> Need | None:
        return helped_by_r(self._needs, self._panes.attention.cursor_key)

    async def _go_to_tasks(self, state: TaskStatus) -> None:
        await self.app.switch_mode("tasks")
        page = self.app.screen
        if isinstance(page, TasksPage):
            page.call_later(page.open_list, state)

    def _tell(self, title: str, lines: list[Spans]) -> None:
        self.app.push_screen(Detail(title, lines, ascii_only=self.desk.glyphs.is_ascii))
