"""Acceptance check 1: what the kept screens have in common, and the one that is too small."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.dashboard.every_page import FACES, a_browser, a_whole_source, go_to
from tests.dashboard.golden import check_golden
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, screen_text, until_shown

ROOT = Path(__file__).parents[2]
GOLDENS = sorted((ROOT / "tests/dashboard/golden_texts").glob("*.txt"))
PAGES = [path for path in GOLDENS if not path.stem.startswith(("launch", "tasks", "too-small"))]
# A word that is cut stands beside the sign that says so.
_WORD = re.compile(r"(?<![\w….~])[A-Za-z]{3,}(?![\w…~])")
_BY_DESIGN = {"Over", "Work"}  # two of the five tabs on a narrow screen


@cache
def known_words() -> frozenset[str]:
    """All that the dashboard and the data of its tests could mean to say."""
    sources = [*(ROOT / "hfdl_tui").rglob("*.py"), *(ROOT / "hfdl_core").rglob("*.py")]
    sources += (ROOT / "tests/dashboard").glob("*.py")
    texts = (path.read_text(encoding="utf-8") for path in sources)
    return frozenset(word for text in texts for word in re.findall(r"[A-Za-z]{3,}", text))


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_no_word_is_cut_in_silence(path: Path) -> None:
    shown = set(_WORD.findall(path.read_text(encoding="utf-8")))

    assert len(shown) > 5
    assert shown - known_words() - _BY_DESIGN == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_fits_its_size_and_says_its_keys(path: Path) -> None:
    width, height = map(int, path.stem.rpartition("-")[2].split("x"))
    lines = path.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= height
    assert all(len(line) <= width for line in lines)
    assert lines[-1].endswith("q leave")
    assert "? help" in lines[-1]


@awaited
async def test_a_screen_that_is_too_small_says_so_and_comes_back() -> None:
    async with running(a_whole_source(), (52, 12), a_browser()) as (app, pilot):
        await until_shown(pilot, "hfdl needs 60×15; this is 52×12")
        check_golden("too-small-52x12", screen_text(app))
        for face in FACES:
            await app.switch_mode("files" if face == "repo" else face)
            await until_shown(pilot, "hfdl needs 60×15; this is 52×12")
            assert "43 %, 3\n failed" in screen_text(app)

        await pilot.resize_terminal(60, 15)
        for face in FACES:
            await go_to(app, pilot, face)
            assert " leave" in screen_text(app).splitlines()[-1]
