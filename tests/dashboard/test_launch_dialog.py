"""The launch dialog: what it shows, that nothing happens before enter, and how a launch goes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hfdl_core.errors import DestinationRefused, HfdlError, QueueUnavailable
from hfdl_core.master import DryRun, JobRequest
from hfdl_core.models import Delivery, JobId, RepoType
from hfdl_core.storage import DiskNeed, OutputDirectory
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.launch import LaunchDialog
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.view.glyphs import Glyphs
from hfdl_tui.dashboard.view.launching import LaunchChoice
from hfdl_tui.operations import destination
from hfdl_tui.operations.orders import Launch, Order, Outcome
from tests.dashboard.fakes import GB, FakeSource, a_dry_run, a_job, a_spec, a_view, a_worker
from tests.dashboard.golden import check_golden
from tests.dashboard.running import running, show
from tests.dashboard.screen import awaited, screen_text, until, until_shown

NEW_JOB = JobId("91bc" + "0" * 28)
CHOICE = LaunchChoice(
    "acme/model-9b", RepoType.MODEL, "main", ("data/*.json", "a b.txt"), ("*.lock",), 1024, 300 * GB
)
REQUEST = JobRequest(
    repo="acme/model-9b",
    repo_type=RepoType.MODEL,
    revision="main",
    include=CHOICE.include,
    exclude=CHOICE.exclude,
    delivery=Delivery.GATHER,
)


@pytest.fixture(autouse=True)
def this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another name and another disk than those of whatever machine runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(destination, "host_name", lambda: "node-00")
    monkeypatch.setattr(OutputDirectory, "free_bytes", lambda _self: 900 * GB)


def a_source(needed: int = 201 * GB) -> FakeSource:
    source = FakeSource(a_view([a_job()], [a_worker(), a_worker("w-02")]))

    def plan(request: JobRequest) -> DryRun:
        need = None if request.delivery is Delivery.KEEP else DiskNeed(200 * GB, needed, 1000)
        return a_dry_run(request, need=need)

    source.dry = plan
    source.answer = lambda _order: Outcome("job 91bc is new", job_id=NEW_JOB)
    return source


def refuse(source: FakeSource, error: HfdlError, at: str | None = None) -> None:
    """Dry runs fail, those to this destination only."""
    planned = source.dry
    assert planned is not None

    def plan(request: JobRequest) -> DryRun:
        if request.destination == at:
            raise error
        return planned(request)

    source.dry = plan


@asynccontextmanager
async def asked(
    source: FakeSource,
    size: tuple[int, int] = (80, 23),
    choice: LaunchChoice = CHOICE,
    *,
    read_only: bool = False,
    glyphs: Glyphs | None = None,
) -> AsyncIterator[tuple[HfdlApp, Pilot[int], list[JobId | None]]]:
    """With the dialog up, and what it answered so far."""
    answers: list[JobId | None] = []
    async with running(source, size, read_only=read_only, glyphs=glyphs) as (app, pilot):
        dialog = LaunchDialog(app.desk, choice)
        app.push_screen(dialog, answers.append)
        await until(pilot, lambda: app.screen is dialog and dialog.is_mounted)
        yield app, pilot, answers


async def counted(pilot: Pilot[int]) -> None:
    await until_shown(pilot, "to download 200.0 GB")
    await pilot.pause()


async def typed(pilot: Pilot[int], field: str, text: str) -> None:
    """As a person does it, in place of what stood there."""
    await pilot.click(f"#{field}")
    await pilot.press("end", "ctrl+u", *text)


# --- what it shows --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 23), (120, 36)])
@awaited
async def test_it_looks_as_it_did(size: tuple[int, int]) -> None:
    async with asked(a_source(), size) as (app, pilot, _):
        await counted(pilot)

        check_golden(f"launch-{size[0]}x{size[1]}", screen_text(app))


@awaited
async def test_it_shows_what_it_takes_and_orders_nothing_before_enter() -> None:
    source = a_source()
    async with asked(source) as (app, pilot, answers):
        await counted(pilot)

        shown = screen_text(app)
        assert "to node-00:/mnt/data/model-9b, free 900.0 GB, needs 201.0 GB" in shown
        assert "1,024 files, 300.0 GB; on disk already 100.0 GB, to download 200.0 GB" in shown
        assert "2 workers alive, 2.0 MB/s together: about 1 d 3 h" in shown
        assert "nothing has begun yet" in shown
        assert (source.requests, source.orders) == ([REQUEST], [])

        await pilot.press("enter")

        await until(pilot, lambda: bool(answers))
        assert source.orders == [Launch(REQUEST)]
        assert answers == [NEW_JOB]
        assert app.current_mode == "overview"
        assert app.desk.store.job_id == NEW_JOB


@awaited
async def test_what_was_listed_is_shown_while_it_is_counted() -> None:
    source = a_source()
    source.tells = ("listing: 1,000 files, 1.0 GB",)
    async with asked(source) as (_app, pilot, _):
        await counted(pilot)
        source.gate.clear()
        await pilot.press("ctrl+r")

        await until_shown(pilot, "1,024 files, 300.0 GB; listing: 1,000 files, 1.0 GB")
        await until_shown(pilot, "needs at most 300.0 GB")
        source.gate.set()
        await counted(pilot)


@pytest.mark.parametrize("size", [(60, 15), (80, 23), (200, 60)])
@awaited
async def test_the_button_that_has_the_focus_is_in_view(size: tuple[int, int]) -> None:
    async with asked(a_source(), size) as (app, pilot, _):
        await until(pilot, lambda: "[ Launch ]" in screen_text(app))
        await pilot.press(*["up"] * 5)

        await until_shown(pilot, "(*) gather")


@awaited
async def test_names_from_the_hub_do_not_reach_the_terminal_as_they_are() -> None:
    hostile = "a\x1b]0;PWNED\x07[/b].bin"
    choice = LaunchChoice("acme/x", RepoType.DATASET, "re[v", (hostile,), ("[b",), 1, 10)
    source = a_source()
    async with asked(source, choice=choice) as (app, pilot, answers):
        await counted(pilot)
        shown = screen_text(app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, CopyText))
        copied = screen_text(app)
        await pilot.press("escape", "enter")
        await until(pilot, lambda: bool(answers))

    assert "Download acme/x (dataset, re[v)" in shown
    assert "1 glob, as picked" in shown
    assert "\x1b" not in shown + copied
    [order] = source.orders
    assert isinstance(order, Launch)
    assert order.request.include == (hostile,)


@awaited
async def test_ascii_is_nothing_but_ascii() -> None:
    async with asked(a_source(), glyphs=Glyphs.of(ascii=True)) as (app, pilot, _):
        await counted(pilot)

        assert screen_text(app).isascii()


# --- what is typed and picked ---------------------------------------------------------------------


@awaited
async def test_the_delivery_is_picked_by_keys() -> None:
    source = a_source()
    async with asked(source, (120, 36)) as (_app, pilot, answers):
        await counted(pilot)
        await pilot.press(*["shift+tab"] * 5, "down", "down")
        await until_shown(pilot, "to model-9b in each worker's own --output-dir")
        await until_shown(pilot, "nothing has begun yet")
        await pilot.press(*["tab"] * 5, "enter")
        await until(pilot, lambda: bool(answers))

    [order] = source.orders
    assert order == Launch(REQUEST.model_copy(update={"delivery": Delivery.KEEP}))


@awaited
async def test_other_filters_are_counted_anew() -> None:
    source = a_source()
    async with asked(source, (120, 36)) as (app, pilot, answers):
        await counted(pilot)
        await typed(pilot, "include", "*.bin 'x y'")
        assert "still counting" in screen_text(app)
        await until(pilot, lambda: len(source.requests) == 2)
        await until_shown(pilot, "nothing has begun yet")
        await pilot.press("enter", "enter")  # to the button, and on it
        await until(pilot, lambda: bool(answers))

    assert source.requests[1].include == ("*.bin", "x y")
    assert source.orders == [Launch(source.requests[1])]


@awaited
async def test_an_open_quote_is_told_and_nothing_is_launched() -> None:
    source = a_source()
    async with asked(source, (120, 36)) as (_app, pilot, answers):
        await counted(pilot)
        await typed(pilot, "exclude", "'x y")
        await until_shown(pilot, "a quote is open")
        await pilot.press("enter", "enter")
        await pilot.pause()

        assert (source.orders, answers) == ([], [])


@awaited
async def test_another_empty_place_is_not_listed_again(tmp_path: Path) -> None:
    source = a_source()
    place = f"to node-00:{tmp_path / 'new place'}, free 900.0 GB"
    async with asked(source, (120, 36)) as (app, pilot, answers):
        await counted(pilot)
        await typed(pilot, "destination", "new place")
        facts = app.screen.query_one("#facts", Lines)
        await until(pilot, lambda: place in facts.text)
        await until_shown(pilot, "nothing has begun yet")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: bool(answers))

    assert source.requests == [REQUEST]
    assert source.orders == [Launch(REQUEST.model_copy(update={"destination": "new place"}))]


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
