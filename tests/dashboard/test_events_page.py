"""The page of events: it follows the log, stands still for readers, and saves what it shows."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import Input

from hfdl_core.errors import QueueUnavailable
from hfdl_core.models import Event
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.drawing.glyphs import ASCII
from hfdl_tui.wording.printable import printable
from tests.dashboard.fakes import NOW, FakeSource, an_event
from tests.dashboard.fleets import HOSTILE, busy_view, fleet_view, still
from tests.dashboard.golden import check_golden
from tests.dashboard.running import running, show
from tests.dashboard.screen import awaited, screen_text, until, until_shown


def table(app: HfdlApp) -> Rows:
    return app.screen.query_one("#events", Rows)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where hfdl was started: what is saved is saved there."""
    directory = tmp_path / "here"
    directory.mkdir()
    monkeypatch.chdir(directory)
    return directory


def paths(directory: Path, pattern: str) -> list[Path]:
    return list(directory.glob(pattern))


def saved_lines(directory: Path) -> list[str]:
    [log] = paths(directory, "hfdl-event-log-*.txt")
    return log.read_text(encoding="utf-8").splitlines()


def line(number: int) -> Event:
    at = datetime.fromtimestamp(NOW + number, UTC)
    return an_event(f"line {number}", event_id=f"{number}-0", job_id="", at=at, worker="w-01")


def lines(first: int, end: int) -> tuple[Event, ...]:
    return tuple(line(number) for number in range(first, end))


@pytest.mark.parametrize("size", [(80, 23), (120, 36), (160, 50)])
def test_whole_page(size: tuple[int, int]) -> None:
    @awaited
    async def see() -> None:
        async with running(FakeSource(fleet_view()), size) as (app, pilot):
            await pilot.press("5")
            await still(app, pilot, fleet_view())
            await until_shown(pilot, "of a newer hfdl: something")
            check_golden(f"events-{size[0]}x{size[1]}", screen_text(app))

    see()


@awaited
async def test_it_follows_until_somebody_reads_and_says_how_many_are_new() -> None:
    async with running(FakeSource(busy_view(events=lines(0, 100)))) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "line 99")
        await show(app, pilot, busy_view(events=lines(100, 105)))
        await until_shown(pilot, "line 104")
        assert "follows the newest" in screen_text(app)

        await pilot.press("up")
        await until_shown(pilot, "stands still: F follows")
        await show(app, pilot, busy_view(events=lines(105, 117)))
        await until_shown(pilot, "12 new ▼ F or G shows them")
        assert "line 116" not in screen_text(app)
        assert any("▌" in row and "line 103" in row for row in screen_text(app).splitlines())

        await pilot.press("G")
        await until_shown(pilot, "follows the newest")
        assert "line 116" in screen_text(app)


@awaited
async def test_f_stops_and_goes_on_and_a_click_on_the_news_goes_there() -> None:
    async with running(FakeSource(busy_view(events=lines(0, 100)))) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "line 99")
        await pilot.press("F")
        await until_shown(pilot, "stands still")
        await show(app, pilot, busy_view(events=lines(100, 101)))
        await until_shown(pilot, "1 new")
        await pilot.press("F")
        await until_shown(pilot, "line 100")
        await pilot.press("F")
        await show(app, pilot, busy_view(events=lines(101, 102)))
        await until_shown(pilot, "1 new")
        await pilot.click("#events-status")
        await until_shown(pilot, "line 101")
        assert "follows the newest" in screen_text(app)


@awaited
async def test_what_was_missed_and_own_remarks_are_lines_of_the_log() -> None:
    source = FakeSource(busy_view(events=lines(0, 3)))
    async with running(source) as (app, pilot):
        await pilot.press("5")
        await show(app, pilot, busy_view(events=lines(900, 902), events_missed=897))
        await until_shown(pilot, "897 events missed")
        app.desk.store.remark("order_failed", "no worker is called w-99")
        app.desk.look_now()
        await until_shown(pilot, "order failed: no worker is called w-99")
        shown = screen_text(app)
        assert shown.index("line 2") < shown.index("897 events") < shown.index("line 900")
        assert "this window" in shown


@awaited
async def test_filter_as_you_type_and_escape_clears() -> None:
    async with running(FakeSource(fleet_view())) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "10 events")
        await pilot.press("slash", *"w-07")
        await until_shown(pilot, " 3 events")
        app.screen.query_one(Input).value = "!re:w-0[0-9]"
        await until_shown(pilot, "the fleet is limited")
        assert "went silent" not in screen_text(app)
        app.screen.query_one(Input).value = "nowhere"
        await until_shown(pilot, 'Nothing matches "nowhere". esc clears.')
        await pilot.press("escape")
        await until_shown(pilot, "10 events")


@awaited
async def test_enter_shows_an_event_whole() -> None:
    long = "HTTP 503 " * 40 + "the end"
    event = an_event(long, kind="task_failed", worker="w-02/1f6c0b2a", path="a/b.bin", job_id="")
    async with running(FakeSource(busy_view(events=(event,))), (80, 23)) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "HTTP 503")
        assert "the end" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Detail))
        await until_shown(pilot, "the end")
        assert "w-02/1f6c0b2a" in screen_text(app)


@awaited
async def test_saving_writes_the_whole_log_that_the_filter_lets_pass(here: Path) -> None:
    async with running(FakeSource(busy_view(events=lines(0, 300)))) as (app, pilot):
        await pilot.press("5", "slash")
        app.screen.query_one(Input).value = "re:line .*5 $"
        await until_shown(pilot, " 30 events")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "saved the log as hfdl-event-log-")
    saved = saved_lines(here)
    assert len(saved) == 30
    assert saved[0].endswith("job_created  line 5  (w-01)")
    assert len(paths(here, "hfdl-events-*.svg")) == 1


@awaited
async def test_a_directory_that_is_gone_is_told(here: Path) -> None:
    async with running(FakeSource(busy_view(events=lines(0, 3))), (160, 50)) as (_, pilot):
        await pilot.press("5")
        await until_shown(pilot, "line 2")
        os.rmdir(here)  # noqa: PTH106 - a path's own method is not for coroutines
        await pilot.press("ctrl+s")
        await until_shown(pilot, "cannot save where hfdl was started")


@awaited
async def test_events_of_other_jobs_are_not_shown() -> None:
    events = (an_event("of another job", job_id="other"), *lines(0, 1))
    async with running(FakeSource(busy_view(events=events))) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, " 1 event ")
        assert "of another job" not in screen_text(app)


@awaited
async def test_empty_and_before_the_first_look() -> None:
    source = FakeSource()
    source.fail(QueueUnavailable("connection refused"))
    async with running(source) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "reading …")
        await show(app, pilot, busy_view())
        await until_shown(pilot, "Nothing has happened yet.")
        assert not table(app).stale


@awaited
async def test_texts_from_elsewhere_are_shown_and_break_nothing(here: Path) -> None:
    """Acceptance check 3."""
    events = tuple(
        an_event(name, event_id=f"{at}-0", kind=name, worker=name, path=name, job_id="")
        for at, name in enumerate(HOSTILE)
    )
    async with running(FakeSource(busy_view(events=events)), (100, 30)) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "a[/b].bin: a[/b].bin")
        await pilot.press("ctrl+s", "y", "escape")
        for name in reversed(HOSTILE):
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Detail))
            await until_shown(pilot, printable(name)[:10])
            assert not set(screen_text(app)) & {"\x1b", "\x07", "\u202e", "\u2066"}
            await pilot.press("escape", "up")
    assert len(saved_lines(here)) == len(HOSTILE)


@awaited
async def test_ascii_terminals_see_ascii() -> None:
    async with running(FakeSource(fleet_view()), glyphs=ASCII) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "of a newer hfdl")
        await pilot.press("up")
        await until_shown(pilot, "stands still")
        assert screen_text(app).partition("TIME")[2].isascii()
