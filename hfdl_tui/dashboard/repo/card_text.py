"""Lays out a README for a width; it may take a second for a long one, so not on the event loop.

Textual's own widget for Markdown makes a widget of every paragraph and cell: 20 kB of it held the
event loop up for six seconds.
"""

import io
from typing import ClassVar, Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import ImageItem, Markdown, MarkdownElement
from rich.segment import Segment
from rich.text import Text
from rich.theme import Theme
from textual.strip import Strip
from typing_extensions import override

# No colours: what is legible on every ground.
_THEME: Final = Theme(
    {
        **{f"markdown.h{level}": "bold underline" for level in (1, 2)},
        **{f"markdown.h{level}": "bold" for level in (3, 4, 5, 6)},
        "markdown.h1.border": "none",
        "markdown.code": "bold",
        "markdown.code_block": "none",
        "markdown.block_quote": "italic",
        "markdown.item.bullet": "bold",
        "markdown.item.number": "bold",
        "markdown.hr": "dim",
        "markdown.link": "underline",
        "markdown.link_url": "underline",
        "markdown.table.border": "dim",
        "markdown.table.header": "bold",
    }
)


class _Image(ImageItem):
    """Its description in place of a sign that is two columns wide."""

    @override
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text.assemble("[image: ", self.text or self.destination, "] ", end="")


class _Card(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "image": _Image}


def laid_out(markdown: str, width: int, *, is_dark: bool) -> list[Strip]:
    """Its lines; the addresses of links stand behind them, and nothing can be clicked."""
    console = Console(
        width=width,
        theme=_THEME,
        color_system="truecolor",
        force_terminal=True,
        legacy_windows=False,
        file=io.StringIO(),
        _environ={},
    )
    code_theme = "ansi_dark" if is_dark else "ansi_light"
    card = _Card(markdown, hyperlinks=False, code_theme=code_theme)
    lines = console.render_lines(card, pad=False)
    return [Strip(Segment(text, style) for text, style, _ in line) for line in lines]
