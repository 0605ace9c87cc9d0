"""Both themes: every text can be read on whatever it stands on."""

import re

import pytest
from textual.color import Color
from textual.theme import Theme

from hfdl_tui.dashboard.table.rows_styles import STYLES
from hfdl_tui.dashboard.themes import DARK, LIGHT, variables
from tests.dashboard.screen import awaited, screen_text
from tests.dashboard.tables import TableApp, row

ENOUGH = 4.5  # WCAG AA for text
STATES = [name for name in DARK.variables if name.startswith("state-")]
TEXTS = [*STATES, "rows-text", "rows-dim", "rows-accent", "rows-mark"]


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    light, dark = sorted(map(_luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(name: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in Color.parse(name).normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("text", TEXTS)
def test_texts_can_be_read_on_every_ground(theme: Theme, text: str) -> None:
    for ground in (theme.background, theme.surface, theme.variables["rows-resting-ground"]):
        assert ground is not None
        assert contrast(theme.variables[text], ground) >= ENOUGH, ground


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_cursor_and_header_can_be_read(theme: Theme) -> None:
    colours = theme.variables

    assert contrast(colours["rows-cursor-text"], colours["rows-cursor-ground"]) >= ENOUGH
    assert contrast(colours["rows-header"], colours["rows-header-ground"]) >= ENOUGH


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_foreground_and_main_colours_can_be_read(theme: Theme) -> None:
    for ground in (theme.background, theme.surface, theme.panel):
        assert ground is not None
        for text in (theme.foreground, theme.accent, theme.warning, theme.error, theme.success):
            assert text is not None
            assert contrast(text, ground) >= ENOUGH, (text, ground)


def test_both_themes_define_what_the_table_asks_for() -> None:
    asked = set(re.findall(r"\$([a-z-]+)", " ".join(STYLES.values())))

    assert asked
    assert asked <= variables(is_dark=True).keys()
    assert variables(is_dark=True).keys() == variables(is_dark=False).keys()


@awaited
async def test_a_theme_of_somebody_elses_has_our_names_too() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 8)) as pilot:
        app.rows.show([row("a")])
        for theme in ("textual-light", "nord", "ansi-dark", "hfdl-light"):
            app.theme = theme
            await pilot.pause()
            assert "on-a" in screen_text(app)
        assert app.theme_variables["state-running"] == LIGHT.variables["state-running"]
