"""Text from elsewhere, made harmless for a terminal."""

import unicodedata
from typing import Final

_WIDE: Final = frozenset("WF")
ELLIPSIS: Final = "…"
_MOST_CHARACTERS_A_COLUMN: Final = 8  # more combining marks than this are vandalism


def printable(text: str) -> str:
    """Every character that does not print as itself, shown as an escape.

    File names, error texts and worker ids come from other machines: an escape sequence in one could
    rewrite the screen, a newline could fake a line of ours, a bidi mark could turn a name around.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def cell_width(text: str) -> int:
    """How many columns of a terminal a printable text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def bounded(text: str, width: int) -> str:
    """Both ends of a text, where what is between them cannot matter in `width` columns.

    An error text may have any length, and to measure or clean all of it takes long.
    """
    most = _MOST_CHARACTERS_A_COLUMN * max(1, width)
    return text if len(text) <= 2 * most else text[:most] + text[-most:]


def shorten(text: str, width: int) -> str:
    """At most `width` columns; what is cut from the middle is shown by an ellipsis.

    Both ends of a path tell files apart: its folder and its number or suffix.
    """
    text = bounded(text, width)
    if cell_width(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    tail = _fitting(text[::-1], (width - 1) // 2)[::-1]
    head = _fitting(text, width - 1 - cell_width(tail))
    return f"{head}{ELLIPSIS}{tail}"


def _fitting(text: str, width: int) -> str:
    used = 0
    for position, char in enumerate(text):
        used += _columns(char)
        if used > width:
            return text[:position]
    return text


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1
