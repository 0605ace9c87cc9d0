"""What Textual would do several times in a row is done once: parsing, matching, painting."""

import asyncio
from functools import partial

from rich.segment import Segment
from textual.app import ComposeResult
from textual.events import Resize
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.dialog import Dialog
from hfdl_tui.dashboard.pages.events import EventsPage
from hfdl_tui.dashboard.preferences import Preferences
from hfdl_tui.dashboard.repo.repo_chooser import RepoInput
from hfdl_tui.dashboard.themes import DARK, LIGHT
from tests.dashboard.every_page import a_whole_source, go_to
from tests.dashboard.fakes import FakeSource
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, screen_text, until, until_shown, until_still


class CountedPage(EventsPage):
    """Knows how often it was painted."""

    paints = 0

    @override
    def show(self) -> None:
        super().show()
        self.paints += 1


class CountedLine(Widget):
    """Knows how often it was drawn."""

    DEFAULT_CSS = "CountedLine { height: 1; }"
    draws = 0

    @override
    def render_line(self, y: int) -> Strip:
        self.draws += 1
        return Strip([Segment("counted")])


class CountedDialog(Dialog[None]):
    @override
    def body(self) -> ComposeResult:
        yield CountedLine()


def header_of(app: HfdlApp) -> str:
    """The colour of a table's header, as it was drawn."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if " JOB" in segment.text or "WORKER" in segment.text:
                assert segment.style is not None
                assert segment.style.color is not None
                return segment.style.color.get_truecolor().hex
    raise AssertionError(screen_text(app))


@awaited
async def test_no_page_makes_textual_parse_the_rules_again() -> None:
    async with running(a_whole_source(), (160, 50)) as (app, pilot):
        rules = list(app.stylesheet.rules)
        for face in ("workers", "events", "workers", "events"):
            await go_to(app, pilot, face)

        assert all(rule in app.stylesheet.rules for rule in rules)


@awaited
async def test_a_page_that_comes_up_is_painted_once() -> None:
    rarely = Preferences(interval=10)
    async with running(a_whole_source(), (160, 50), preferences=rarely) as (app, pilot):
        app.add_mode("counted", partial(CountedPage, app.desk))
        await app.switch_mode("counted")
        await until_shown(pilot, "[5 Events")
        await until_still(pilot)

        assert isinstance(app.screen, CountedPage)
        assert app.screen.paints == 1


@awaited
async def test_nothing_is_drawn_while_updates_are_held_back() -> None:
    async with running(a_whole_source(), (160, 50)) as (app, pilot):
        await app.push_screen(CountedDialog("Counted"))
        line = app.screen.query_one(CountedLine)
        await until(pilot, lambda: line.draws > 0)
        with app.batch_update():
            drawn = line.draws
            await pilot.resize_terminal(90, 24)
            await until(pilot, lambda: app.screen.size == (90, 24))
            await pilot.pause()
            assert line.draws == drawn

        await until(pilot, lambda: line.draws > drawn)


@awaited
async def test_while_a_window_is_dragged_the_screen_is_still_drawn() -> None:
    async with running(a_whole_source(), (160, 50)) as (app, _):
        held = []
        for number in range(60):
            size = Size(120 + number % 2, 40)
            app.post_message(Resize(size, size))
            await asyncio.sleep(0.01)
            held.append(app._batch_count > 0)

        assert sum(held) < 0.8 * len(held)


@awaited
async def test_the_page_below_a_dialog_follows_a_new_size() -> None:
    rarely = Preferences(interval=10)
    async with running(a_whole_source(), (160, 50), preferences=rarely) as (app, pilot):
        page = app.page
        assert page is not None
        await app.push_screen(CountedDialog("Counted"))
        await pilot.pause()
        for size in ((58, 14), (120, 36)):
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: not page._layout_required, 2.0)
            await until(pilot, lambda size=size: page.size == size, 2.0)  # type: ignore[misc]


@awaited
async def test_where_the_page_is_not_seen_no_key_is_typed() -> None:
    async with running(FakeSource()) as (app, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"acme")
        await pilot.resize_terminal(50, 12)
        await until_shown(pilot, "hfdl needs 60")
        await pilot.press("x")
        await pilot.resize_terminal(120, 36)
        await until_shown(pilot, "Which repo?")
        await pilot.press("/")
        assert app.screen.query_one(RepoInput).value == "acme/"

        await pilot.resize_terminal(50, 12)
        await until_shown(pilot, "hfdl needs 60")
        await pilot.press("q")
        await until(pilot, lambda: app._exit)


@awaited
async def test_a_theme_chosen_on_one_page_is_that_of_all() -> None:
    light = Preferences(theme=LIGHT.name)
    async with running(a_whole_source(), (160, 50), preferences=light) as (app, pilot):
        for theme in (LIGHT, DARK, LIGHT):
            app.theme = theme.name
            for face in ("overview", "workers"):
                await go_to(app, pilot, face)
                wanted = theme.variables["rows-header"]
                await until(pilot, lambda wanted=wanted: header_of(app) == wanted)  # type: ignore[misc]
