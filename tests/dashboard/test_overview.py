"""The page that is looked at all day."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from hfdl_core.errors import QueueUnavailable
from hfdl_core.machine import JobMade, JobsMade
from hfdl_core.models import JobState, TaskStatus, WorkerState
from hfdl_core.monitor import FleetView
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.preferences import Preferences
from hfdl_tui.dashboard.table.rows import Rows
from hfdl_tui.dashboard.view.history import FLEET_SAMPLES, SpeedHistory
from hfdl_tui.dashboard.view.overview.attention_tasks import FIRST_RETRYING
from hfdl_tui.dashboard.view.overview.overview_room import room_of
from hfdl_tui.operations.orders import Limit, Requeue, TryNow
from tests.dashboard.fake_browser import FakeBrowser
from tests.dashboard.fakes import (
    GB,
    JOB,
    MB,
    FakeSource,
    a_file,
    a_job,
    a_server,
    a_spec,
    a_task,
    a_view,
    a_worker,
)
from tests.dashboard.golden import check_golden
from tests.dashboard.running import running, show
from tests.dashboard.screen import awaited, screen_text, until, until_shown

SIZES = ((60, 15), (80, 23), (120, 36), (160, 50))
OTHER = "22e0" + "0" * 28


def a_busy_view() -> FleetView:
    """Ten links at work on one big file, some of them in trouble."""
    size, step = 4_900 * MB, 490 * MB
    leases = [
        (f"w-{number + 1:02}", number * step, int((number + 0.6) * step), (number + 1) * step)
        for number in range(10)
    ]
    files = (
        a_file(0, size=size, open=[(lease[2], lease[3]) for lease in leases], leases=leases),
        a_file(1, path="data/[b]日本語/model-00002-of-00004.safetensors", open=[(0, 5 * GB)]),
        a_file(2, path="tokenizer.json", size=1_800_000, is_verified=True),
    )
    workers = [a_worker(f"w-{number:02}") for number in range(1, 11)]
    workers[3] = a_worker(
        "w-04",
        status=WorkerState.STEPPED_ASIDE,
        reason="no access, set HF_TOKEN there",
        throughput_bytes_per_second=0.0,
    )
    done = a_job(
        OTHER,
        spec=a_spec(OTHER, repo_id="acme/mnist"),
        state=JobState.COMPLETED,
        counters={"bytes_completed": 300 * GB, "bytes_live": 0, "files_completed": 1024},
    )
    job = a_job(retrying=3, failed=2, files_failed=2, counters={"cause:DigestMismatch": 2})
    return a_view(
        [job, done],
        workers,
        files=files,
        tasks=[a_task(TaskStatus.RETRYING, cause="ServerBusy", next_try_seconds=94.0)],
        tasks_page=FIRST_RETRYING,
        server=a_server(warnings=("the server's AOF is off",), aof_enabled=False),
    )


def a_finished_view() -> FleetView:
    job = a_job(
        state=JobState.COMPLETED,
        pending=0,
        in_progress=0,
        counters={"files_completed": 1024, "bytes_completed": 300 * GB, "bytes_live": 0},
    )
    workers = [
        a_worker(f"w-{n:02}", status=WorkerState.IDLE, tasks=(), throughput_bytes_per_second=0.0)
        for n in range(10)
    ]
    return a_view([job], workers)


async def with_history(app: HfdlApp, pilot: Pilot[int], view: FleetView) -> None:
    """As after a quarter of an hour with one bad minute."""
    store = app.desk.store
    store.fleet_speeds.clear()
    slow = range(600, 660)
    speeds = [3.0 * MB if at in slow else 9.0 * MB for at in range(FLEET_SAMPLES)]
    store.fleet_speeds.extend(speeds)
    store.fleet_samples = FLEET_SAMPLES
    store.speed = SpeedHistory()
    store.speed.add(9.0 * MB)
    store._sampled_at = math.inf  # a slow machine shall show no more samples than a quick one
    await show(app, pilot, replace(view))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@awaited
async def test_busy_screen(size: tuple[int, int]) -> None:
    async with running(FakeSource(a_busy_view()), size) as (app, pilot):
        await with_history(app, pilot, a_busy_view())

        check_golden(f"overview-busy-{size[0]}x{size[1]}", screen_text(app))


@pytest.mark.parametrize("size", SIZES[1:], ids=lambda size: f"{size[0]}x{size[1]}")
@awaited
async def test_finished_screen(size: tuple[int, int]) -> None:
    async with running(FakeSource(a_finished_view()), size) as (app, pilot):
        await with_history(app, pilot, a_finished_view())

        check_golden(f"overview-finished-{size[0]}x{size[1]}", screen_text(app))


@pytest.mark.parametrize("size", SIZES[1:], ids=lambda size: f"{size[0]}x{size[1]}")
@awaited
async def test_empty_screen(size: tuple[int, int]) -> None:
    async with running(FakeSource(a_view()), size) as (app, pilot):
        app.switch_mode("overview")
        await until_shown(pilot, "Nothing needs attention.")

        check_golden(f"overview-empty-{size[0]}x{size[1]}", screen_text(app))


@pytest.mark.parametrize("size", SIZES[1:], ids=lambda size: f"{size[0]}x{size[1]}")
@awaited
async def test_screen_without_redis_keeps_what_was_known(size: tuple[int, int]) -> None:
    source = FakeSource(a_busy_view())
    async with running(source, size) as (app, pilot):
        await with_history(app, pilot, a_busy_view())
        source.fail(QueueUnavailable("connection refused"))
        app.look_now()
        await until_shown(pilot, "NO REDIS")

        # What stands above it counts the seconds.
        _, tabs, below = screen_text(app).partition("[1 Over")
        check_golden(f"overview-no-redis-{size[0]}x{size[1]}", tabs + below)
        assert app.screen.query_one("#attention", Rows).stale
        await pilot.press("r")
        assert source.orders == []


@awaited
async def test_first_frame_says_that_it_reads() -> None:
    source = FakeSource(a_busy_view())
    source.gate.clear()
    app = HfdlApp(source, FakeBrowser())
    async with app.run_test(size=(80, 23)) as pilot:
        await until_shown(pilot, "reading …")
        source.gate.set()
        await until_shown(pilot, "model-00001")


@awaited
async def test_requeue_on_a_cause_orders_that_cause_once_and_shows_that_it_is_under_way() -> None:
    source = FakeSource(a_busy_view())
    async with running(source) as (_, pilot):
        source.gate.clear()
        await pilot.press("r")
        await until_shown(pilot, "… 2 tasks failed")
        source.gate.set()
        await until(pilot, lambda: len(source.orders) == 1)

        assert source.orders == [Requeue(JOB, cause="DigestMismatch")]


@awaited
async def test_requeue_on_the_waiting_tries_them_now() -> None:
    source = FakeSource(a_busy_view())
    async with running(source) as (_, pilot):
        await pilot.press("j", "r")
        await until(pilot, lambda: bool(source.orders))

        assert isinstance(source.orders[0], TryNow)


@awaited
async def test_requeue_elsewhere_says_where_it_acts() -> None:
    source = FakeSource(a_busy_view())
    async with running(source) as (_, pilot):
        await pilot.press("shift+tab", "r")
        await until_shown(pilot, "tab goes there")

        assert source.orders == []


@awaited
async def test_limit_is_for_the_whole_fleet() -> None:
    source = FakeSource(a_busy_view())
    async with running(source) as (_, pilot):
        await pilot.press("L", *"2MB", "enter")
        await until(pilot, lambda: source.orders == [Limit(None, "2MB")])


@pytest.mark.parametrize(
    ("moves", "leads_to"),
    [
        ((), "tasks"),  # what failed
        (("j",), "tasks"),  # what waits
        (("j", "j"), "workers"),  # who stepped aside
    ],
)
@awaited
async def test_enter_goes_to_where_more_is_known(moves: tuple[str, ...], leads_to: str) -> None:
    async with running(FakeSource(a_busy_view())) as (app, pilot):
        await pilot.press(*moves, "enter")
        await until(pilot, lambda: app.page is not None and leads_to == app.page.NAME)


@awaited
async def test_enter_on_a_warning_shows_all_of_it() -> None:
    async with running(FakeSource(a_busy_view())) as (app, pilot):
        await pilot.press("G", "enter")
        await until(pilot, lambda: len(app.screen_stack) == 2)

        assert "the server's AOF is off" in screen_text(app)


@awaited
async def test_enter_on_the_map_goes_to_the_running_tasks() -> None:
    async with running(FakeSource(a_busy_view())) as (app, pilot):
        app.screen.query_one("#map").focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.page is not None and app.page.NAME == "tasks")


@awaited
async def test_enter_on_a_job_looks_at_it() -> None:
    async with running(FakeSource(a_busy_view())) as (app, pilot):
        app.screen.query_one("#jobs").focus()
        await pilot.press("j", "enter")
        await until(pilot, lambda: app.desk.store.job_id == OTHER)
        await until_shown(pilot, "acme/mnist is complete")


@awaited
async def test_files_that_no_look_has_asked_for_yet_are_not_said_to_be_none() -> None:
    source = FakeSource(a_view([a_job()], [a_worker()]))
    async with running(source) as (app, pilot):
        await until_shown(pilot, "reading …")
        assert "No file is in progress" not in screen_text(app)

        await show(app, pilot, a_view([a_job(in_progress=0)], [a_worker()]))
        await until_shown(pilot, "No file is in progress")


@awaited
async def test_who_comes_back_sees_the_files_at_once() -> None:
    source = FakeSource(a_busy_view())
    async with running(source, preferences=Preferences(interval=10.0)) as (app, pilot):
        await pilot.press("5")
        app.look_now()
        await until(pilot, lambda: not source.foci[-1].most_files)

        await pilot.press("1")

        await until(pilot, lambda: source.foci[-1].most_files > 0, patience=5.0)


@awaited
async def test_files_are_there_as_soon_as_the_job_is_chosen() -> None:
    preferences = Preferences(interval=10.0)
    async with running(FakeSource(a_busy_view()), preferences=preferences) as (_, pilot):
        await until_shown(pilot, "tokenizer.json", patience=5.0)


@pytest.mark.parametrize("strips", [0, 2, 7])
def test_a_short_screen_shows_more_of_the_speed_where_files_are_few(strips: int) -> None:
    room = room_of(80, 19, strips)

    assert (room.strips, room.chart) == {0: (2, 4), 2: (2, 4), 7: (7, 1)}[strips]


@awaited
async def test_stolen_range_is_seen_reversed_until_it_is_no_news() -> None:
    before = a_file(size=100, open=[(10, 100)], leases=[("w-01", 0, 10, 100)])
    after = a_file(size=100, open=[(20, 100)], leases=[("w-01", 0, 20, 60), ("w-02", 60, 60, 100)])
    workers = [a_worker("w-01"), a_worker("w-02")]
    async with running(FakeSource(a_view([a_job()], workers, files=[before]))) as (app, pilot):
        await until_shown(pilot, "10 %")
        assert reversed_letters(app) == ""

        await show(app, pilot, a_view([a_job()], workers, files=[after]))
        assert reversed_letters(app) == "b"

        now = app.desk.clock() + 3
        app.desk.clock = _standing_at(now)
        await show(app, pilot, a_view([a_job()], workers, files=[after]))
        assert reversed_letters(app) == ""


@awaited
async def test_maximised_map_has_all_the_room_and_the_top_stays() -> None:
    files = [a_file(n, path=f"part-{n:02}.bin", open=[(0, 5 * GB)]) for n in range(20)]
    view = a_view([a_job()], [a_worker()], files=files)
    async with running(FakeSource(view), (80, 30)) as (app, pilot):
        app.screen.query_one("#map").focus()
        assert "part-19.bin" not in screen_text(app)
        await pilot.press("m")
        await until_shown(pilot, "part-19.bin")

        assert "Needs attention" not in screen_text(app)
        assert "RUNNING" in screen_text(app)
        await pilot.press("escape")
        await until_shown(pilot, "Needs attention")


@awaited
async def test_no_more_files_are_asked_for_than_fit() -> None:
    source = FakeSource(a_busy_view())
    async with running(source, (80, 23)) as (app, pilot):
        await show(app, pilot, a_busy_view())
        await show(app, pilot, a_busy_view())

        assert source.foci[-1].most_files == 6
        assert source.foci[-1].tasks == FIRST_RETRYING


@awaited
async def test_job_that_redis_lost_is_listed_with_its_command() -> None:
    source = FakeSource(a_busy_view())
    command = "hfdl get acme/gone -o /data/[gone]"
    JobsMade.of_this_machine().record(
        JobMade("dead" + "0" * 28, "acme/gone", command, "2026-01-01T00:00:00+00:00", source.line)
    )
    async with running(source, (160, 50)) as (app, pilot):
        await until_shown(pilot, "LOST from Redis: run again: hfdl")
        jobs = app.screen.query_one("#jobs", Rows)
        jobs.focus()
        jobs.move_to("forgotten:dead" + "0" * 28)
        await pilot.press("enter")
        await until_shown(pilot, command)


@awaited
async def test_names_from_elsewhere_are_shown_as_they_are_and_steer_nothing() -> None:
    evil = "a[/b]\x1b[2J\n[b]"
    worker = a_worker(f"w-{evil}", status=WorkerState.STEPPED_ASIDE, reason=f"no {evil}", tasks=())
    files = [a_file(path=evil, size=100, open=[(0, 100)], leases=[(worker.worker_id, 0, 0, 100)])]
    job = a_job(failed=1, spec=a_spec(repo_id=evil), counters={f"cause:{evil}": 1})
    async with running(FakeSource(a_view([job], [worker], files=files))) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: app.page is not None and app.page.NAME == "tasks")
        await pilot.press("1")
        await until_shown(pilot, "Needs attention")

        text = screen_text(app)
        shown = r"a[/b]\x1b[2J\n[b]"
        assert text.count(shown) >= 4  # the job, its file, the cause, the worker
        assert "\x1b" not in text


def _standing_at(now: float) -> Callable[[], float]:
    return lambda: now


def reversed_letters(app: HfdlApp) -> str:
    """What stands out on the map."""
    strips = app.screen.query_one("#map").render_lines(app.screen.query_one("#map").size.region)
    return "".join(
        segment.text
        for strip in strips
        for segment in strip
        if segment.style is not None and segment.style.reverse
    )
