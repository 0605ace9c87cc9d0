"""Signs: one column each, an ASCII twin each, and states told apart without colour."""

import dataclasses

import pytest
from rich.cells import cell_len

from hfdl_core.models import JobState, TaskStatus, WorkerState
from hfdl_tui.dashboard.view.drawing.glyphs import ASCII, UNICODE, Glyphs, wants_ascii
from hfdl_tui.dashboard.view.drawing.table import STYLES

SEVERAL = {"bar_steps", "levels"}


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_sign_is_one_column_wide(glyphs: Glyphs) -> None:
    signs = dataclasses.asdict(glyphs)

    for name in signs.keys() - SEVERAL:
        assert cell_len(signs[name]) == 1, name
    for name in SEVERAL:
        assert cell_len(signs[name]) == len(signs[name]), name


def test_ascii_is_ascii_and_the_other_is_not() -> None:
    assert all(sign.isascii() for sign in dataclasses.asdict(ASCII).values())
    assert Glyphs.of(ascii=True).is_ascii
    assert not Glyphs.of(ascii=False).is_ascii


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_state_has_a_sign_of_a_style_the_tables_know(glyphs: Glyphs) -> None:
    signs = [
        *map(glyphs.worker, WorkerState),
        *map(glyphs.job, JobState),
        *map(glyphs.task, TaskStatus),
        glyphs.stalled,
        glyphs.no_data,
    ]

    assert {sign.style for sign in signs} <= set(STYLES)
    assert all(sign.word.isupper() and sign.word.isascii() for sign in signs)
    assert signs[0].cell == (signs[0].glyph, signs[0].style)


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_states_of_one_kind_differ_in_glyph_or_word(glyphs: Glyphs) -> None:
    for signs in (
        [glyphs.worker(state) for state in WorkerState],
        [glyphs.job(state) for state in JobState],
        [glyphs.task(state) for state in TaskStatus],
    ):
        assert len({sign.word for sign in signs}) == len(signs)
    troubles = {WorkerState.WORKING, WorkerState.IDLE, WorkerState.LATE, WorkerState.LOST}
    assert len({glyphs.worker(state).glyph for state in troubles}) == len(troubles)
    assert len({glyphs.task(state).glyph for state in TaskStatus}) == len(TaskStatus)


@pytest.mark.parametrize(
    ("environ", "encoding", "expected"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", False),
        ({"TERM": "xterm-256color"}, "UTF8", False),
        ({}, "ANSI_X3.4-1968", True),
        ({}, "iso8859-1", True),
        ({}, None, True),
        ({"TERM": "linux"}, "utf-8", True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "utf-8", True),  # as Python leaves it
        ({"LC_ALL": "POSIX", "LANG": "en_GB.UTF-8"}, "utf-8", True),
        ({"LC_CTYPE": "C.UTF-8"}, "utf-8", False),  # nothing was said: many containers
        ({"LANG": "en_GB.UTF-8", "LC_CTYPE": "C.UTF-8"}, "utf-8", False),
        ({"LANG": "C", "LC_CTYPE": "en_GB.UTF-8"}, "utf-8", False),
        ({"LANG": "C.UTF-8"}, "utf-8", False),
        ({"LANG": "C", "HFDL_ASCII": "0"}, "utf-8", False),
        ({"HFDL_ASCII": "1"}, "utf-8", True),
        ({"HFDL_ASCII": "0", "TERM": "linux"}, "ascii", False),
        ({"HFDL_ASCII": ""}, "utf-8", False),
    ],
)
def test_ascii_is_chosen_where_the_terminal_needs_it(
    environ: dict[str, str], encoding: str | None, expected: bool
) -> None:
    assert wants_ascii(environ, encoding) is expected
