"""A scroll bar of nothing but coloured blanks, for terminals that know ASCII only."""

from typing import ClassVar

from textual.scrollbar import ScrollBarRender

_ENDS = [" "]  # no eighths at the ends of the thumb


class PlainScrollBar(ScrollBarRender):
    """Used by all scroll bars of the process after `ScrollBar.renderer = PlainScrollBar`."""

    VERTICAL_BARS: ClassVar[list[str]] = _ENDS
    HORIZONTAL_BARS: ClassVar[list[str]] = _ENDS
