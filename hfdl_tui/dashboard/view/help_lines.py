"""The help as lines: keys at the left, what they do beside them, wrapped under itself."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hfdl_core.models import TaskStatus, WorkerState
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.wording.printable import cell_width

_KEYS_WIDTH: Final = 14
_LEAST_WIDTH: Final = 20  # of the column of words


@dataclass(frozen=True, slots=True)
class Entry:
    """One verb; `not_now` is the reason why its key does nothing at present."""

    keys: str
    words: str
    not_now: str = ""


def help_lines(groups: Sequence[tuple[str, Sequence[Entry]]], width: int) -> list[Spans]:
    """Groups without an entry are left out."""
    lines: list[Spans] = []
    for title, entries in groups:
        if entries:
            lines += [[], [(title, "bold")]]
            lines += [line for entry in entries for line in _entry(entry, width)]
    return lines[1:]


def sign_lines(glyphs: Glyphs) -> list[Spans]:
    """What the signs of workers, tasks and the map of files mean."""
    signs = [glyphs.worker(state) for state in WorkerState]
    signs += [glyphs.task(state) for state in TaskStatus]
    lines: list[Spans] = [[], [("Signs", "bold")]]
    lines += [
        [("  ", ""), sign.cell, (f"  {sign.word.lower()}", "")] for sign in dict.fromkeys(signs)
    ]
    of_map = (
        (glyphs.verified, "verified"),
        (glyphs.on_disk, "on disk"),
        ("a-z", "in flight, by the worker of that letter"),
        (glyphs.waiting, "waiting"),
    )
    return lines + [[(f"  {sign:<3}{word}", "")] for sign, word in of_map]


def _entry(entry: Entry, width: int) -> list[Spans]:
    style = "dim" if entry.not_now else ""
    room = max(_LEAST_WIDTH, width - _KEYS_WIDTH)
    words = textwrap.wrap(entry.words, room)
    keys = f"  {entry.keys}"
    blanks = " " * max(1, _KEYS_WIDTH - cell_width(keys))
    first, *others = words
    lines: list[Spans] = [[(keys + blanks, style or "accent"), (first, style)]]
    lines += [[(" " * _KEYS_WIDTH + more, style)] for more in others]
    if entry.not_now:
        reason = textwrap.wrap(f"not now: {entry.not_now}", room)
        lines += [[(" " * _KEYS_WIDTH + more, "warn")] for more in reason]
    return lines
