"""Shares and rates drawn as text: bars, sparks and a small chart, all with their base at zero."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from rich.cells import cell_len

from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.wording import figures

_EXACT_SECONDS: Final = 9.95  # from here on a tenth of a second tells nobody anything
_LEAST_HEIGHT_FOR_A_MIDDLE: Final = 3


def bar(share: float, width: int, glyphs: Glyphs) -> str:
    """A share from 0 to 1 as so many columns; full only at the very end."""
    steps = len(glyphs.bar_steps) - 1
    filled = _steps(share, max(0, width) * steps)
    whole, part = divmod(filled, steps)
    drawn = glyphs.bar_steps[-1] * whole + (glyphs.bar_steps[part] if part else "")
    return drawn + glyphs.bar_steps[0] * (width - len(drawn))


def framed_bar(share: float, width: int, glyphs: Glyphs) -> str:
    """A bar between its ends; the width counts them."""
    return f"{glyphs.bar_left}{bar(share, max(0, width - 2), glyphs)}{glyphs.bar_right}"


def spark(samples: Sequence[float], width: int, glyphs: Glyphs, top: float | None = None) -> str:
    """The newest at the right; more samples than columns are averaged, fewer leave blanks at left.

    `top` is full height; the largest sample when not given, so that a steady rate is full height.
    """
    shown = _resampled(samples, width)
    if top is None:
        top = max(shown, default=0.0)
    return "".join(_column(value, top, 1, glyphs)[0] for value in shown).rjust(width)


def row_spark(samples: Sequence[float], width: int, glyphs: Glyphs) -> str:
    """A spark without the topmost step: those of rows below each other do not grow together."""
    levels = len(glyphs.levels) - 1
    top = max(_resampled(samples, width), default=0.0)
    return spark(samples, width, glyphs, top * levels / (levels - 1))


def chart(
    samples: Sequence[float],
    width: int,
    height: int,
    glyphs: Glyphs,
    label: Callable[[float], str] = figures.rate,
    least_top: float = 0.0,
) -> list[str]:
    """So many lines from top to bottom, an axis with its figures at the left; newest at the right.

    The top is a round figure not below the largest sample, nor below `least_top`.
    """
    top = round_top(max([least_top, *samples]))
    labels = _labels(top, height, label)
    margin = max(cell_len(text) for text in labels)
    plot = max(0, width - margin - 2)
    columns = [_column(value, top, height, glyphs) for value in _resampled(samples, plot)]
    lines = []
    for row, text in enumerate(labels):
        axis = glyphs.axis_zero if row == height - 1 else glyphs.axis
        drawn = "".join(column[row] for column in columns).rjust(plot)
        lines.append(f"{' ' * (margin - cell_len(text))}{text} {axis}{drawn}")
    return lines


def ages(seconds: float | None) -> str:
    """Such as `0.6 s`, `41 s` or `4 h 52 m`; never negative, whatever the clocks say."""
    if seconds is not None and seconds < _EXACT_SECONDS:
        return f"{max(0.0, seconds):.1f} s"
    return figures.duration(seconds)


def round_top(largest: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 and so on; 1 also when there is nothing."""
    if not math.isfinite(largest) or largest <= 1:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(power * step for step in (1, 2, 5, 10, 20) if power * step >= largest)


def _steps(share: float, steps: int) -> int:
    if not share > 0:  # also what is not a number
        return 0
    return steps if share >= 1 else max(0, min(steps - 1, math.floor(share * steps)))


def _resampled(samples: Sequence[float], width: int) -> list[float]:
    known = [max(0.0, sample) if math.isfinite(sample) else 0.0 for sample in samples]
    if len(known) <= width or width <= 0:
        return known[: max(0, width)]
    edges = [len(known) * column // width for column in range(width + 1)]
    return [sum(known[begin:end]) / (end - begin) for begin, end in pairwise(edges)]


def _column(value: float, top: float, height: int, glyphs: Glyphs) -> list[str]:
    """One column from top to bottom; the least that moves is seen."""
    steps = len(glyphs.levels) - 1
    share = value / top if top > 0 else 0.0
    filled = min(height * steps, math.ceil(share * height * steps - 1e-9))
    return [
        glyphs.levels[max(0, min(steps, filled - steps * below))]
        for below in range(height - 1, -1, -1)
    ]


def _labels(top: float, height: int, label: Callable[[float], str]) -> list[str]:
    """Full height at the top, zero at the bottom, and half of it where there is room."""
    labels = [""] * height
    if height >= _LEAST_HEIGHT_FOR_A_MIDDLE:
        labels[height // 2] = label(top / 2)
    if height > 1:
        labels[-1] = "0"
    labels[0] = label(top)
    return labels
