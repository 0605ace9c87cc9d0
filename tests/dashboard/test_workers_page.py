"""The page of workers: what it shows, and what its keys order."""

import random
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from hfdl_core.errors import QueueUnavailable
from hfdl_core.models import WorkerState, WorkerView
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.ask import Ask
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.pages.workers import WorkersPage
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.drawing.glyphs import ASCII
from hfdl_tui.dashboard.view.store import key_of
from hfdl_tui.operations.orders import Drain, Limit, Undrain
from hfdl_tui.wording.printable import printable
from tests.dashboard.fakes import FakeSource, a_worker
from tests.dashboard.fleets import HOSTILE, a_fleet, busy_view, fleet_view, still
from tests.dashboard.golden import check_golden
from tests.dashboard.running import running, show
from tests.dashboard.screen import awaited, screen_text, until, until_shown


def table(app: HfdlApp) -> Rows:
    return app.screen.query_one("#workers", Rows)


def cursor_on(app: HfdlApp, worker_id: str) -> bool:
    return (table(app).cursor_key or "").startswith(f"{worker_id}/")


async def go(app: HfdlApp, pilot: Pilot[int], worker_id: str) -> None:
    """Put the cursor there, as if the user had."""
    keys = {worker.worker_id: key_of(worker) for worker in app.desk.store.workers}
    table(app).move_to(keys[worker_id])
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 23), (120, 36), (160, 50)])
def test_whole_page(size: tuple[int, int]) -> None:
    @awaited
    async def see() -> None:
        async with running(FakeSource(fleet_view()), size) as (app, pilot):
            await pilot.press("3")
            await still(app, pilot, fleet_view())
            await until_shown(pilot, "model-00001 38-41 %")
            await go(app, pilot, "w-07")
            await until_shown(pilot, "hfdl --headless-worker --worker-id w-07")
            check_golden(f"workers-{size[0]}x{size[1]}", screen_text(app))

    see()


@pytest.mark.parametrize("size", [(60, 15), (200, 60)])
def test_no_size_loses_the_state_the_name_or_the_keys(size: tuple[int, int]) -> None:
    @awaited
    async def see() -> None:
        async with running(FakeSource(fleet_view()), size) as (app, pilot):
            await pilot.press("3")
            await until_shown(pilot, "w-10")
            lines = screen_text(app).splitlines()
            assert any("✗" in line and "w-07" in line and "LOST" in line for line in lines)
            assert "q leave" in lines[-1]
            assert table(app).max_scroll_x == 0, "columns fit"

    see()


@awaited
async def test_cursor_and_marks_stay_with_their_workers_whatever_the_order() -> None:
    """Acceptance check 5."""
    chance = random.Random(5)
    workers = [a_worker(f"w-{number:04}") for number in range(300, 420)]
    source = FakeSource(busy_view(workers=workers))
    async with running(source, (80, 23)) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "w-0300")
        table(app).action_sort_after()
        await go(app, pilot, "w-0316")
        await pilot.press("space")
        await until(pilot, lambda: cursor_on(app, "w-0317"))
        marks = table(app).marks
        assert len(marks) == 1
        for _ in range(50):
            chance.shuffle(workers)
            seen = [
                with_errors(worker, chance.randrange(9))
                for worker in workers
                if worker.worker_id in {"w-0316", "w-0317"} or chance.random() < 0.8
            ]
            await show(app, pilot, busy_view(workers=seen))
            assert cursor_on(app, "w-0317")
            assert table(app).marks == marks
            assert any("▌" in line and "w-0317" in line for line in screen_text(app).splitlines())
        assert isinstance(app.page, WorkersPage)
        assert len(app.page._source._made) < 23, "only what is seen is made"


def with_errors(worker: WorkerView, errors: int) -> WorkerView:
    return worker.model_copy(update={"errors": errors})


@awaited
async def test_d_drains_and_d_again_takes_it_back() -> None:
    """Acceptance check 7."""
    workers = a_fleet()
    source = FakeSource(fleet_view(workers))
    async with running(source) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "w-10")
        await go(app, pilot, "w-01")
        source.gate.clear()
        await pilot.press("D")
        await until_shown(pilot, "…  a w-01")
        source.gate.set()
        await until(pilot, lambda: source.orders == [Drain("w-01")])
        await show(app, pilot, fleet_view(workers, draining=frozenset({"w-01"})))
        await until_shown(pilot, "draining: 3 tasks left")
        await until(pilot, lambda: "…  a w-01" not in screen_text(app))
        await pilot.press("D")
        await until(pilot, lambda: source.orders == [Drain("w-01"), Undrain("w-01")])


@awaited
async def test_d_hits_all_marked_ones_once() -> None:
    source = FakeSource(fleet_view())
    async with running(source) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "w-10")
        await go(app, pilot, "w-01")
        await pilot.press("space", "space", "D")
        await until(pilot, lambda: len(source.orders) == 2)
        assert source.orders == [Drain("w-01"), Drain("w-02")]
        assert table(app).marks == frozenset()


@awaited
async def test_d_on_a_lost_worker_says_why_not() -> None:
    source = FakeSource(fleet_view())
    async with running(source) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "w-10")
        await go(app, pilot, "w-07")
        await pilot.press("D")
        await until_shown(pilot, "w-07 has been lost")
        assert source.orders == []


@awaited
async def test_l_asks_with_the_limit_of_now_and_orders_what_was_typed() -> None:
    limits = {"w-02": "08:00,512k 18:00,off"}
    source = FakeSource(fleet_view(limits=limits))
    async with running(source) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "w-10")
        await go(app, pilot, "w-02")
        await pilot.press("L")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        field = app.screen.query_one(Input)
        assert field.value == "08:00,512k 18:00,off"
        field.value = "quick"
        await pilot.press("enter")
        await until_shown(pilot, "a rate is a size a second")
        assert source.orders == []
        field.value = "off"
        await pilot.press("enter")
        await until(pilot, lambda: source.orders == [Limit("w-02", "off")])


@awaited
async def test_l_with_nobody_under_the_cursor_means_the_fleet() -> None:
    source = FakeSource(busy_view(limits={None: "10M"}))
    async with running(source) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "No workers are connected to this Redis.")
        await pilot.press("L")
        await until_shown(pilot, "the whole fleet together")
        assert app.screen.query_one(Input).value == "10M"
        app.screen.query_one(Input).value = "2MB"
        await pilot.press("enter")
        await until(pilot, lambda: source.orders == [Limit(None, "2MB")])


@awaited
async def test_filter_as_you_type_and_escape_clears() -> None:
    async with running(FakeSource(fleet_view())) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "9 workers")
        await pilot.press("slash", *"lost")
        await until_shown(pilot, "1 of 9 workers")
        assert "w-01" not in screen_text(app).partition("RATE / CAP")[2].partition("─ w-07")[0]
        app.screen.query_one(Input).value = "!re:w-0[0-9]"
        await until(pilot, lambda: cursor_on(app, "w-10"))
        assert "1 of 9 workers" in screen_text(app)
        app.screen.query_one(Input).value = "re:("
        await until_shown(pilot, "no regular expression (yet)")
        app.screen.query_one(Input).value = "node-93"
        await until_shown(pilot, 'Nothing matches "node-93". esc clears.')
        await pilot.press("escape")
        await until_shown(pilot, "9 workers")
        assert app.focused is table(app)


@awaited
async def test_enter_shows_everything_about_a_worker() -> None:
    async with running(FakeSource(fleet_view()), (80, 23)) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "w-10")
        await go(app, pilot, "w-02")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Detail))
        text = screen_text(app)
        assert "lanes: direct 1.2 MB/s over 2 connections · proxy.lab:3128" in text
        assert "model-00001-of-00004.safetensors 43-44 %" in text
        assert "took over: 33.6 MB from w-01" in text


@awaited
async def test_rows_stand_still_while_somebody_aims_and_sort_again_by_key() -> None:
    quiet = [a_worker("w-1"), a_worker("w-2"), a_worker("w-3")]
    source = FakeSource(busy_view(workers=quiet))
    async with running(source) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "w-3")
        await pilot.press("down")
        lost = quiet[2].model_copy(update={"status": WorkerState.LOST})
        await show(app, pilot, busy_view(workers=[*quiet[:2], lost]))
        places = [table_line(app, name) for name in ("w-1", "w-2", "w-3")]
        assert places == sorted(places)
        await pilot.press("I", "I")
        await until(pilot, lambda: table_line(app, "w-3") < table_line(app, "w-1"))
        assert cursor_on(app, "w-2")


def table_line(app: HfdlApp, worker_id: str) -> int:
    shown = screen_text(app).partition("RATE / CAP")[2].splitlines()
    return next(number for number, line in enumerate(shown) if f" {worker_id} " in line)


@awaited
async def test_without_redis_what_was_known_is_dimmed_and_nothing_is_ordered() -> None:
    source = FakeSource(fleet_view())
    async with running(source) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "w-10")
        assert not table(app).stale
        source.fail(QueueUnavailable("connection refused"))
        app.look_now()
        await until_shown(pilot, "NO REDIS")
        await go(app, pilot, "w-01")
        await pilot.press("D")
        await until_shown(pilot, "not connected to Redis")
        assert table(app).stale
        assert "model-00001 38-41 %" in screen_text(app)
        assert source.orders == []


@awaited
async def test_before_the_first_look_it_reads() -> None:
    source = FakeSource()
    source.fail(QueueUnavailable("connection refused"))
    async with running(source) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "reading …")
        assert "No workers are connected" not in screen_text(app)


@awaited
async def test_names_from_elsewhere_are_shown_and_break_nothing() -> None:
    """Acceptance check 3."""
    aside = WorkerState.STEPPED_ASIDE
    fleet = [
        a_worker(name, host=name, reason=name, last_error=name, version=name, status=aside)
        for name in HOSTILE
    ]
    limits = {name: name for name in HOSTILE}
    view = fleet_view(fleet, events=(), limits=limits)
    async with running(FakeSource(view), (100, 30)) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "a[/b].bin")
        for worker in fleet:
            name = worker.worker_id
            await go(app, pilot, name)
            await until_shown(pilot, f"─ {printable(name)[:20]}")
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, Detail))
            await until_shown(pilot, printable(name)[:5])
            assert not set(screen_text(app)) & {"\x1b", "\x07", "\u202e", "\u2066"}
            await pilot.press("escape", "L", "escape")


@awaited
async def test_ascii_terminals_see_ascii() -> None:
    async with running(FakeSource(fleet_view()), (160, 50), glyphs=ASCII) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "w-10")
        body = screen_text(app).partition("RATE / CAP")[2]
        assert body.isascii()


@awaited
async def test_read_only_orders_nothing() -> None:
    source = FakeSource(fleet_view())
    async with running(source, read_only=True) as (app, pilot):
        await pilot.press("3")
        await until_shown(pilot, "w-10")
        await go(app, pilot, "w-01")
        await pilot.press("D", "L")
        await until_shown(pilot, "read-only")
        assert app.screen is app.page
        assert source.orders == []


@awaited
async def test_sizes_of_files_are_asked_for_while_the_page_is_up() -> None:
    source = FakeSource(fleet_view())
    async with running(source) as (app, pilot):
        await pilot.press("3")
        app.look_now()
        await until(pilot, lambda: source.foci[-1].most_files > 0)
        assert replace(source.foci[-1], most_files=0).tasks is None
