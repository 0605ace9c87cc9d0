"""The page of tasks on a screen: what is shown, and how to get about."""

from dataclasses import replace

import pytest

from hfdl_core.errors import QueueUnavailable
from hfdl_core.models import TaskStatus, TaskView
from hfdl_core.monitor import TaskPage
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.operations.orders import Requeue
from tests.dashboard.fake_browser import FakeBrowser
from tests.dashboard.fakes import JOB, FakeSource, a_job, a_view
from tests.dashboard.golden import check_golden
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, until, until_shown, until_still
from tests.dashboard.task_screen import FAILED, body, failed_source, open_tasks, table
from tests.dashboard.task_source import (
    TaskSource,
    a_failed_task,
    a_full_source,
    a_retrying_task,
    a_running_task,
    a_waiting_task,
)

# --- what is shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(60, 15), (80, 23), (120, 36), (160, 50)])
@awaited
async def test_every_list_looks_as_it_should(size: tuple[int, int]) -> None:
    source = a_full_source()
    retrying = [a_retrying_task(at, 7200.0 + 3600 * at) for at in range(4)]
    source.set_lists({**source.lists, TaskStatus.RETRYING: retrying})
    async with running(source, size) as (app, pilot):
        await open_tasks(app, pilot, "✗ data/train-0")

        await until_still(pilot)
        shown = [body(app)]
        for sign in ("small/", "en/00000", "1 of 4", "HTTP"):
            await pilot.press("right_square_bracket")
            await until_shown(pilot, sign)
            await until_still(pilot)
            shown.append(body(app))

        check_golden(f"tasks-{size[0]}x{size[1]}", "\n\n".join(shown))


@awaited
async def test_failures_are_what_the_page_opens_with() -> None:
    async with running(a_full_source()) as (app, pilot):
        await open_tasks(app, pilot, "[ Failed 5 ]")


@awaited
async def test_failures_that_are_heard_of_later_are_opened_all_the_same() -> None:
    source = a_full_source()
    source.gate.clear()
    app = HfdlApp(source, FakeBrowser())
    async with app.run_test(size=(80, 23)) as pilot:
        await pilot.press("4")
        await until_shown(pilot, "reading …")

        source.gate.set()

        await until_shown(pilot, "[ Failed 5 ]")


@awaited
async def test_without_failures_it_opens_with_what_runs() -> None:
    source = TaskSource({TaskStatus.IN_PROGRESS: [a_running_task(1)]})
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "[ Running 1 ]")

        await until_shown(pilot, "32-64 MB")


@awaited
async def test_a_job_that_is_not_there_is_said() -> None:
    async with running(FakeSource()) as (app, pilot):
        app.switch_mode("tasks")
        await until_shown(pilot, "No job yet.")

        await pilot.press("r")

        await until_shown(pilot, "no job yet")


@awaited
async def test_an_empty_list_says_so() -> None:
    async with running(TaskSource({})) as (app, pilot):
        await open_tasks(app, pilot, "No task is running.")
        for sentence in ("No task waits to be tried", "Nothing failed.", "all are given out"):
            await pilot.press("right_square_bracket")
            await until_shown(pilot, sentence)


@awaited
async def test_a_list_is_not_filled_with_the_tasks_of_another_one() -> None:
    source = a_full_source()
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")
        source.gate.clear()

        await pilot.press("right_square_bracket")

        await until_shown(pilot, "reading …")
        assert "train-00000" not in body(app)
        source.gate.set()
        await until_shown(pilot, "small/0001.json and 39 more")


@awaited
async def test_lost_redis_leaves_the_rows_dim_and_orders_nothing() -> None:
    source = failed_source()
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")
        source.fail(QueueUnavailable("connection refused"))
        app.look_now()
        await until_shown(pilot, "NO REDIS")

        assert table(app).stale
        await pilot.press("r")
        await until_shown(pilot, "not connected to Redis")
        assert "train-00000" in body(app)
        assert source.orders == []


@awaited
async def test_hostile_names_are_shown_and_do_nothing() -> None:
    names = ["a[/b].bin", "data[train].parquet", "x[/", "end\nline", "\x1b]0;PWNED\x07", "日本語"]
    tasks = [
        replace_path(number, name, f"\x1b[2J{name} is broken") for number, name in enumerate(names)
    ]
    async with running(TaskSource({TaskStatus.FAILED: tasks}), (160, 50)) as (app, pilot):
        await open_tasks(app, pilot, "data[train].parquet")

        shown = body(app)
        assert "a[/b].bin" in shown
        assert r"end\nline" in shown
        assert r"\x1b]0;PWNED\x07" in shown
        assert "日本語" in shown
        await pilot.press("enter")
        await until_shown(pilot, r"\x1b[2Ja[/b].bin is broken")


def replace_path(number: int, path: str, error: str) -> TaskView:
    return a_failed_task(number, error).model_copy(update={"path": path})


# --- moving about ---------------------------------------------------------------------------------


@awaited
async def test_pages_are_asked_for_one_at_a_time() -> None:
    waiting = [a_waiting_task(number) for number in range(120)]
    source = TaskSource({TaskStatus.PENDING: waiting})
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "No task is running.")
        await pilot.press("left_square_bracket", "left_square_bracket")
        await until_shown(pilot, "1–50 of 120")

        await pilot.press("N")
        await until_shown(pilot, "51–100 of 120")
        await pilot.press("N")
        await until_shown(pilot, "101–120 of 120")
        await pilot.press("N")
        await until_shown(pilot, "this is the last page")
        assert source.foci[-1].tasks == TaskPage(TaskStatus.PENDING, 100, 50)

        await pilot.press("pageup")
        await until_shown(pilot, "51–100 of 120")
        await until(pilot, lambda: table(app).cursor_key == waiting[99].task_id)
        await pilot.press("pagedown")
        await until_shown(pilot, "101–120 of 120")
        assert table(app).cursor_key == waiting[100].task_id


@awaited
async def test_a_tab_can_be_clicked() -> None:
    async with running(a_full_source()) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")
        column = body(app).splitlines()[0].index("Done")

        await pilot.click("#task-tabs", offset=(column, 0))

        await until_shown(pilot, "en/00000.json.gz")


@awaited
async def test_the_filter_is_of_this_page_and_escape_clears_it() -> None:
    async with running(failed_source()) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")

        await pilot.press("slash", *"w-03")
        await until(pilot, lambda: "train-00000" not in body(app))
        assert "train-00003" in body(app)
        await pilot.press("x")
        await until_shown(pilot, 'Nothing matches "w-03x". esc clears.')
        await pilot.press("escape")

        await until_shown(pilot, "train-00000")
        assert table(app).has_focus


@awaited
async def test_only_what_the_filter_shows_is_marked_by_a() -> None:
    source = failed_source()
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")
        await pilot.press("slash", *"re:0000[12]-", "enter")
        await until(pilot, lambda: "train-00000" not in body(app))

        await pilot.press("a", "r")

        await until(pilot, lambda: bool(source.orders))
        assert source.orders == [Requeue(JOB, (FAILED[1].task_id, FAILED[2].task_id))]


@awaited
async def test_enter_shows_the_whole_error_and_y_copies_it() -> None:
    async with running(failed_source()) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Detail))

        await pilot.press("y")

        await until_shown(pilot, "sent to the terminal")
        assert FAILED[0].error in app.clipboard
        await pilot.press("escape", "escape")
        await until(pilot, lambda: app.screen is app.page)
        await pilot.press("down", "y")
        await until(pilot, lambda: FAILED[1].error in app.clipboard)


@awaited
async def test_another_jobs_tasks_are_never_shown_as_this_jobs() -> None:
    source = failed_source()
    other = a_job("1" * 32, failed=7)
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")
        view = app.desk.store.view
        assert view is not None
        two = a_view([a_job(failed=5), other], at=view.at)
        source.gate.clear()

        app.desk.store.apply(replace(two, tasks=view.tasks, tasks_page=view.tasks_page))
        app.desk.look_at(other.job_id)
        assert app.page is not None
        app.page.repaint()

        await until_shown(pilot, "reading …")
        assert "[ Failed 7 ]" in body(app)
        source.gate.set()
