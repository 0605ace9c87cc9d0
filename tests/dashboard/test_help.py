"""Help, palette and the line of keys: every key can be found, and says why it does nothing."""

import pytest
from textual.command import CommandList
from textual.pilot import Pilot

from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.dialogs.help import Help
from hfdl_tui.dashboard.key_line import KeyLine
from hfdl_tui.dashboard.keys import KEYS, keys_on, spoken_keys
from hfdl_tui.dashboard.lines import Lines
from hfdl_tui.dashboard.pages import PAGES
from hfdl_tui.dashboard.palette import Palette
from hfdl_tui.dashboard.preferences import Preferences
from hfdl_tui.dashboard.table import rows_keys
from hfdl_tui.dashboard.view.drawing.glyphs import UNICODE
from hfdl_tui.dashboard.view.drawing.spans import plain, width_of
from hfdl_tui.dashboard.view.help_lines import Entry, help_lines, sign_lines
from hfdl_tui.operations.orders import Pause
from tests.dashboard.fakes import JOB, FakeSource, a_job, a_view, a_worker
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, until, until_shown


def source() -> FakeSource:
    return FakeSource(a_view([a_job()], [a_worker()]))


async def help_text(app: HfdlApp, pilot: Pilot[int]) -> str:
    page = app.page
    assert page is not None
    app.push_screen(Help(app.desk, page.NAME, page.why_not))
    await until(pilot, lambda: isinstance(app.screen, Help) and bool(app.screen.query(Lines)))
    text = app.screen.query_one(Lines)
    await until(pilot, lambda: "Signs" in text.text)
    await pilot.press("escape")
    return " ".join(text.text.split())


async def open_palette(app: HfdlApp, pilot: Pilot[int]) -> CommandList:
    app.action_command_palette()
    await until(pilot, lambda: isinstance(app.screen, Palette))
    await until(pilot, lambda: bool(app.screen.query(CommandList)))
    return app.screen.query_one(CommandList)


def first_of(options: CommandList) -> str:
    return str(options.options[0].prompt) if options.option_count else ""


async def palette_lines(app: HfdlApp, pilot: Pilot[int]) -> list[str]:
    await until(pilot, lambda: app.screen is app.page)
    options = await open_palette(app, pilot)
    seen = -1
    while seen != options.option_count or not seen:  # they come in bunches
        seen = options.option_count
        await until(pilot, lambda: options.option_count > 0)
        await pilot.pause(0.3)
    lines = [str(option.prompt) for option in options.options]
    await pilot.press("escape")
    await until(pilot, lambda: app.screen is app.page)
    return lines


@pytest.mark.parametrize("name", PAGES)
@awaited
async def test_every_key_of_a_page_is_in_its_help_and_in_the_palette(name: str) -> None:
    async with running(source()) as (app, pilot):
        app.switch_mode(name)
        await until(pilot, lambda: isinstance(app.page, PAGES[name]))

        helped = await help_text(app, pilot)
        commands = " ".join(await palette_lines(app, pilot))

        for key in keys_on(name):
            assert f"{spoken_keys(key.keys)} {key.tip}" in helped, key.id
            if key.id not in {"palette", "back"}:
                assert f"{key.label}: {key.tip.partition(';')[0]}" in commands, key.id


@awaited
async def test_every_binding_of_a_page_comes_from_the_table_of_keys() -> None:
    known = {key.id for key in KEYS}
    async with running(source()) as (app, pilot):
        for name, page in PAGES.items():
            app.switch_mode(name)
            await until(pilot, lambda found=page: isinstance(app.page, found))  # type: ignore[misc]
            assert app.page is not None
            own = [
                bound.binding
                for bound in app.page.active_bindings.values()
                if bound.node is app.page
            ]
            strangers = {each.key for each in own if each.id not in known}
            assert strangers <= {"tab", "shift+tab", "ctrl+c", "super+c"}, name
            assert all(each.tooltip for each in own if each.id in known)


@awaited
async def test_the_tables_keys_are_in_help_and_palette() -> None:
    async with running(source()) as (app, pilot):
        await pilot.press("4")
        helped = await help_text(app, pilot)
        commands = " ".join(await palette_lines(app, pilot))

        for binding in rows_keys.BINDINGS:
            tip = getattr(binding, "tooltip", "")
            assert tip in helped
            assert f"table: {tip}" in commands


@awaited
async def test_help_and_palette_say_why_a_key_does_nothing() -> None:
    async with running(source()) as (app, pilot):
        helped = await help_text(app, pilot)
        commands = await palette_lines(app, pilot)

        assert "not now: only a complete job can be verified" in helped
        assert any("not now: only a complete job" in each for each in commands)


@awaited
async def test_the_palette_does_what_the_key_would() -> None:
    redis = source()
    async with running(redis) as (app, pilot):
        options = await open_palette(app, pilot)
        await pilot.press(*"pause job")
        await until(pilot, lambda: first_of(options).startswith("pause job:"))
        await pilot.press("enter")

        await until(pilot, lambda: redis.orders == [Pause(JOB)])


@awaited
async def test_the_palette_says_why_it_does_nothing() -> None:
    redis = source()
    async with running(redis) as (app, pilot):
        options = await open_palette(app, pilot)
        await pilot.press(*"requeue all")
        await until(pilot, lambda: first_of(options).startswith("requeue all:"))
        await pilot.press("enter")

        await until_shown(pilot, "nothing failed")
        assert redis.orders == []


@awaited
async def test_a_palette_that_is_closed_at_once_harms_nothing() -> None:
    async with running(source()) as (app, pilot):
        for _ in range(5):
            await pilot.press("colon", "escape")

        await until(pilot, lambda: app.screen is app.page)


@awaited
async def test_keys_of_the_config_file_are_shown_and_work() -> None:
    redis = source()
    preferences = Preferences(keys={"pause_or_resume": "f7", "help": "f9"})
    async with running(redis, preferences=preferences) as (app, pilot):
        footer = app.screen.query_one(KeyLine)
        await until(pilot, lambda: "f7 pause job" in footer.text)
        helped = await help_text(app, pilot)
        assert "f7 Pause the job" in helped
        assert "f9 All keys" in helped

        await pilot.press("p")
        await pilot.pause()
        assert redis.orders == []
        await pilot.press("f7")
        await until(pilot, lambda: redis.orders == [Pause(JOB)])


@awaited
async def test_a_key_that_is_greyed_says_why() -> None:
    async with running(source()) as (_app, pilot):
        await pilot.press("V")

        await until_shown(pilot, "only a complete job can be verified")


@awaited
async def test_where_letters_are_typed_only_other_keys_are_offered() -> None:
    async with running(FakeSource(), (80, 23)) as (app, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"a/b")
        footer = app.screen.query_one(KeyLine)
        await until(pilot, lambda: "f1 help  ^p palette  ^c leave" in footer.text)
        assert "/ filter" not in footer.text
        assert "n new job" not in footer.text
        await pilot.press("escape")
        await until(pilot, lambda: "? help  ^p palette  q leave" in footer.text)


# --- the lines themselves -------------------------------------------------------------------------


@pytest.mark.parametrize("width", [30, 50, 90])
def test_help_is_wrapped_under_itself(width: int) -> None:
    entries = [Entry("r", "Failed: back to the queue. Waiting: try now.", "nothing failed at all")]

    lines = help_lines([("Job", entries), ("Empty", [])], width)

    assert plain(lines[0]) == "Job"
    assert all(width_of(line) <= max(width, 34) for line in lines)
    assert all(plain(line).startswith(" " * 14) for line in lines[2:])
    assert "Empty" not in " ".join(map(plain, lines))
    assert "not now: nothing failed" in " ".join(" ".join(map(plain, lines)).split())


def test_every_sign_is_explained() -> None:
    shown = "\n".join(plain(line) for line in sign_lines(UNICODE))

    for words in ("● working", "✗  lost".replace("  ", " "), "↻ retry", "█ verified", "▓ on disk"):
        sign, _, word = words.partition(" ")
        assert f"{sign}  {word}" in shown
