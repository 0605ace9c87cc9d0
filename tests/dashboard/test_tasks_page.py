"""The page of tasks on a screen: what is shown, and what its keys order."""

import threading
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from hfdl_core.errors import QueueUnavailable, UsageError
from hfdl_core.models import TaskStatus
from hfdl_core.monitor import TaskPage
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.pages.tasks import TasksPage
from hfdl_tui.dashboard.task_widgets import TaskRows
from hfdl_tui.operations.orders import Order, Outcome, Requeue, TryNow
from tests.dashboard.fakes import JOB, FakeSource, a_job, a_view
from tests.dashboard.golden import check_golden
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, screen_text, until, until_shown
from tests.dashboard.task_source import (
    TaskSource,
    a_failed_task,
    a_full_source,
    a_retrying_task,
    a_running_task,
    a_waiting_task,
)

FAILED = [a_failed_task(number) for number in range(5)]


def failed_source(count: int = 5) -> TaskSource:
    return TaskSource({TaskStatus.FAILED: [a_failed_task(number) for number in range(count)]})


async def open_tasks(app: HfdlApp, pilot: Pilot[int], shown: str) -> TasksPage:
    await pilot.press("4")
    await until_shown(pilot, shown)
    assert isinstance(app.page, TasksPage)
    return app.page


def table(app: HfdlApp) -> TaskRows:
    return next(each for each in app.screen.query(TaskRows) if each.display)


def body(app: HfdlApp) -> str:
    """What the page itself drew, without the frame of all pages."""
    lines = screen_text(app).splitlines()
    top = app.screen.query_one("#task-tabs").region.y
    return "\n".join(lines[top:-1])


# --- what is shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(60, 15), (80, 23), (120, 36)])
@awaited
async def test_every_list_looks_as_it_should(size: tuple[int, int]) -> None:
    source = a_full_source()
    retrying = [a_retrying_task(at, 7200.0 + 3600 * at) for at in range(4)]
    source.set_lists({**source.lists, TaskStatus.RETRYING: retrying})
    async with running(source, size) as (app, pilot):
        await open_tasks(app, pilot, "✗ data/train-0")

        shown = [body(app)]
        for sign in ("small/", "en/00000", "1 of 4", "HTTP"):
            await pilot.press("right_square_bracket")
            await until_shown(pilot, sign)
            shown.append(body(app))

        check_golden(f"tasks-{size[0]}x{size[1]}", "\n\n".join(shown))


@awaited
async def test_failures_are_what_the_page_opens_with() -> None:
    async with running(a_full_source()) as (app, pilot):
        await open_tasks(app, pilot, "[ Failed 5 ]")


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


def replace_path(number: int, path: str, error: str):  # type: ignore[no-untyped-def]
    return a_failed_task(number, error).model_copy(update={"path": path})


# --- requeue --------------------------------------------------------------------------------------


@awaited
async def test_r_requeues_the_one_under_the_cursor() -> None:
    source = failed_source()
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")

        await pilot.press("down", "r")

        await until(pilot, lambda: "train-00001" not in body(app))
        assert source.orders == [Requeue(JOB, (FAILED[1].task_id,))]
        assert "[ Failed 4 ]" in body(app)


@awaited
async def test_r_requeues_the_marked_ones_once() -> None:
    source = failed_source()
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")
        await pilot.press("space", "space", "space")
        await until_shown(pilot, "3 marked")

        await pilot.press("r", "r")

        await until(pilot, lambda: "train-00000" not in body(app))
        marked, under_cursor = source.orders[0], source.orders[1:]
        assert marked == Requeue(JOB, tuple(task.task_id for task in FAILED[:3]))
        # The second press found nothing marked any more: it meant the row under the cursor.
        assert under_cursor in ([], [Requeue(JOB, (FAILED[3].task_id,))])
        assert table(app).all_marks == frozenset()


@awaited
async def test_rows_wait_until_a_look_shows_the_effect() -> None:
    source, go = failed_source(), threading.Event()
    move = source.answer

    def slow(order: Order) -> Outcome:
        go.wait()
        return move(order)

    source.answer = slow
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")

        await pilot.press("r")
        await until_shown(pilot, "… data/train-00000")
        await pilot.press("r")
        await until_shown(pilot, "on its way already")
        go.set()

        await until(pilot, lambda: "train-00000" not in body(app))
        assert len(source.orders) == 1


@awaited
async def test_an_order_that_failed_gives_the_row_back_and_says_why() -> None:
    source = failed_source()

    def refuse(order: Order) -> Outcome:
        raise UsageError("none of these tasks is among the failed ones")

    source.answer = refuse
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")

        await pilot.press("r")

        await until_shown(pilot, "none of these tasks is among")
        await until_shown(pilot, "✗ data/train-00000")


@awaited
async def test_marks_are_kept_over_pages() -> None:
    source = failed_source(120)
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")
        await pilot.press("space")
        await pilot.press("N")
        await until_shown(pilot, "train-00050")
        await pilot.press("space")
        await until_shown(pilot, "2 marked, 1 of them not shown here")

        await pilot.press("r")

        await until(pilot, lambda: bool(source.orders))
        ids = (a_failed_task(0).task_id, a_failed_task(50).task_id)
        assert source.orders == [Requeue(JOB, ids)]


@awaited
async def test_requeue_all_asks_with_the_count_and_no_is_the_default() -> None:
    source = failed_source()
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")

        await pilot.press("R")
        await until_shown(pilot, "Put all 5 failed tasks of acme/model-9b back")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.page)
        assert source.orders == []

        await pilot.press("R", "y")
        await until_shown(pilot, "Nothing failed.")
        assert source.orders == [Requeue(JOB)]


@awaited
async def test_r_tries_now_what_waits_to_be_tried_again() -> None:
    source = TaskSource({TaskStatus.RETRYING: [a_retrying_task(1), a_retrying_task(2)]})
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "No task is running.")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "train-00001")

        await pilot.press("r")

        await until(pilot, lambda: "train-00001" not in body(app))
        assert source.orders == [TryNow(JOB, (a_retrying_task(1).task_id,))]


@awaited
async def test_the_next_try_counts_down_between_two_looks() -> None:
    source = TaskSource({TaskStatus.RETRYING: [a_retrying_task(1, seconds=300.0)]})
    async with running(source) as (app, pilot):
        await open_tasks(app, pilot, "No task is running.")
        await pilot.press("right_square_bracket")
        await until_shown(pilot, "train-00001")
        source.gate.clear()
        now = app.desk.store._applied_at
        app.desk.store._clock = lambda: now + 255.0

        await until_shown(pilot, " 45 s ")
        source.gate.set()


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (3, "running tasks cannot be requeued"),
        (1, "waiting tasks are in the queue already"),
        (2, "what is done need not be requeued"),
    ],
)
@awaited
async def test_r_elsewhere_is_greyed_and_says_why(steps: int, reason: str) -> None:
    source = a_full_source()
    async with running(source) as (app, pilot):
        page = await open_tasks(app, pilot, "train-00000")
        await pilot.press(*["right_square_bracket"] * steps)

        await pilot.press("r")

        await until_shown(pilot, reason)
        assert page.check_action("requeue", ()) is None
        assert source.orders == []


@awaited
async def test_read_only_orders_nothing() -> None:
    source = a_full_source()
    async with running(source, read_only=True) as (app, pilot):
        await open_tasks(app, pilot, "train-00000")

        await pilot.press("r", "R", "X", "p")

        await until_shown(pilot, "read-only: start hfdl without")
        assert source.orders == []


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
