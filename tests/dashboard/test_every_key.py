"""Acceptance checks 2 and 20: every key of every page, whatever there is to see."""

from collections.abc import Collection
from pathlib import Path

import pytest
from textual.binding import ActiveBinding
from textual.pilot import Pilot
from textual.widgets import Input

from hfdl_core.errors import QueueUnavailable
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.help import Help
from hfdl_tui.dashboard.lines import Lines
from tests.dashboard.every_page import FACES, a_browser, a_whole_source, go_to, strike
from tests.dashboard.fakes import FakeSource
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, screen_text, until, until_shown

# Pressed last, as they change what all others would show.
_LAST = ("z", "m")
# What costs most and is the same on every page: without data, or Redis, pressed on one of them.
_ONCE = {"1", "2", "3", "4", "5", "colon", "ctrl+p", "f1", "question_mark", "ctrl+s", "T", "b"}
_WAYS_OUT = {"q", "ctrl+c", "ctrl+q"}


@pytest.fixture(autouse=True)
def left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Leaving is counted and not done; what `ctrl+s` saves goes where nobody minds."""
    times: list[str] = []
    monkeypatch.setattr(HfdlApp, "leave", lambda _app: times.append("left"))
    monkeypatch.chdir(tmp_path)
    return times


async def press_all(
    app: HfdlApp, pilot: Pilot[int], face: str, *answers: str, but: Collection[str] = ()
) -> list[str]:
    """Each key once, from the page as it is; dialogs get `answers` and are closed."""
    await go_to(app, pilot, face)
    found = app.screen.active_bindings.keys() - set(but)
    keys = sorted(found, key=lambda key: (key in _LAST, key))
    for key in keys:
        await strike(app, pilot, key)
        if app.screen is not app.page:
            await strike(app, pilot, *answers)
        await go_to(app, pilot, face)
    return keys


def source_of(data: str) -> FakeSource:
    return FakeSource() if data == "empty" else a_whole_source()


@pytest.mark.parametrize("data", ["empty", "normal", "lost"])
@pytest.mark.parametrize("face", FACES)
@awaited
async def test_every_key_does_no_harm(face: str, data: str, left: list[str]) -> None:
    source = source_of(data)
    async with running(source, (80, 23), a_browser()) as (app, pilot):
        if data == "lost":
            source.fail(QueueUnavailable("connection refused"))
            app.look_now()
            await until_shown(pilot, "NO REDIS")

        presses_all = data == "normal" or face == "overview"
        keys = await press_all(app, pilot, face, but=() if presses_all else _ONCE)

        assert len(keys) > 20
        assert len(left) == len(_WAYS_OUT & set(keys)) == len(_WAYS_OUT)
        if data == "lost":
            assert source.orders == []
        await go_to(app, pilot, "overview")  # it still answers
        await pilot.press("3")
        await until_shown(pilot, "[3 Work")


@pytest.mark.parametrize("face", FACES)
@awaited
async def test_read_only_orders_nothing_by_any_key(face: str) -> None:
    source = a_whole_source()
    async with running(source, (80, 23), a_browser(), read_only=True) as (app, pilot):
        await press_all(app, pilot, face, "y", "enter", but=_ONCE)
        await until(pilot, lambda: source.looks > 1)

        assert "READ-ONLY" in screen_text(app)
        assert source.orders == []


@pytest.mark.parametrize("face", FACES)
@awaited
async def test_every_key_says_what_it_does(face: str) -> None:
    async with running(a_whole_source(), browser=a_browser()) as (app, pilot):
        await go_to(app, pilot, face)
        bound: dict[str, ActiveBinding] = {}
        for widget in app.screen.focus_chain:
            widget.focus()
            await pilot.pause()
            bound |= app.screen.active_bindings
        ours = [each for each in bound.values() if each.binding.id]  # Textual's own have none

        assert len(ours) > 20
        assert [each.binding.key for each in ours if not each.tooltip] == []
        await pilot.press("escape", "f1")
        await until(pilot, lambda: isinstance(app.screen, Help) and bool(app.screen.query(Lines)))
        text = app.screen.query_one(Lines)
        await until(pilot, lambda: "Signs" in text.text)
        helped = " ".join(text.text.split())
        assert [each.tooltip for each in ours if each.tooltip not in helped] == []


@pytest.mark.parametrize("before", ["slash", "X", "o", "colon"])
@awaited
async def test_ctrl_c_leaves_wherever_the_cursor_is(before: str, left: list[str]) -> None:
    async with running(a_whole_source(), (80, 23), a_browser()) as (app, pilot):
        await go_to(app, pilot, "tasks")
        await pilot.press(before)
        await until(pilot, lambda: isinstance(app.focused, Input))

        await pilot.press("ctrl+c")

        await until(pilot, lambda: left == ["left"])


@awaited
async def test_where_there_is_one_pane_it_cannot_be_made_greater() -> None:
    async with running(a_whole_source(), (80, 23), a_browser()) as (app, pilot):
        for face in ("repo", "tasks", "events"):
            await go_to(app, pilot, face)
            await pilot.press("m")
            await until_shown(pilot, "there is one pane here")
        await go_to(app, pilot, "workers")
        await until_shown(pilot, "last heartbeat")
        await pilot.press("m")
        await until(pilot, lambda: "last heartbeat" not in screen_text(app))
        assert "q leave" in screen_text(app)
        await pilot.press("escape")
        await until_shown(pilot, "last heartbeat")
