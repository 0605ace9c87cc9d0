"""The page of events: it follows the log, stands still for readers, and saves what it shows."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import Input

from hfdl_core.errors import QueueUnavailable
from hfdl_core.models import Event
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.rows import Rows
from hfdl_tui.dashboard.view.glyphs import ASCII
from tests.dashboard.fakes import NOW, FakeSource, a_view, an_event
from tests.dashboard.fleets import HOSTILE, fleet_view
from tests.dashboard.golden import check_golden
from tests.dashboard.running import running, show
from tests.dashboard.screen import awaited, screen_text, until, until_shown


def table(app: HfdlApp) -> Rows:
    return app.screen.query_one("#events", Rows)


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
            await until_shown(pilot, "of a newer hfdl: something")
            check_golden(f"events-{size[0]}x{size[1]}", screen_text(app))

    see()


@awaited
async def test_it_follows_until_somebody_reads_and_says_how_many_are_new() -> None:
    async with running(FakeSource(a_view(events=lines(0, 100)))) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "line 99")
        await show(app, pilot, a_view(events=lines(100, 105)))
        await until_shown(pilot, "line 104")
        assert "follows the newest" in screen_text(app)

        await pilot.press("up")
        await until_shown(pilot, "stands still: F follows")
        await show(app, pilot, a_view(events=lines(105, 117)))
        await until_shown(pilot, "12 new ▼ F or G shows them")
        assert "line 116" not in screen_text(app)
        assert any("▌" in row and "line 103" in row for row in screen_text(app).splitlines())

        await pilot.press("G")
        await until_shown(pilot, "follows the newest")
        assert "line 116" in screen_text(app)


@awaited
async def test_f_stops_and_goes_on_and_a_click_on_the_news_goes_there() -> None:
    async with running(FakeSource(a_view(events=lines(0, 100)))) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "line 99")
        await pilot.press("F")
        await until_shown(pilot, "stands still")
        await show(app, pilot, a_view(events=lines(100, 101)))
        await until_shown(pilot, "1 new")
        await pilot.press("F")
        await until_shown(pilot, "line 100")
        await pilot.press("F")
        await show(app, pilot, a_view(events=lines(101, 102)))
        await until_shown(pilot, "1 new")
        await pilot.click("#events-status")
        await until_shown(pilot, "line 101")
        assert "follows the newest" in screen_text(app)


@awaited
async def test_what_was_missed_and_own_remarks_are_lines_of_the_log() -> None:
    source = FakeSource(a_view(events=lines(0, 3)))
    async with running(source) as (app, pilot):
        await pilot.press("5")
        await show(app, pilot, a_view(events=lines(900, 902), events_missed=897))
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
    async with running(FakeSource(a_view(events=(event,))), (80, 23)) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "HTTP 503")
        assert "the end" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Detail))
        await until_shown(pilot, "the end")
        assert "w-02/1f6c0b2a" in screen_text(app)


@awaited
async def test_saving_writes_the_whole_log_that_the_filter_lets_pass() -> None:
    async with running(FakeSource(a_view(events=lines(0, 300)))) as (app, pilot):
        await pilot.press("5", "slash", *"re:line .*5$", "enter")
        await until_shown(pilot, " 30 events")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "saved the log as hfdl-event-log-")
    [log] = Path().glob("hfdl-event-log-*.txt")
    saved = log.read_text(encoding="utf-8").splitlines()
    assert len(saved) == 30
    assert saved[0].endswith("job_created  line 5  (w-01)")
    assert len(list(Path().glob("hfdl-events-*.svg"))) == 1


@awaited
async def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    async with running(FakeSource(a_view(events=lines(0, 3))), (160, 50)) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "line 2")
        Path().absolute().rmdir()
        await pilot.press("ctrl+s")
        await until_shown(pilot, "cannot save in")


@pytest.fixture(autouse=True)
def own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is saved is saved where hfdl was started."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)


@awaited
async def test_events_of_other_jobs_are_not_shown() -> None:
    events = (an_event("of another job", job_id="other"), *lines(0, 1))
    async with running(FakeSource(a_view(events=events))) as (app, pilot):
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
        await show(app, pilot, a_view())
        await until_shown(pilot, "Nothing has happened yet.")
        assert not table(app).stale


@pytest.mark.parametrize("name", HOSTILE)
def test_texts_from_elsewhere_are_shown_and_break_nothing(name: str) -> None:
    """Acceptance check 3."""

    @awaited
    async def see() -> None:
        event = an_event(name, kind=name, worker=name, path=name, job_id="")
        async with running(FakeSource(a_view(events=(event, line(1)))), (100, 30)) as (app, pilot):
            await pilot.press("5")
            await until_shown(pilot, "line 1")
            await pilot.press("up", "enter")
            await until(pilot, lambda: isinstance(app.screen, Detail))
            assert not set(screen_text(app)) & {"\x1b", "\x07", "\u202e", "\u2066"}
            await pilot.press("escape", "ctrl+s", "y", "escape")
        [log] = Path().glob("hfdl-event-log-*.txt")
        assert len(log.read_text(encoding="utf-8").splitlines()) == 2

    see()


@awaited
async def test_ascii_terminals_see_ascii() -> None:
    async with running(FakeSource(fleet_view()), glyphs=ASCII) as (app, pilot):
        await pilot.press("5")
        await until_shown(pilot, "of a newer hfdl")
        await pilot.press("up")
        await until_shown(pilot, "stands still")
        assert screen_text(app).partition("TIME")[2].isascii()
