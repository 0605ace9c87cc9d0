"""How the panes of the overview share a screen."""

from dataclasses import dataclass
from typing import Final

from hfdl_tui.dashboard.view.headline import WIDE

# From so many lines of the body on: strips of the map at most, and lines of the chart.
_SHARES: Final = ((40, 12, 9), (28, 8, 6), (22, 7, 4), (15, 7, 1), (0, 4, 0))
_LEAST_STRIPS: Final = 2
_JOBS_OF, _OF = 12, 25  # of the width, beside what needs attention, which has more to say
_GROWING: Final = 4  # lines: a chart from there on takes what the map leaves
_SPARED: Final = 2  # lines that a smaller one leaves to what needs attention
_STACKED: Final = 32  # lines of a narrow body that has room for the jobs below the rest
_TITLE: Final = 1
_FEW_JOBS: Final = 8  # lines of the jobs there


@dataclass(frozen=True, slots=True)
class Room:
    """Lines without the titles; 0 leaves a pane out."""

    strips: int
    chart: int
    jobs_width: int  # of jobs beside what needs attention; 0: they are not beside
    jobs_height: int  # of jobs below it; 0: they are not below


def room_of(width: int, height: int, wanted_strips: int) -> Room:
    """What is left over belongs to what needs attention."""
    most, chart = next(shares[1:] for shares in _SHARES if height >= shares[0])
    strips = max(_LEAST_STRIPS, min(most, wanted_strips))
    if chart >= _GROWING:
        chart += (most - strips) // 2
    elif chart:
        chart += max(0, most - strips - _SPARED)
    if width >= WIDE:
        return Room(strips, chart, jobs_width=width * _JOBS_OF // _OF, jobs_height=0)
    stacked = _FEW_JOBS + _TITLE if height >= _STACKED else 0
    return Room(strips, chart, jobs_width=0, jobs_height=stacked)


def most_strips(height: int) -> int:
    """So many at most for a body of this height."""
    return next(most for least, most, _ in _SHARES if height >= least)
