"""Makes an SVG of a terminal look the same in every viewer, whatever its fonts and spaces.

Textual writes a whole run of cells as one text: viewers that ignore `textLength` or trim spaces
then shift what follows, and blocks of a font leave gaps between lines. Here each word stands in
its own column, and blocks are rectangles.
"""

import html
import re
from collections.abc import Iterator
from typing import Final

from rich.cells import cell_len

_CELL_WIDTH: Final = 12.2  # of Rich's SVG
_CELL_HEIGHT: Final = 24.4
_BASELINE: Final = 18.5  # below the top of its line
_LETTER_WIDTH: Final = 0.602  # of DejaVu Sans Mono, in ems
_FONTS: Final = "DejaVu Sans Mono, Menlo, Consolas, monospace"

_RUN: Final = re.compile(
    r'<text class="(?P<style>[^"]+)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" '
    r'textLength="[\d.]+" clip-path="(?P<line>[^"]+)">(?P<text>[^<]*)</text>'
)
_FONT_FACE: Final = re.compile(r"@font-face\s*{[^}]*}\s*")

_EIGHTHS_UP: Final = "▁▂▃▄▅▆▇█"
_EIGHTHS_RIGHT: Final = "▏▎▍▌▋▊▉"
_SHADES: Final = {"░": 0.25, "▒": 0.5, "▓": 0.75}
_RIGHT_EDGE: Final = "▕"
_BLOCKS: Final = f"{_EIGHTHS_UP}{_EIGHTHS_RIGHT}{_RIGHT_EDGE}{''.join(_SHADES)}"
_PIECE: Final = re.compile(rf"(?P<block>(?P<one>[{_BLOCKS}])(?P=one)*)|[^\s{_BLOCKS}]+")


def with_true_columns(svg: str) -> str:
    """Fetches nothing: readers' own fonts will do."""
    svg = _FONT_FACE.sub("", svg).replace("Fira Code, monospace", _FONTS)
    svg = svg.replace("font-size: 20px", f"font-size: {_CELL_WIDTH / _LETTER_WIDTH:.3f}px")
    return _RUN.sub(lambda run: "\n".join(_pieces(run)), svg)


def _pieces(run: "re.Match[str]") -> Iterator[str]:
    text = html.unescape(run["text"]).replace("\N{NO-BREAK SPACE}", " ")
    for piece in _PIECE.finditer(text):
        x = float(run["x"]) + cell_len(text[: piece.start()]) * _CELL_WIDTH
        width = cell_len(piece[0]) * _CELL_WIDTH
        if piece["block"]:
            yield _block(run, piece["one"], x, width)
        else:
            yield (
                f'<text class="{run["style"]}" x="{x:g}" y="{run["y"]}" '
                f'textLength="{width:g}" clip-path="{run["line"]}">{html.escape(piece[0])}</text>'
            )


def _block(run: "re.Match[str]", one: str, x: float, width: float) -> str:
    """Blocks that fill their cells from side to side are one rectangle."""
    top, height = float(run["y"]) - _BASELINE, _CELL_HEIGHT
    shade = ""
    if one in _EIGHTHS_UP:
        height *= (_EIGHTHS_UP.index(one) + 1) / 8
        top += _CELL_HEIGHT - height
    elif one in _EIGHTHS_RIGHT:
        width = _CELL_WIDTH * (_EIGHTHS_RIGHT.index(one) + 1) / 8
    elif one == _RIGHT_EDGE:
        x, width = x + width - _CELL_WIDTH / 8, _CELL_WIDTH / 8
    else:
        shade = f' fill-opacity="{_SHADES[one]}"'
    return (
        f'<rect class="{run["style"]}" x="{x:g}" y="{top:g}" width="{width:g}" '
        f'height="{height:g}" shape-rendering="crispEdges"{shade}/>'
    )
