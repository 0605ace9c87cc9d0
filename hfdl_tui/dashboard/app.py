"""The dashboard: five pages over one store, fed from one thread, ordering on another."""

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.events import AppBlur, AppFocus, Key
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.widgets import Input
from typing_extensions import override

from hfdl_core.monitor import FleetView, Focus
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.errands import ErrandBroken, ErrandEnded, Errands
from hfdl_tui.dashboard.feed import Feed, FeedBroken, Looked, LookFailed
from hfdl_tui.dashboard.head import Tabs
from hfdl_tui.dashboard.herald import Herald
from hfdl_tui.dashboard.keys import where_known
from hfdl_tui.dashboard.page import Page
from hfdl_tui.dashboard.pages import PAGES
from hfdl_tui.dashboard.palette import KeyCommands, Palette
from hfdl_tui.dashboard.preferences import Preferences
from hfdl_tui.dashboard.source import Source
from hfdl_tui.dashboard.table.plain_scrollbar import PlainScrollBar
from hfdl_tui.dashboard.terminal import push_title
from hfdl_tui.dashboard.themes import ThemedApp
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.files.browser import Browser
from hfdl_tui.dashboard.view.headline import short_id
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording.printable import printable

_HEAD_SECONDS: Final = 0.5  # ages go on between two looks
_HELD_BACK_SECONDS: Final = 0.02  # in which a page that was there before is drawn whole
_ENDING: Final = {signal.SIGTERM: 143, signal.SIGHUP: 129}


class HfdlApp(ThemedApp[int]):
    """Never ends by itself: what Redis or the Hub do is shown, not obeyed."""

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "hfdl"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {KeyCommands}  # noqa: RUF012 - Textual's own form
    BINDINGS: ClassVar[list[BindingType]] = [
        # Also where text is typed or a dialog asks: there Textual would copy, or tell of ctrl+q.
        Binding("ctrl+c", "quit", "leave", show=False, priority=True)
    ]
    DEFAULT_MODE = "overview"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {}

    def __init__(
        self,
        source: Source,
        browser: Browser,
        *,
        job: str | None = None,
        read_only: bool = False,
        glyphs: Glyphs | None = None,
        preferences: Preferences | None = None,
    ) -> None:
        """`job` is a prefix of the id of the job to open on."""
        super().__init__()
        self.preferences = preferences or Preferences()
        self.desk = Desk(
            store=Store(),
            source=source,
            browser=browser,
            orders=Errands("orders", self.post_message),
            hub=Errands("hub", self.post_message),
            glyphs=glyphs or Glyphs.of(ascii=False),
            flash=self.flash,
            look_now=self.look_now,
            leave=self.leave,
            keymap=self.preferences.keys,
            read_only=read_only,
            interval_seconds=self.preferences.interval,
        )
        self.last_words = ""  # for the shell, after the screen is gone
        self._is_leaving = False
        self._wanted_job = job
        self._feed = Feed(source, self._focus, self.post_message, self.preferences.interval)
        self._focus_now = Focus()
        self._herald = Herald(self, self.preferences)
        for name, page in PAGES.items():
            self.add_mode(name, partial(page, self.desk))
        # Textual keeps it for all apps of a process: the one before may have wanted the other.
        ScrollBar.renderer = PlainScrollBar if self.desk.glyphs.is_ascii else ScrollBarRender
        self.theme = self.preferences.theme
        self.set_keymap(dict(self.preferences.keys))

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        for number, code in _ENDING.items():
            loop.add_signal_handler(number, self.exit, code, code)
        push_title(self)
        self.set_interval(_HEAD_SECONDS, self._tick)
        self._feed.start()

    def on_unmount(self) -> None:
        self._feed.stop()
        for errands in (self.desk.orders, self.desk.hub):
            errands.end()

    @property
    def page(self) -> Page | None:
        """The page that is up, whatever dialog stands above it."""
        below = self.screen_stack[0] if self.screen_stack else None
        return below if isinstance(below, Page) else None

    def flash(self, text: str, *, is_bad: bool = False) -> None:
        """One line at the bottom of the page for some seconds."""
        if self.page is not None:
            self.page.tell(printable(text), is_bad=is_bad)

    @override
    def action_command_palette(self) -> None:
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    @override
    async def action_quit(self) -> None:
        """Textual's own key for it, which no page can take away."""
        self.leave()

    def look_now(self) -> None:
        """At what the page wants to know now."""
        if self.page is not None:
            self._focus_now = self.page.focus_wanted()
        self._feed.look_now()

    def leave(self) -> None:
        """What runs goes on, and how to look again is said on the way out."""
        job = self.desk.store.job
        if job is not None and not job.status.is_finished:
            short = short_id(self.desk.store, job.job_id)
            self.last_words = f"job {short} goes on; `hfdl --job {short}` to look again"
        self.exit(0)

    @override
    def delay_update(self, delay: float = _HELD_BACK_SECONDS) -> None:
        """Textual shows nothing for 50 ms after a change of page; a key is answered sooner."""
        super().delay_update(min(delay, _HELD_BACK_SECONDS))

    @override
    def _end_batch(self) -> None:
        """Textual goes on with the screen on top alone; the page below may wait for its layout."""
        super()._end_batch()
        if not self._batch_count:
            for screen in self._background_screens:
                screen.check_idle()

    @override
    def exit(self, *given: Any, **named: Any) -> None:
        """From now on nothing that still arrives changes the screens, which are being closed."""
        self._is_leaving = True
        super().exit(*given, **named)

    # --- what comes from the feed ---------------------------------------------------------------

    def on_looked(self, message: Looked) -> None:
        if self._is_leaving:
            return
        desk = self.desk
        is_first = desk.store.view is None
        back_after = 0.0 if desk.link.is_up else desk.store.data_age()
        was_lost = desk.link.attempt > 0
        desk.link = desk.link.looked(desk.clock())
        desk.store.apply(message.view)
        desk.settle()
        is_empty = is_first and not message.view.jobs
        if is_empty and self.current_mode == self.DEFAULT_MODE:
            # Nothing to watch yet: what to download is the first question.
            self.switch_mode("files")
        looked_at = desk.store.job_id
        self._choose_job(message.view)
        self._herald.tell(desk.store)
        self._feed.interval_seconds = desk.interval_seconds
        if was_lost:
            self.flash(f"Redis is back after {back_after:.0f} s")
        self._paint()
        if desk.store.job_id != looked_at:
            self.look_now()  # this look could not ask for the files of the job

    def on_look_failed(self, message: LookFailed) -> None:
        desk = self.desk
        desk.link = desk.link.failed(
            message.error, message.attempt, message.wait_seconds, desk.clock()
        )
        self._paint()

    def on_feed_broken(self, message: FeedBroken) -> None:
        raise message.error

    def on_errand_broken(self, message: ErrandBroken) -> None:
        raise message.error

    def on_errand_ended(self, message: ErrandEnded) -> None:
        if self._is_leaving:
            return
        message.tell()
        self._paint()

    # --- what comes from the terminal -----------------------------------------------------------

    def on_tabs_wanted(self, message: Tabs.Wanted) -> None:
        self.switch_mode(message.page)

    def on_app_blur(self, _event: AppBlur) -> None:
        self._feed.is_in_background = True

    def on_app_focus(self, _event: AppFocus) -> None:
        self._feed.is_in_background = False
        self._feed.look_now()

    def on_key(self, event: Key) -> None:
        """A key that does nothing here says why, or where it does something."""
        if isinstance(self.focused, Input) and event.is_printable and event.is_forwarded:
            # On its way before the line got the focus, as where keys come in bursts over a slow
            # network: it is typed, not lost, and least of all an order of the page.
            event.prevent_default()
            self.focused.post_message(Key(event.key, event.character))
            return
        bound = self.screen.active_bindings.get(event.key)
        page = self.page
        if page is None or self.screen is not page:
            return
        if bound is None:
            elsewhere = where_known(event.key, self.desk.keymap)
            if elsewhere:
                self.flash(elsewhere, is_bad=True)
        elif not bound.enabled and bound.node is page:
            reason = page.why_not(bound.binding.action.partition("(")[0])
            if reason:
                self.flash(reason, is_bad=True)

    # ---------------------------------------------------------------------------------------------

    def _focus(self) -> Focus:
        return self._focus_now

    def _tick(self) -> None:
        if self.page is not None:
            self.page.repaint_head()

    def _paint(self) -> None:
        page = self.page
        if page is None:
            return
        self._focus_now = page.focus_wanted()
        if self.desk.frozen_since is None:
            page.repaint()
        else:
            page.repaint_head()

    def _choose_job(self, view: FleetView) -> None:
        """The one asked for, else the newest that is not finished, else the newest."""
        store = self.desk.store
        if self._wanted_job is not None:
            found = [job.job_id for job in view.jobs if job.job_id.startswith(self._wanted_job)]
            if len(found) != 1:
                what = "several jobs begin" if found else "no job begins"
                self.flash(f"{what} with {self._wanted_job!r}; b shows them", is_bad=True)
            self._wanted_job = None
            if len(found) == 1:
                store.choose(found[0])
                return
        # A look that began before a job was chosen need not know it: it may be new.
        is_older = store.job_id is not None and view.focus_job != store.job_id
        if store.job is None and view.jobs and not is_older:
            going = [job.job_id for job in view.jobs if not job.status.is_finished]
            store.choose((going or [view.jobs[0].job_id])[0])
