"""What an operator does to the dashboard while its event loop is watched: keys, as a terminal."""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final

from tests.dashboard.real_terminal import Terminal

Hands = Callable[[Terminal, float], None]  # for so many seconds

_PAUSE_SECONDS: Final = 0.5
_LETTER_SECONDS: Final = 0.2
_SIZES: Final = ((120, 36), (160, 50), (80, 24), (160, 50))


def _stay(key: str, terminal: Terminal, seconds: float) -> None:
    terminal.press(key)
    time.sleep(seconds)


def _again(round_of: Callable[[Terminal], None], terminal: Terminal, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        round_of(terminal)


def _press(terminal: Terminal, keys: Iterable[str], pause: float = _PAUSE_SECONDS) -> None:
    for key in keys:
        terminal.press(key)
        time.sleep(pause)


def _dialogs(terminal: Terminal) -> None:
    _press(terminal, ["?", "Escape", "C-p", "Escape", "b", "Escape", "L", "Escape"])


def _typing(terminal: Terminal) -> None:
    _press(terminal, ["3", "/"])
    _press(terminal, [*"w-03", *["BSpace"] * 4], _LETTER_SECONDS)
    _press(terminal, ["Escape"])


def _sizes(terminal: Terminal) -> None:
    for columns, rows in _SIZES:
        terminal.resize(columns, rows)
        time.sleep(_PAUSE_SECONDS)


HANDS: Final[Mapping[str, Hands]] = {
    "Overview": partial(_stay, "1"),
    "Workers": partial(_stay, "3"),
    "Tasks": partial(_stay, "4"),
    "Events": partial(_stay, "5"),
    "from page to page": partial(_again, partial(_press, keys="12345")),
    "the cursor goes": partial(_again, partial(_press, keys=["3", *"jjjjkG", "NPage"], pause=0.1)),
    "a filter is typed": partial(_again, _typing),
    "dialogs come and go": partial(_again, _dialogs),
    "the terminal is resized": partial(_again, _sizes),
}
