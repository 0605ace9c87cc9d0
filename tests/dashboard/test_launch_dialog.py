"""The launch dialog: what it shows, what can be typed, and that nothing happens before enter."""

from pathlib import Path

import pytest

from hfdl_core.models import Delivery, RepoType
from hfdl_tui.dashboard.dialogs.copy_text import CopyText
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.launch.launching import LaunchChoice
from hfdl_tui.operations.orders import Launch
from tests.dashboard.golden import check_golden
from tests.dashboard.launch_parts import (
    NEW_JOB,
    REQUEST,
    a_source,
    asked,
    box_text,
    counted,
    typed,
)
from tests.dashboard.screen import awaited, screen_text, until, until_shown

pytestmark = pytest.mark.usefixtures("this_machine")


# --- what it shows --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 23), (120, 36)])
@awaited
async def test_it_looks_as_it_did(size: tuple[int, int]) -> None:
    async with asked(a_source(), size) as (app, pilot, _):
        await counted(pilot)

        check_golden(f"launch-{size[0]}x{size[1]}", box_text(app))


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
        await until(pilot, lambda: source.requests[-1].include == ("*.bin", "x y"))
        await until_shown(pilot, "nothing has begun yet")
        await pilot.press("enter", "enter")  # to the button, and on it
        await until(pilot, lambda: bool(answers))

    assert source.orders == [Launch(source.requests[-1])]


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
