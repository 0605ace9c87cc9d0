"""Lines of styled text before anybody draws them: pairs of text and style name."""

from collections.abc import Sequence
from typing import Final

from hfdl_tui.wording.printable import bounded, cell_width, printable, shorten

Span = tuple[str, str]  # text, style name ("" is plain); the names are those of themes.py
Spans = list[Span]

_GAP: Final = "   "


def width_of(spans: Sequence[Span]) -> int:
    """Columns that they take once they are cleaned: an escape of a name is longer than the name."""
    return sum(cell_width(printable(text)) for text, _ in spans)


def plain(spans: Sequence[Span]) -> str:
    return "".join(text for text, _ in spans)


def copyable(lines: Sequence[Sequence[Span]]) -> str:
    """As plain text, line by line; no name in it can begin a line of its own."""
    return "\n".join(printable(plain(line)) for line in lines)


def clean(spans: Sequence[Span]) -> Spans:
    """Names and errors come from other machines: nothing in them may steer the terminal."""
    return [(printable(text), style) for text, style in spans]


def joined(parts: Sequence[Sequence[Span]], gap: str = _GAP) -> Spans:
    """All parts that say something, with a gap between."""
    out: Spans = []
    for part in parts:
        if part and plain(part):
            out += [*([(gap, "")] if out else []), *part]
    return out


def fitted(parts: Sequence[Sequence[Span]], width: int, gap: str = _GAP) -> Spans:
    """As many of the parts as fit, the first ones before the later ones."""
    kept = [part for part in parts if part and plain(part)]
    while len(kept) > 1 and width_of(joined(kept, gap)) > width:
        kept.pop()
    return cut(joined(kept, gap), width)


def cut(spans: Sequence[Span], width: int) -> Spans:
    """At most `width` columns; the part that does not fit is shortened, the rest is gone."""
    out: Spans = []
    left = width
    for text, style in spans:
        if left <= 0:
            break
        shown = shorten(printable(bounded(text, left)), left)
        out.append((shown, style))
        left -= cell_width(shown)
    return out


def justified(
    left: Sequence[Span], right: Sequence[tuple[int, Sequence[Span]]], width: int, gap: str = _GAP
) -> Spans:
    """`left` at the left; of the parts on the right as many as fit, lower numbers before higher."""
    kept = [(rank, part) for rank, part in right if part and plain(part)]
    while kept and width_of(left) + len(gap) + width_of(_at_right(kept, gap)) > width:
        kept.remove(max(kept, key=lambda ranked: ranked[0]))
    at_right = _at_right(kept, gap)
    at_left = cut(left, width - width_of(at_right) - (len(gap) if at_right else 0))
    space = width - width_of(at_left) - width_of(at_right)
    return [*at_left, (" " * max(0, space), ""), *at_right]


def _at_right(ranked: Sequence[tuple[int, Sequence[Span]]], gap: str) -> Spans:
    return joined([part for _, part in ranked], gap)
