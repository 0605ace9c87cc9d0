"""The dialogs: what they answer, that No is the default, and that they fit a small screen."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from hfdl_core.models import JobState
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.ask import Ask
from hfdl_tui.dashboard.dialogs.choose_job import ChooseJob
from hfdl_tui.dashboard.dialogs.confirm import Confirm
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.dialogs.detail import Detail
from hfdl_tui.dashboard.dialogs.dialog import Box
from hfdl_tui.dashboard.dialogs.help import Help
from hfdl_tui.dashboard.dialogs.join import ShowJoin
from hfdl_tui.dashboard.dialogs.launch import LaunchDialog
from hfdl_tui.dashboard.view.drawing.glyphs import ASCII
from hfdl_tui.operations.orders import Cancel, OpenToOthers, Outcome, Pause, Resume
from tests.dashboard.fakes import JOB, FakeSource, a_job, a_spec, a_view, a_worker
from tests.dashboard.launch_parts import CHOICE
from tests.dashboard.running import running, show
from tests.dashboard.screen import awaited, screen_text, until, until_shown, until_still

JOIN = "HFDL_REDIS_URL=redis://:s3cret-word@10.0.0.7:7379/0 hfdl worker"


def source() -> FakeSource:
    return FakeSource(a_view([a_job(failed=5, files_failed=5)], [a_worker()]))


async def asked(app: HfdlApp, pilot: Pilot[int], dialog: Screen[Any]) -> list[object]:
    """What the dialog answers, once it has."""
    answers: list[object] = []
    app.push_screen(dialog, answers.append)
    await until(pilot, lambda: app.screen is dialog)
    await until_still(pilot)  # a click goes where its button is at last
    return answers


def a_question() -> Confirm:
    return Confirm("Sure?", "Really do [it] for a[/b].bin?", yes="Do [it]")


# --- Confirm --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (["enter"], False),
        (["n"], False),
        (["escape"], None),
        (["y"], True),
        (["left", "enter"], True),
        (["tab", "tab", "enter"], False),
    ],
)
@awaited
async def test_no_is_the_default(keys: list[str], answer: bool | None) -> None:
    async with running(source(), (80, 23)) as (app, pilot):
        answers = await asked(app, pilot, a_question())

        await pilot.press(*keys)

        await until(pilot, lambda: bool(answers))
        assert answers == [answer]


@awaited
async def test_a_question_shows_names_as_they_are_and_takes_a_click() -> None:
    async with running(source(), (80, 23)) as (app, pilot):
        answers = await asked(app, pilot, a_question())
        assert "Really do [it] for a[/b].bin?" in screen_text(app)
        assert "[ Do [it] ]" in screen_text(app)

        await pilot.click("#yes")

        await until(pilot, lambda: bool(answers))
        assert answers == [True]


# --- Ask: cancelling a job ------------------------------------------------------------------------


@awaited
async def test_cancelling_wants_the_jobs_id_typed() -> None:
    redis = source()
    async with running(redis) as (_app, pilot):
        await pilot.press("X")
        await until_shown(pilot, "Type its short id, 7f3a")

        await pilot.press("enter")
        await until_shown(pilot, "type 7f3a to cancel this job")
        await pilot.press(*"7f4a", "enter")
        await pilot.pause()
        assert redis.orders == []

        await pilot.press(*["backspace"] * 4, *"7f3a", "enter")

        await until(pilot, lambda: redis.orders == [Cancel(JOB)])


@awaited
async def test_escape_cancels_nothing() -> None:
    redis = source()
    async with running(redis) as (app, pilot):
        await pilot.press("X", *"7f3a", "escape")

        await until(pilot, lambda: app.screen is app.page)
        assert redis.orders == []


@awaited
async def test_p_pauses_and_p_again_resumes() -> None:
    redis = source()
    async with running(redis) as (app, pilot):
        await pilot.press("p")
        await until(pilot, lambda: redis.orders == [Pause(JOB)])
        await show(app, pilot, a_view([a_job(state=JobState.PAUSED)], [a_worker()]))

        await pilot.press("p")

        await until(pilot, lambda: redis.orders == [Pause(JOB), Resume(JOB)])


# --- Jobs -----------------------------------------------------------------------------------------


@awaited
async def test_another_job_can_be_chosen() -> None:
    other = a_job("1" * 32, spec=a_spec("1" * 32, repo_id="acme/[bold]mnist"))
    async with running(FakeSource(a_view([a_job(), other]))) as (app, pilot):
        await pilot.press("b")
        await until_shown(pilot, "acme/[bold]mnist")
        await pilot.press("down", "enter")

        await until(pilot, lambda: app.desk.store.job_id == other.job_id)
        await until_shown(pilot, "acme/[bold]mnist @ 1588ec4")


@awaited
async def test_the_cursor_begins_on_the_job_that_is_looked_at() -> None:
    other = a_job("1" * 32)
    async with running(FakeSource(a_view([other, a_job()])), job="7f3a") as (app, pilot):
        await pilot.press("b", "enter")

        await until(pilot, lambda: app.screen is app.page)
        assert app.desk.store.job_id == JOB


# --- Join -----------------------------------------------------------------------------------------


@awaited
async def test_joining_asks_first_then_shows_the_line_without_its_password() -> None:
    redis = source()
    redis.answer = lambda _order: Outcome("open", join=(JOIN,))
    async with running(redis) as (app, pilot):
        await pilot.press("J")
        await until_shown(pilot, "Let other machines help")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is app.page)
        assert redis.orders == []

        await pilot.press("J", "y")

        await until_shown(pilot, "redis://:***@10.0.0.7:7379/0 hfdl worker")
        assert redis.orders == [OpenToOthers(JOB)]
        assert "s3cret-word" not in screen_text(app)
        assert "w-01 on node-01" in screen_text(app)
        await pilot.press("y")
        await until_shown(pilot, "redis://:s3cret-word@")
        assert app.clipboard == JOIN


# --- copying --------------------------------------------------------------------------------------


@awaited
async def test_what_is_copied_cannot_steer_a_terminal() -> None:
    async with running(source(), (80, 23)) as (app, pilot):
        await asked(app, pilot, CopyText("one\n\x1b]0;PWNED\x07two\r\nthree"))

        assert app.clipboard == "one\n\\x1b]0;PWNED\\x07two\nthree"
        assert "\\x1b]0;PWNED" in screen_text(app)
        assert "copied" not in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.page)


@awaited
async def test_y_offers_the_whole_screen_where_nothing_better_is_known() -> None:
    async with running(FakeSource()) as (app, pilot):
        app.switch_mode("events")
        await until_shown(pilot, "[5 Events")
        await pilot.press("y")

        await until_shown(pilot, "sent to the terminal")
        assert "no job" in app.clipboard


# --- all of them ----------------------------------------------------------------------------------


def every_dialog(app: HfdlApp) -> dict[str, Callable[[], Screen[Any]]]:
    long = "a word and another one, " * 40
    return {
        "confirm": lambda: Confirm("Sure?", long, yes="Do it"),
        "ask": lambda: Ask("Which?", "Type something.", lambda text: f"not {text}"),
        "detail": lambda: Detail("Task", [[(long, "")] for _ in range(20)]),
        "jobs": lambda: ChooseJob(app.desk),
        "join": lambda: ShowJoin(app.desk, [JOIN]),
        "help": lambda: Help(app.desk, "tasks", lambda _action: None),
        "launch": lambda: LaunchDialog(app.desk, CHOICE),
    }


@pytest.mark.parametrize("name", ["confirm", "ask", "detail", "jobs", "join", "help", "launch"])
@awaited
async def test_leaving_while_a_dialog_comes_up_is_no_fault(name: str) -> None:
    async with running(source()) as (app, _):
        app.push_screen(every_dialog(app)[name]())


@pytest.mark.parametrize("size", [(60, 15), (120, 36)])
@awaited
async def test_every_dialog_stays_on_the_screen_and_closes_by_escape(size: tuple[int, int]) -> None:
    async with running(source(), size) as (app, pilot):
        for name, make in every_dialog(app).items():
            answers = await asked(app, pilot, make())
            box = app.screen.query_one(Box)
            assert app.screen.region.contains_region(box.region), name
            assert "esc" in screen_text(app) or name == "confirm", name

            await pilot.press("escape")

            await until(pilot, lambda found=answers: bool(found))  # type: ignore[misc]
            assert answers == [None], name


@awaited
async def test_the_buttons_of_a_long_question_can_be_seen_on_a_small_screen() -> None:
    async with running(source(), (60, 15)) as (app, pilot):
        await asked(app, pilot, Confirm("Sure?", "word " * 200, yes="Do it"))

        await until_shown(pilot, "[ No ]")


@awaited
async def test_a_long_detail_scrolls_by_keys() -> None:
    async with running(source(), (60, 15)) as (app, pilot):
        await asked(app, pilot, Detail("Task", [[(f"line {number}", "")] for number in range(40)]))

        await pilot.press("G")
        await until_shown(pilot, "line 39")
        await pilot.press("g")
        await until_shown(pilot, "line 0")


@awaited
async def test_nothing_but_ascii_is_drawn_where_it_was_asked_for() -> None:
    async with running(source(), (80, 23), glyphs=ASCII) as (app, pilot):
        for name, make in every_dialog(app).items():
            dialog = make()
            if hasattr(dialog, "ascii_only"):
                dialog.ascii_only = True
            await asked(app, pilot, dialog)
            foreign = {char for char in screen_text(app) if not char.isascii()}
            assert not foreign, f"{name}: {foreign}\n{screen_text(app)}"
            await pilot.press("escape")
