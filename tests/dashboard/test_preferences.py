"""The `[dashboard]` table of the config file: it is done as it says, or refused."""

from pathlib import Path

import pytest

from hfdl_core.errors import SettingsError
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.keys import BY_ID
from hfdl_tui.dashboard.opening import open_dashboard
from hfdl_tui.dashboard.preferences import THEME_NAMES, Preferences
from tests.dashboard.fakes import FakeSource
from tests.dashboard.fleets import fleet_view
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, until


def load(tmp_path: Path, text: str) -> Preferences:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return Preferences.load(Settings.load({"config": path}, {}))


def test_without_a_file_or_its_table_all_is_as_ever(tmp_path: Path) -> None:
    assert Preferences.load(Settings.load({}, {})) == Preferences()
    assert load(tmp_path, 'log_level = "info"\n') == Preferences()


def test_the_file_of_the_user_is_read_when_none_is_named(tmp_path: Path) -> None:
    at = tmp_path / "xdg_config_home" / "hfdl" / "config.toml"
    at.parent.mkdir(parents=True)
    at.write_text('[dashboard]\ntheme = "hfdl-light"\n', encoding="utf-8")

    assert Preferences.load(Settings.load({}, {})).theme == "hfdl-light"


def test_everything_can_be_said(tmp_path: Path) -> None:
    text = """
        [dashboard]
        theme = "ansi-dark"
        ascii = true
        interval = 2.5
        bell = false
        title = false
        [dashboard.keys]
        pause_or_resume = "f7"
        help = " f9 , ! "
        leave = "p"
        requeue = "i"
    """

    keys = {"pause_or_resume": "f7", "help": "f9,exclamation_mark", "leave": "p", "requeue": "i"}
    assert load(tmp_path, text) == Preferences(
        theme="ansi-dark", ascii=True, interval=2.5, bell=False, title=False, keys=keys
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('theme = "solarised"', "known are " + ", ".join(THEME_NAMES)),
        ('them = "hfdl-dark"', "them"),
        ("interval = 0.1", "interval"),
        ("interval = 60", "interval"),
        ('interval = "often"', "interval"),
        ("ascii = 3", "ascii"),
        ('keys = "p"', "keys"),
        ("keys = { pause = 'f7' }", "known are " + ", ".join(sorted(BY_ID))),
        ("keys = { help = 7 }", "keys.help"),
        ("keys = { help = 'q' }", "leave"),
        ("keys = { help = '' }", "'' is no key"),
        ("keys = { help = 'ctrl+' }", "'ctrl+' is no key"),
        ("keys = { help = 'f9,,f8' }", "'' is no key"),
        ("keys = { help = 'hyperdrive+x' }", "is no key"),
        ("keys = { help = 'j' }", "j moves in tables"),
        ("keys = { requeue = 'R' }", "R is for requeue_all"),
    ],
)
def test_what_it_cannot_say_is_refused_in_one_line(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(tmp_path, f"[dashboard]\n{text}\n")

    told = str(refused.value)
    assert named in told
    assert str(tmp_path / "config.toml") in told
    assert "\n" not in told


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="dashboard"):
        load(tmp_path, 'dashboard = "blue"\n')


@pytest.mark.parametrize(
    ("said", "environ", "expected"),
    [
        (None, {}, None),
        (True, {}, True),
        (False, {}, False),
        (True, {"HFDL_ASCII": "0"}, None),  # whoever sets it means this terminal
        (False, {"HFDL_ASCII": "1"}, None),
        (True, {"HFDL_ASCII": ""}, True),  # as good as not set
    ],
)
def test_the_environment_goes_before_the_file(
    said: bool | None, environ: dict[str, str], expected: bool | None
) -> None:
    assert Preferences(ascii=said).wants_ascii(environ) is expected


def test_a_wrong_file_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[dashboard]\ntheme = "mauve"\n', encoding="utf-8")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    with pytest.raises(SettingsError, match="mauve"):
        open_dashboard({"config": path}, job=None, read_only=False)


@awaited
async def test_theme_and_pace_are_as_the_file_says() -> None:
    source = FakeSource(fleet_view())
    preferences = Preferences(theme="hfdl-light", interval=0.5)
    async with running(source, preferences=preferences) as (app, pilot):
        assert app.theme == "hfdl-light"
        assert app.desk.interval_seconds == 0.5
        await pilot.press("T")
        await until(pilot, lambda: app.theme == "ansi-dark")


@awaited
async def test_a_key_that_was_moved_frees_its_old_one_on_every_page(tmp_path: Path) -> None:
    source = FakeSource(fleet_view())
    preferences = load(tmp_path, '[dashboard]\nkeys = { go_workers = "f3", filter = "!" }\n')
    async with running(source, preferences=preferences) as (app, pilot):
        await pilot.press("3")
        await pilot.pause()
        assert app.current_mode == "overview"
        await pilot.press("f3")
        await until(pilot, lambda: app.current_mode == "workers")
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: type(app.focused).__name__ == "FilterLine")
