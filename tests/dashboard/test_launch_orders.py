"""A launch from its dialog: how it goes, what holds it back, and what comes of it."""

import pytest

from hfdl_core.errors import DestinationRefused, QueueUnavailable
from hfdl_core.models import Delivery
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.operations.orders import Launch, Order, Outcome
from tests.dashboard.fakes import GB, a_job, a_spec, a_view, a_worker
from tests.dashboard.launch_parts import (
    NEW_JOB,
    REQUEST,
    a_source,
    asked,
    counted,
    refuse,
    typed,
)
from tests.dashboard.running import show
from tests.dashboard.screen import awaited, screen_text, until, until_shown

pytestmark = pytest.mark.usefixtures("this_machine")


# --- when it cannot be launched -------------------------------------------------------------------


@awaited
async def test_too_little_room_greys_the_button() -> None:
    source = a_source(needed=901 * GB)
    async with asked(source) as (app, pilot, answers):
        await until_shown(pilot, "1.0 GB too little room there")
        await pilot.press("enter")
        await pilot.click("#launch")
        await pilot.pause()

        assert app.screen.query_one("#launch").has_class("-greyed")
        assert (source.orders, answers) == ([], [])


@awaited
async def test_a_refused_default_is_named_to_be_used_all_the_same() -> None:
    source = a_source()
    refuse(source, DestinationRefused("/x/model-9b was not made by hfdl: name it with -o"))
    async with asked(source, (120, 36)) as (_app, pilot, answers):
        await until_shown(pilot, "was not made by hfdl")
        await until_shown(pilot, "(here -o is destination)")
        await pilot.press("enter")
        await pilot.pause()
        assert source.orders == []

        await typed(pilot, "destination", "model-9b")
        await until_shown(pilot, "nothing has begun yet")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: bool(answers))

    assert source.orders == [Launch(REQUEST.model_copy(update={"destination": "model-9b"}))]


@awaited
async def test_read_only_counts_and_launches_nothing() -> None:
    source = a_source()
    async with asked(source, read_only=True) as (_app, pilot, _):
        await counted(pilot)
        await until_shown(pilot, "read-only: start hfdl without --read-only")
        await pilot.press("enter")
        await pilot.click("#launch")
        await pilot.pause()

        assert source.orders == []


@awaited
async def test_without_redis_it_waits_and_counts_when_it_is_back() -> None:
    source = a_source()
    view = a_view([a_job()], [a_worker()])
    async with asked(source) as (app, pilot, _):
        await counted(pilot)
        planned = source.dry
        refuse(source, QueueUnavailable("no Redis at redis.lab"), at=None)
        source.fail(QueueUnavailable("no Redis at redis.lab"))
        app.look_now()
        await until(pilot, lambda: not app.desk.link.is_up)
        await pilot.press("ctrl+r")
        await until_shown(pilot, "not connected to Redis")
        await pilot.press("enter")
        await pilot.pause()
        assert source.orders == []

        source.dry = planned
        await show(app, pilot, view)
        await until_shown(pilot, "nothing has begun yet")


# --- the launch itself ----------------------------------------------------------------------------


@awaited
async def test_how_the_planning_goes_is_shown_and_once_is_enough() -> None:
    source = a_source()
    async with asked(source) as (_app, pilot, answers):
        await counted(pilot)
        source.tells = ("listing: 1,024 files", "publishing: 300 of 1,024 files")
        source.gate.clear()
        await pilot.press("enter")
        await until_shown(pilot, "publishing: 300 of 1,024 files")
        await pilot.press("enter", "y")
        source.gate.set()
        await until(pilot, lambda: bool(answers))

    assert source.orders == [Launch(REQUEST)]


@awaited
async def test_escape_leaves_a_launch_to_itself() -> None:
    source = a_source()
    async with asked(source) as (app, pilot, answers):
        await counted(pilot)
        source.gate.clear()
        await pilot.press("enter")
        await until_shown(pilot, "esc closes this; the launch goes on")
        await pilot.press("escape")
        await until_shown(pilot, "the launch goes on without its dialog")
        source.gate.set()
        await until_shown(pilot, "job 91bc is new")

        assert answers == [None]
        assert source.orders == [Launch(REQUEST)]
        assert app.desk.store.job_id != NEW_JOB


@awaited
async def test_a_launch_that_is_refused_can_be_put_right() -> None:
    source = a_source()

    def answer(order: Order) -> Outcome:
        assert isinstance(order, Launch)
        if not order.request.replace:
            raise DestinationRefused("d is taken by job 7f3a: cancel it with --replace")
        return Outcome("job 91bc is new", job_id=NEW_JOB)

    source.answer = answer
    async with asked(source, (120, 36)) as (_app, pilot, answers):
        await counted(pilot)
        await pilot.press("enter")
        await until_shown(pilot, "cancel it with --replace")
        await until_shown(pilot, "(here --replace is the box above)")
        await pilot.press("shift+tab", "space")
        await until_shown(pilot, "[x] replace an unfinished job")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: bool(answers))

    assert source.orders[-1] == Launch(REQUEST.model_copy(update={"replace": True}))
    assert source.requests == [REQUEST], "the box changes nothing that is counted"


@awaited
async def test_the_new_job_stays_chosen_when_an_older_look_comes_in() -> None:
    source = a_source()
    async with asked(source) as (app, pilot, answers):
        await counted(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: bool(answers))
        await show(app, pilot, a_view([a_job()], [a_worker()]))
        before = app.desk.store.job_id
        new = a_job(NEW_JOB, spec=a_spec(NEW_JOB))
        await show(app, pilot, a_view([new, a_job()], [a_worker()]))

        assert before == NEW_JOB
        assert app.desk.store.job is not None
        assert app.desk.store.job.job_id == NEW_JOB


@awaited
async def test_the_mouse_does_it_all() -> None:
    source = a_source()
    async with asked(source, (120, 36)) as (app, pilot, answers):
        await counted(pilot)
        await pilot.click("#delivery", offset=(5, 1))
        await pilot.click("#replace")
        await pilot.click("#copy")
        await until(pilot, lambda: isinstance(app.screen, CopyText))
        assert "hfdl get acme/model-9b" in screen_text(app)
        await pilot.press("escape")
        await until_shown(pilot, "nothing has begun yet")
        await pilot.click("#launch")
        await until(pilot, lambda: bool(answers))

    changes = {"delivery": Delivery.SHARED, "replace": True}
    assert source.orders == [Launch(REQUEST.model_copy(update=changes))]
