"""What every page is: the top, a body of its own, the line of keys; and how it is kept fresh."""

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize, ScreenResume
from textual.widget import Widget
from typing_extensions import override

from hfdl_core.monitor import Focus
from hfdl_tui.dashboard.acts_job import JobActs
from hfdl_tui.dashboard.acts_view import ViewActs
from hfdl_tui.dashboard.calm_screen import CalmScreen
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.garbage import SETTLING_SECONDS, keep_what_was_made
from hfdl_tui.dashboard.head import Head
from hfdl_tui.dashboard.key_line import KeyLine
from hfdl_tui.dashboard.keys import BY_ACTION, EVERYWHERE, bindings_of
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.view.tabs import tabs_of

LEAST_WIDTH, LEAST_HEIGHT = 60, 15
ONE_PANE = "there is one pane here: it has all the room"


class Page(JobActs, ViewActs, CalmScreen[None]):
    """A page says what it wants to know (`focus_wanted`) and paints what is known (`show`)."""

    NAME: ClassVar[str] = ""
    HAS_PANES: ClassVar[bool] = False  # then it has an `action_maximise`
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(EVERYWHERE))

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._head = Head(desk)
        self._key_line = KeyLine(desk)
        self._too_small = Lines(ascii_only=desk.glyphs.is_ascii, id="too-small")
        self._is_new = True  # has never come up
        self._is_due = False  # to be painted as soon as its layout is known
        self._covered: Widget | None = None  # what had the focus before the screen was too small

    @override
    def compose(self) -> ComposeResult:
        yield self._head
        yield from self.body()
        yield self._key_line
        yield self._too_small

    def body(self) -> ComposeResult:
        """The page's own widgets."""
        raise NotImplementedError

    def show(self) -> None:
        """Paint what the desk knows; called after every look, and when the page comes up."""
        raise NotImplementedError

    def focus_wanted(self) -> Focus:
        """What the next look should ask Redis for while this page is up."""
        return Focus(job_id=self.desk.store.job_id)

    @override
    def why_not(self, action: str) -> str | None:
        """Why this key does nothing now; None when it does something."""
        key = BY_ACTION.get(action)
        if key is not None and key.writes and (reason := self.desk.why_no_order()):
            return reason
        if action == "maximise" and not self.HAS_PANES:
            return ONE_PANE
        return self.why_no_act(action)

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what does nothing now: pressed all the same, the key says why."""
        return None if self.why_not(action) else True

    async def press(self, action: str) -> None:
        """What its key would do: run it, or say why not."""
        reason = self.why_not(action.partition("(")[0])
        if reason:
            self.desk.flash(reason, is_bad=True)
        else:
            await self.run_action(action)

    @override
    def repaint(self) -> None:
        """The top, the body and the keys, from what is known now."""
        if not self.is_mounted:
            return
        self.repaint_head()
        self.show()
        self.refresh_bindings()
        self._key_line.show_keys()

    def repaint_head(self) -> None:
        """The top alone: its ages go on between two looks."""
        size = self.app.size
        small = size.width < LEAST_WIDTH or size.height < LEAST_HEIGHT
        self._too_small.display = small
        self._hold_focus(is_small=small)
        if small:
            self._too_small.show([[(self._small_words(size.width, size.height), "")]])
            return
        self._head.show(tabs_of(self.desk.store, self.desk.glyphs), self.NAME)

    def on_screen_resume(self, _event: ScreenResume) -> None:
        self._paint_soon()
        if self._is_new and not self.app.is_headless:  # tests are processes of many dashboards
            self._is_new = False
            self.set_timer(SETTLING_SECONDS, keep_what_was_made)

    def on_descendant_focus(self) -> None:
        """Where letters are typed other keys do something."""
        self._key_line.show_keys()

    def on_resize(self, _event: Resize) -> None:
        self._paint_soon()

    def tell(self, text: str, *, is_bad: bool) -> None:
        """One line in place of the keys, for some seconds."""
        self._key_line.tell(text, is_bad=is_bad)

    def _paint_soon(self) -> None:
        """Once for all that is under way: a page comes up by several events in a row."""
        if not self._is_due:
            self._is_due = True
            self.call_after_refresh(self._paint_due)

    async def _paint_due(self) -> None:
        await asyncio.sleep(0)  # the layout took its time: keys come first
        self._is_due = False
        self.repaint()

    def _hold_focus(self, *, is_small: bool) -> None:
        """Keys shall not go to a line or a table that nobody sees."""
        if is_small and self.focused is not None:
            self._covered = self.focused
            self.set_focus(None)
        elif not is_small and self._covered is not None:
            covered, self._covered = self._covered, None
            if covered.is_attached and self.focused is None:
                self.set_focus(covered, from_app_focus=True)  # a line goes on where it was

    def _small_words(self, width: int, height: int) -> str:
        job = self.desk.store.job
        words = f"hfdl needs {LEAST_WIDTH}×{LEAST_HEIGHT}; this is {width}×{height}. "
        if job is not None:
            share = job.bytes_completed / job.bytes_total if job.bytes_total else 0
            words += f"Job {job.job_id[:4]} {share:.0%}".replace("%", " %")
            words += f", {job.files_failed} failed. " if job.files_failed else ". "
        return words + "q quits."
