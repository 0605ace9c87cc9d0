"""The speed of the job over the last minutes, drawn below the sum of the caps."""

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from hfdl_tui.dashboard.view.drawing.bars import chart, round_top, spark
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.history import FLEET_SAMPLES
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures
from hfdl_tui.wording.printable import cell_width

_MINUTE: Final = 60
_AXIS: Final = 2  # columns: a blank and the axis
_WITH_TIMES: Final = 4  # lines, from which on one of them tells the time
_MARGIN: Final = 1
_NO_SPEED: Final = "No speed was measured yet."


def throughput_title(store: Store) -> str:
    """The chart tells no more minutes than it has seen."""
    minutes = max(1, math.ceil(len(store.fleet_speeds) / _MINUTE))
    return f"Throughput, {minutes} min"


def throughput_figures(store: Store) -> list[Spans]:
    """`peak 9.9 MB/s  mean 9.6 MB/s  caps 10.0 MB/s`."""
    speeds, caps = store.fleet_speeds, store.caps()
    told: list[Spans] = []
    if max(speeds, default=0.0) >= 1:
        told.append([("peak ", "dim"), (figures.rate(max(speeds)), "")])
        told.append([("mean ", "dim"), (figures.rate(sum(speeds) / len(speeds)), "")])
    if caps > 0:
        told.append([("caps ", "dim"), (figures.rate(caps), "")])
    return told


def throughput_lines(store: Store, width: int, height: int, glyphs: Glyphs) -> list[Spans]:
    """A chart of so many lines, the caps its least height; one line is a spark without figures."""
    speeds, caps = store.fleet_speeds, store.caps()
    if _top(speeds, caps) < 1:
        has_ended = store.job is not None and store.job.status.is_finished
        words = "The job had ended before this window was opened." if has_ended else _NO_SPEED
        return [[(f" {words}", "dim")]]
    room = width - 2 * _MARGIN
    if height == 1:
        drawn = spark(binned(speeds, store.fleet_samples, room), room, glyphs, _top(speeds, caps))
        return [[(" ", ""), (drawn, "running")]]
    times = 1 if height >= _WITH_TIMES else 0
    top = round_top(_top(speeds, caps))
    margin = max(cell_width(_label(top)), cell_width(_label(top / 2)))
    bins = binned(speeds, store.fleet_samples, room - margin - _AXIS)
    lines = chart(bins, room, height - times, glyphs, _label, least_top=caps)
    spans: list[Spans] = [
        [(f" {line[: margin + _AXIS]}", "dim"), (line[margin + _AXIS :], "running")]
        for line in lines
    ]
    return spans + [_times(len(speeds), len(bins), margin, room, glyphs)] * times


def binned(samples: Sequence[float], ever: int, columns: int) -> list[float]:
    """Means of as many neighbours as each column must hold.

    Which ones belong together does not change from second to second (`ever` counts all samples
    there were): a chart whose columns are mixed anew each time would flicker.
    """
    if columns <= 0:
        return []
    each: float = max(1, math.ceil(len(samples) / columns))
    if len(samples) == FLEET_SAMPLES:  # there will not be more: all columns can be used
        each = max(1.0, FLEET_SAMPLES / columns)
    first = ever - len(samples)
    together = groupby(enumerate(samples, first), lambda pair: math.floor(pair[0] / each))
    bins = [[sample for _, sample in group] for _, group in together]
    return [sum(values) / len(values) for values in bins][-columns:]


def _top(speeds: Sequence[float], caps: float) -> float:
    return max([caps, *speeds])


def _label(value: float) -> str:
    return figures.rate(value).replace(".0 ", " ")


def _times(seconds: int, bins: int, margin: int, room: int, glyphs: Glyphs) -> Spans:
    """Where the oldest sample stands, and now."""
    now = "now"
    far = figures.duration(seconds) if seconds < _MINUTE else f"{round(seconds / _MINUTE)} min"
    ago = f"{glyphs.minus}{far}"
    plot = room - margin - _AXIS
    at = max(0, plot - bins)
    if bins < cell_width(ago) + cell_width(now) + _AXIS:
        ago = ""
    line = f"{' ' * at}{ago}".ljust(plot - cell_width(now))[: plot - cell_width(now)] + now
    return [(f"{' ' * (1 + margin + _AXIS)}{line}", "dim")]
