"""The card of a repo, its README.md, as text that a terminal can show."""

from collections.abc import Sequence
from typing import Final

from hfdl_tui.wording.printable import printable

LONGEST_CARD: Final = 200_000  # characters
_TAB: Final = 4
_FENCE: Final = "---"
_BYTE_ORDER_MARK: Final = "\ufeff"


def readable_card(text: str) -> str:
    """Its Markdown without what is meant for machines, cut where it gets too long to read."""
    lines = text[:LONGEST_CARD].removeprefix(_BYTE_ORDER_MARK).splitlines()
    shown = [printable(line.expandtabs(_TAB)) for line in _after_front_matter(lines)]
    if len(text) > LONGEST_CARD:
        shown += ["", f"*… cut after {LONGEST_CARD // 1000} kB: the Hub's page has the rest*"]
    return "\n".join(shown).strip()


def _after_front_matter(lines: Sequence[str]) -> Sequence[str]:
    """Between two lines of dashes at the very top stands YAML for the Hub's own pages."""
    if not lines or lines[0].rstrip() != _FENCE:
        return lines
    ends = (number for number, line in enumerate(lines[1:], 2) if line.rstrip() == _FENCE)
    return lines[next(ends, 0) :]
