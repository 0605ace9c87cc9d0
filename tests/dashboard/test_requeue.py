"""What the keys of the page of tasks order: requeue, try now, and why they do nothing."""

import threading

import pytest

from hfdl_core.errors import UsageError
from hfdl_core.models import TaskStatus
from hfdl_tui.operations.orders import Order, Outcome, Requeue, TryNow
from tests.dashboard.fakes import JOB
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, until, until_shown
from tests.dashboard.task_screen import FAILED, body, failed_source, open_tasks, table
from tests.dashboard.task_source import TaskSource, a_failed_task, a_full_source, a_retrying_task


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
