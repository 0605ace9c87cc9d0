"""The line above a pane: its title, a rule, and what is told at the right."""

from collections.abc import Sequence
from typing import Final

from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Span, Spans, cut, joined, width_of

_LEAST_RULE: Final = 3
_GAP: Final = "  "


def ruled(title: str, width: int, glyphs: Glyphs, right: Sequence[Sequence[Span]] = ()) -> Spans:
    """`─ Title ──── this  that ─`: of the right as many parts as fit, first ones first."""
    rule = glyphs.rule
    left: Spans = cut([(f"{rule} {title} ", "")], width)
    kept = list(right)
    while kept and width_of(left) + _LEAST_RULE + width_of(joined(kept, _GAP)) + 3 > width:
        kept.pop()
    told = joined(kept, _GAP)
    end: Spans = [(" ", ""), *told, (f" {rule}", "")] if told else []
    return [*left, (rule * max(0, width - width_of(left) - width_of(end)), ""), *end]
