"""A sentence that stands where nothing else does."""

import textwrap

from rich.cells import cell_len, set_cell_size

from hfdl_tui.wording.printable import printable

_MARGIN = 2


def centred(text: str, width: int, height: int) -> list[str]:
    """Its lines in the middle of so many columns and lines of a terminal, as one block.

    A newline begins a new line; a line too long is wrapped; what does not fit is left away.
    """
    room = max(1, width - 2 * _MARGIN)
    lines = [
        wrapped
        for line in text.splitlines()
        for wrapped in textwrap.wrap(printable(line), room, drop_whitespace=False) or [""]
    ]
    block = max(map(cell_len, lines), default=0)
    left, top = max(0, width - block) // 2, max(0, height - len(lines)) // 2
    drawn = [""] * top + [set_cell_size(" " * left + line, width) for line in lines]
    return drawn[:height]
