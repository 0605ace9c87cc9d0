"""What stands above everything when Redis cannot be read, and how to get it back."""

import re
from typing import Final

from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans, cut
from hfdl_tui.dashboard.view.link import Link, LinkState
from hfdl_tui.wording import figures

_WHERE: Final = re.compile(r"redis at \S+ ")  # with which some reasons begin
_CALM: Final = (
    "   Workers that lost Redis too pause within 35 s and resume by themselves. "
    "Finished files are safe."
)


def banner(
    link: Link,
    address: str,
    data_age: float,
    now: float,
    glyphs: Glyphs,
    width: int,
    *,
    has_data: bool,
) -> list[Spans]:
    """Nothing while all is well; else what is wrong, since when, and what helps."""
    match link.state:
        case LinkState.UP:
            return []
        case LinkState.CONNECTING:
            return [cut([(f" {glyphs.idle} connecting to {address} …", "dim")], width)]
        case LinkState.DOWN:
            title = f"NO REDIS  {address}"
        case LinkState.REFUSED | _:
            title = f"REDIS REFUSES  {address}"
    old = f" Data below is {figures.duration(data_age)} old." if has_data else ""
    wait = max(0.0, link.next_try_at - now)
    again = f"Try {link.attempt + 1} in {figures.duration(wait)}" if wait >= 1 else "Trying"
    lines = [
        f" {glyphs.cross} {title}{_why(link.reason)}.{old}",
        f"   {again} · ^r try now · jobs go on without this window · q is safe",
        _CALM,
    ]
    shown = lines if link.state is LinkState.DOWN else lines[:2]
    return [cut([(line, "failed" if at == 0 else "warn")], width) for at, line in enumerate(shown)]


def _why(reason: str) -> str:
    """What follows the address, without saying it again."""
    where = _WHERE.match(reason)
    return f": {reason}" if where is None else f" {reason[where.end() :]}"
