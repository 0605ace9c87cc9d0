"""Copying in a real terminal: while the text is up the mouse is the terminal's own."""

import signal
from collections.abc import Iterator
from os import kill
from pathlib import Path

import pytest

from tests.dashboard.real_terminal import Terminal

NOBODY = ("--redis-host", "127.0.0.1", "--redis-port", "1")
COPYING = "sent to the terminal"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with Terminal(tmp_path) as running:
        running.hfdl(*NOBODY)
        running.wait_for("NO REDIS")
        yield running


def has_mouse(terminal: Terminal) -> bool:
    return terminal.fact("mouse_any_flag") == "1"


def test_the_mouse_is_the_terminals_while_a_text_is_copied(terminal: Terminal) -> None:
    assert has_mouse(terminal)

    terminal.press("y")
    terminal.wait_for(COPYING)
    assert not has_mouse(terminal)

    terminal.press("Escape")
    terminal.wait_until(lambda: COPYING not in terminal.screen)
    terminal.wait_until(lambda: has_mouse(terminal))

    terminal.press("y")
    terminal.wait_for(COPYING)
    kill(terminal.pid, signal.SIGTERM)
    terminal.wait_for_shell()
    assert not has_mouse(terminal)
    assert terminal.fact("alternate_on") == "0"
