"""Draws screenshots/scaling.svg: megabytes a second against hosts, and what their links allow."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

_TARGET: Final = Path(__file__).parents[2] / "screenshots" / "scaling.svg"
_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 64, 54, 58
_INK, _FAINT, _LINE, _LIMIT = "#57606a", "#d0d7de", "#0969da", "#bf8700"


class Measured(NamedTuple):
    hosts: int
    rate: float  # MB/s
    limit: float  # MB/s


def save(points: Sequence[Measured]) -> Path:
    _TARGET.parent.mkdir(exist_ok=True)
    _TARGET.write_text(drawn(points), encoding="utf-8")
    return _TARGET.relative_to(Path.cwd()) if _TARGET.is_relative_to(Path.cwd()) else _TARGET


def drawn(points: Sequence[Measured]) -> str:
    """A picture of its own: no font, script or style sheet is fetched."""
    plane = _Plane(max(p.hosts for p in points), max(max(p.limit, p.rate) for p in points))
    limit = [plane.place(0, 0)] + [plane.place(p.hosts, p.limit) for p in points]
    rate = [plane.place(0, 0)] + [plane.place(p.hosts, p.rate) for p in points]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        f'<g font-family="system-ui, sans-serif" font-size="13" fill="{_INK}">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="8" fill="#ffffff"/>',
        _text(_LEFT, 26, "One file through many hosts, each capped at 8 Mbit/s", weight=600),
        *plane.grid(points),
        _path(limit, _LIMIT, 'stroke-dasharray="5 4"'),
        _path(rate, _LINE),
        *(_dot(plane, point) for point in points),
        _text(_LEFT + 14, _TOP + 18, "limit: one plain transfer through one host, times hosts"),
        f'<path d="M{_LEFT + 4},{_TOP + 14}h8" stroke="{_LIMIT}" stroke-width="2"/>',
        _text(_LEFT + 14, _TOP + 38, "hfdl, verified, from the sealed plan to the rename"),
        f'<circle cx="{_LEFT + 8}" cy="{_TOP + 34}" r="4" fill="{_LINE}"/>',
        _text(_WIDTH / 2, _HEIGHT - 14, "hosts", anchor="middle"),
        _text(_LEFT - 8, _TOP - 10, "MB/s", anchor="end"),
        "</g></svg>",
    ]
    return "\n".join(parts) + "\n"


class _Plane:
    """Where a value stands on the paper."""

    def __init__(self, most_hosts: int, most_rate: float) -> None:
        self._most_hosts = most_hosts
        self._most_rate = most_rate * 1.05

    def place(self, hosts: float, rate: float) -> tuple[float, float]:
        across = (_WIDTH - _LEFT - _RIGHT) * hosts / self._most_hosts
        up = (_HEIGHT - _TOP - _BOTTOM) * rate / self._most_rate
        return round(_LEFT + across, 1), round(_HEIGHT - _BOTTOM - up, 1)

    def grid(self, points: Sequence[Measured]) -> list[str]:
        lines = []
        step = max(1, round(self._most_rate / 5))
        for rate in range(0, int(self._most_rate) + 1, step):
            left, y = self.place(0, rate)
            right, _ = self.place(self._most_hosts, rate)
            lines.append(f'<path d="M{left},{y}H{right}" stroke="{_FAINT}"/>')
            lines.append(_text(left - 8, y + 4, str(rate), anchor="end"))
        for point in points:
            x, y = self.place(point.hosts, 0)
            lines.append(_text(x, y + 20, str(point.hosts), anchor="middle"))
        return lines


def _dot(plane: _Plane, point: Measured) -> str:
    x, y = plane.place(point.hosts, point.rate)
    share = _text(x + 9, y + 14, f"{point.rate / point.limit:.3f}")
    return f'<circle cx="{x}" cy="{y}" r="4" fill="{_LINE}"/>{share}'


def _path(places: Sequence[tuple[float, float]], colour: str, more: str = "") -> str:
    steps = "L".join(f"{x},{y}" for x, y in places)
    return f'<path d="M{steps}" fill="none" stroke="{colour}" stroke-width="2" {more}/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: int = 400) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-weight="{weight}">{text}</text>'
