"""What the keys do to the view itself; nothing here changes a job."""

from typing import ClassVar, Final

from textual.screen import Screen
from textual.widgets import Input

from hfdl_core.errors import OutputRefused
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.help import Help
from hfdl_tui.dashboard.preferences import THEME_NAMES
from hfdl_tui.dashboard.saving import save_screen
from hfdl_tui.dashboard.terminal import screen_text

INTERVALS: Final = (0.5, 1.0, 2.0, 5.0, 10.0)


class ViewActs(Screen[None]):
    """Pages override what they do better: `back`, `copy_source`, `filter`."""

    desk: Desk
    NAME: ClassVar[str]

    def repaint(self) -> None:
        """Paint what is known now."""
        raise NotImplementedError

    def why_not(self, action: str) -> str | None:
        """Why this action does nothing now."""
        raise NotImplementedError

    def action_go(self, page: str) -> None:
        self.app.switch_mode(page)

    def action_open_repo(self) -> None:
        """The page of files takes it from there."""
        self.app.switch_mode("files")
        self.app.call_later(self._ask_repo)

    def action_back(self) -> None:
        """Out of an input; pages with more levels override it."""
        if isinstance(self.focused, Input):
            self.screen.focus_next()

    def action_freeze(self) -> None:
        desk = self.desk
        desk.frozen_since = desk.clock() if desk.frozen_since is None else None
        self.repaint()

    def action_faster(self) -> None:
        self._pace(max((each for each in INTERVALS if each < self._interval), default=INTERVALS[0]))

    def action_slower(self) -> None:
        slower = min((each for each in INTERVALS if each > self._interval), default=INTERVALS[-1])
        self._pace(slower)

    def action_copy(self) -> None:
        self.app.push_screen(CopyText(self.text_to_copy()))

    def action_save(self) -> None:
        try:
            text, picture = save_screen(self.app, self.NAME)
        except OutputRefused as error:
            self.desk.flash(str(error), is_bad=True)
        else:
            self.desk.flash(f"saved {text} and {picture.suffix}")

    def action_help(self) -> None:
        self.app.push_screen(Help(self.desk, self.NAME, self.why_not))

    def action_look_now(self) -> None:
        self.desk.look_now()

    def action_switch_theme(self) -> None:
        at = THEME_NAMES.index(self.app.theme) if self.app.theme in THEME_NAMES else -1
        self.app.theme = THEME_NAMES[(at + 1) % len(THEME_NAMES)]
        self.desk.flash(f"theme {self.app.theme}")

    def action_leave(self) -> None:
        self.desk.leave()

    async def action_suspend_process(self) -> None:
        self.app.action_suspend_process()

    async def action_palette(self) -> None:
        await self.run_action("app.command_palette")

    def text_to_copy(self) -> str:
        """The whole screen; pages offer what the cursor is on."""
        return screen_text(self.app)

    @property
    def _interval(self) -> float:
        return self.desk.interval_seconds

    def _pace(self, seconds: float) -> None:
        self.desk.interval_seconds = seconds
        self.desk.flash(f"looks every {seconds:g} s")
        self.repaint()

    def _ask_repo(self) -> None:
        page = self.app.screen
        ask = getattr(page, "ask_repo", None)
        if ask is not None:
            ask()
