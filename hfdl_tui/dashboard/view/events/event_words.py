"""What the page of events says beside its rows."""

from typing import Final

from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans, cut, joined
from hfdl_tui.wording import figures

EMPTY: Final = (
    "Nothing has happened yet.\n\n"
    "What becomes of jobs, tasks and workers is told here as it happens."
)


def status_line(
    shown: int, unseen: int, wrong: str, glyphs: Glyphs, width: int, *, follows: bool
) -> Spans:
    """How many, and how many came below while somebody read; `wrong` is said of the filter."""
    if wrong:
        return cut([(f" {wrong}", "warn")], width)
    parts: list[Spans] = [[(f" {_events(shown)}", "")]]
    if follows:
        parts.append([("follows the newest", "dim")])
    elif unseen:
        parts.append(
            [(f"{figures.count(unseen)} new {glyphs.descending} F or G shows them", "accent")]
        )
    else:
        parts.append([("stands still: F follows", "dim")])
    return cut(joined(parts, f" {glyphs.separator} "), width)


def _events(number: int) -> str:
    return f"{figures.count(number)} {'event' if number == 1 else 'events'}"
