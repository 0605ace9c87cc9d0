"""The card of a repo, its README.md, as text that a terminal can show."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from hfdl_tui.wording.printable import printable

LONGEST_CARD: Final = 200_000  # characters
_TAB: Final = 4
_FENCE: Final = "---"
_TAG: Final = re.compile(r"</?[a-zA-Z][\w-]*(?:\s[^<>]*)?/?>|<!--.*?-->")
_CODE: Final = ("```", "~~~")
_BYTE_ORDER_MARK: Final = "\ufeff"


def readable_card(text: str) -> str:
    """Its Markdown without what is meant for machines, cut where it gets too long to read.

    Tags of HTML are left away, and what stands between them stays.
    """
    lines = text[:LONGEST_CARD].removeprefix(_BYTE_ORDER_MARK).splitlines()
    shown = [printable(line.expandtabs(_TAB)) for line in _untagged(_after_front_matter(lines))]
    if len(text) > LONGEST_CARD:
        shown += ["", f"*… cut after {LONGEST_CARD // 1000} kB: the Hub's page has the rest*"]
    return "\n".join(shown).strip()


def _after_front_matter(lines: Sequence[str]) -> Sequence[str]:
    """Between two lines of dashes at the very top stands YAML for the Hub's own pages."""
    if not lines or lines[0].rstrip() != _FENCE:
        return lines
    ends = (number for number, line in enumerate(lines[1:], 2) if line.rstrip() == _FENCE)
    return lines[next(ends, 0) :]


def _untagged(lines: Sequence[str]) -> Iterator[str]:
    """All but what stands in a block of code, where a tag is what it shows."""
    is_code = False
    for line in lines:
        if line.lstrip().startswith(_CODE):
            is_code = not is_code
        bare = line if is_code else _TAG.sub("", line)
        # Blanks in front of a tag would make code of what stands behind it.
        yield line if bare == line else bare.strip()
