"""Acceptance checks 2 and 20: every key of every page, whatever there is to see."""

from pathlib import Path

import pytest
from textual.binding import ActiveBinding
from textual.pilot import Pilot
from textual.widgets import Input

from hfdl_core.errors import QueueUnavailable
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.help import Help
from hfdl_tui.dashboard.lines import Lines
from tests.dashboard.every_page import FACES, a_browser, a_whole_source, go_to
from tests.dashboard.fakes import FakeSource
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, screen_text, until, until_shown

# Pressed last, as they change what all others would show.
_LAST = ("z", "m")
_WAYS_OUT = {"q", "ctrl+c", "ctrl+q"}


@pytest.fixture(autouse=True)
def left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Leaving is counted and not done; what `ctrl+s` saves goes where nobody minds."""
    times: list[str] = []
    monkeypatch.setattr(HfdlApp, "leave", lambda _app: times.append("left"))
    monkeypatch.chdir(tmp_path)
    return times


def keys_now(app: HfdlApp) -> list[str]:
    """Of the page and of what has the focus on it, an input's letters apart."""
    bound = app.screen.active_bindings
    found = [key for key, each in bound.items() if not isinstance(each.node, Input)]
    return sorted(found, key=lambda key: (key in _LAST, key))


async def press_all(app: HfdlApp, pilot: Pilot[int], face: str, *answers: str) -> list[str]:
    """Each key once, from the page as it is; dialogs get `answers` and are closed."""
    await go_to(app, pilot, face)
    keys = keys_now(app)
    for key in keys:
        await pilot.press(key)
        if app.screen is not app.page:
            await pilot.press(*answers)
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

        keys = await press_all(app, pilot, face)

        assert len(keys) > 20
        assert len(left) == len(_WAYS_OUT & set(keys)) == len(_WAYS_OUT)
        if data == "lost":
            assert source.orders == []
        await go_to(app, pilot, "overview")  # it still answers
        await pilot.press("3")
        await until_shown(pilot, "[3 Workers")


@pytest.mark.parametrize("face", FACES)
@awaited
async def test_read_only_orders_nothing_by_any_key(face: str) -> None:
    source = a_whole_source()
    async with running(source, (80, 23), a_browser(), read_only=True) as (app, pilot):
        await press_all(app, pilot, face, "y", "enter")
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
