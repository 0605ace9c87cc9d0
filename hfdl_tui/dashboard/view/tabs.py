"""The pages by number, with what waits on each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans, width_of
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures

_NARROW: Final = 100
_SHORT: Final = {"Overview": "Over", "Workers": "Work"}


@dataclass(frozen=True, slots=True)
class Tab:
    page: str
    number: str
    title: str
    count: str = ""


def tabs_of(store: Store, glyphs: Glyphs) -> list[Tab]:
    snapshot = store.view.snapshots.get(store.job_id) if store.view and store.job_id else None
    lost = len(store.lost_workers)
    workers = figures.count(len(store.live_workers)) if store.workers else ""
    if lost:
        workers += f" {glyphs.cross}{lost}"
    tasks = ""
    if snapshot is not None:
        retrying, failed = figures.count(snapshot.retrying), figures.count(snapshot.failed)
        tasks = f"{glyphs.retry}{retrying} {glyphs.cross}{failed}"
    return [
        Tab("overview", "1", "Overview"),
        Tab("files", "2", "Files"),
        Tab("workers", "3", "Workers", workers.strip()),
        Tab("tasks", "4", "Tasks", tasks),
        Tab("events", "5", "Events"),
    ]


def tabs_line(tabs: Sequence[Tab], current: str, width: int) -> Spans:
    """` 1 Overview  [2 Files]  3 Workers 10 …`: one span a tab, after a first blank one."""
    if width >= _NARROW:
        return _drawn(tabs, current, {}, " ", "  ")
    whole = _drawn(tabs, current, {}, "", "")
    return whole if width_of(whole) <= width else _drawn(tabs, current, _SHORT, "", "")


def _drawn(
    tabs: Sequence[Tab], current: str, short: Mapping[str, str], margin: str, gap: str
) -> Spans:
    spans: Spans = [(margin, "")]
    for tab in tabs:
        title = short.get(tab.title, tab.title)
        words = " ".join(part for part in (tab.number, title, tab.count) if part)
        here = tab.page == current
        spans.append((f"[{words}]{gap}" if here else f" {words} {gap}", "bold" if here else "dim"))
    return spans
