"""What needs attention as rows of a table, and as a text."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.drawing.table import Column, Row
from hfdl_tui.dashboard.view.overview.needs import Need

NEED_COLUMNS: Final = (
    Column("state", "S", 1, sortable=False),
    Column("what", "WHAT", 20, stretch=True, sortable=False),
    Column("helps", "KEY", 12, "right", drop=1, sortable=False),
)
ALL_IS_WELL: Final = "Nothing needs attention."


def need_rows(
    needs: Sequence[Need], glyphs: Glyphs, *, is_pending: Callable[[str], bool]
) -> list[Row]:
    """In the order given."""
    return [
        Row(
            need.key,
            [
                (glyphs.ellipsis, "dim") if is_pending(need.key) else need.sign,
                need.text,
                (need.helps, "accent"),
            ],
        )
        for need in needs
    ]


def need_whole(need: Need) -> list[Spans]:
    """All there is to say."""
    lines: list[Spans] = [[(need.text, "bold")]]
    if need.more:
        lines += [[], [(need.more, "")]]
    if need.helps:
        lines += [[], [(need.helps, "accent")]]
    return lines


def helped_by_r(needs: Mapping[str, Need], key: str | None) -> Need | None:
    """The row under the cursor; where r does nothing for it, the only one for which it does."""
    here = needs.get(key or "")
    if here is None or here.order is not None:
        return here
    others = [need for need in needs.values() if need.order is not None]
    return others[0] if len(others) == 1 else here


def why_no_help(need: Need | None, *, is_focused: bool) -> str | None:
    """Why r does nothing now; None when it does something."""
    if need is None:
        return "nothing needs attention"
    if not is_focused:
        return "r acts on the row in Needs attention: tab goes there"
    if need.order is None:
        return "nothing to requeue here: enter tells more"
    return None
