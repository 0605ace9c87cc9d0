"""The keys of a table."""

from typing import Final

from textual.binding import Binding, BindingType


def _key(keys: str, action: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, tooltip, show=False, id=f"rows.{name}", tooltip=tooltip)


BINDINGS: Final[list[BindingType]] = [
    _key("up,k", "cursor_up", "up", "One row up"),
    _key("down,j", "cursor_down", "down", "One row down"),
    _key("pageup", "cursor_page_up", "page_up", "One page up"),
    _key("pagedown", "cursor_page_down", "page_down", "One page down"),
    _key("home,g", "cursor_top", "top", "To the first row"),
    _key("end,G", "cursor_bottom", "bottom", "To the last row"),
    _key("left,h", "left", "left", "To the left"),
    _key("right,l", "right", "right", "To the right"),
    _key("enter", "choose", "choose", "Details of the row under the cursor"),
    _key("space", "mark", "mark", "Mark the row and go on to the next"),
    _key("a", "mark_all", "mark_all", "Mark all rows"),
    _key("U", "unmark_all", "unmark_all", "Take all marks away"),
    _key("<", "sort_before", "sort_before", "Sort by the column to the left"),
    _key(">", "sort_after", "sort_after", "Sort by the column to the right"),
    _key("I", "sort_invert", "sort_invert", "Turn the order around"),
]
