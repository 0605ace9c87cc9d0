"""Workers as rows of a table, each made when it is looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from typing_extensions import override

from hfdl_core.models import WorkerView
from hfdl_tui.dashboard.view.drawing.bars import ages, row_spark
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.table import Cell, Column, Row, RowSource
from hfdl_tui.dashboard.view.store import GONE, Store, key_of
from hfdl_tui.dashboard.view.workers.rate_of_cap import rate_of_cap
from hfdl_tui.dashboard.view.workers.worker_now import now_cell, sign_of
from hfdl_tui.dashboard.view.workers.worker_tasks import KnownFiles
from hfdl_tui.wording import figures

_LATE_SECONDS: Final = 6.0
# From so many columns of the terminal on: the worker's name, its host, what it does, its spark.
_WIDTHS: Final = (
    (170, (24, 20, 40, 20)),
    (130, (20, 16, 36, 12)),
    (100, (12, 10, 34, 8)),
    (76, (12, 10, 26, 6)),
)
_NARROWEST: Final = (10, 10, 17, 6)


def columns_for(width: int) -> tuple[Column, ...]:
    """What is left over goes to what they do now."""
    name, host, now, minute = next(
        (sizes for least, sizes in _WIDTHS if width >= least), _NARROWEST
    )
    return (
        Column("state", "S", 2),
        Column("letter", "", 1, sortable=False),
        Column("worker", "WORKER", name, shorten="middle"),
        Column("host", "HOST", host, drop=6, shorten="middle"),
        Column("now", "NOW", now, stretch=True, sortable=False),
        Column("rate", "RATE / CAP", 16, "right"),
        Column("lanes", "LANES", 5, "right", drop=5),
        Column("minute", "60 s", minute, sortable=False, drop=3),
        Column("beat", "BEAT", 6, "right", drop=2),
        Column("errors", "ERR", 4, "right", drop=4),
    )


@dataclass(frozen=True)
class WorkerFacts:
    """What rows need to know besides their workers."""

    store: Store
    glyphs: Glyphs
    minute: int  # columns of the spark
    is_pending: Callable[[str], bool]  # by key: an order for it is under way
    files: KnownFiles


class WorkerRows(RowSource):
    """Rows are made once, and only those that somebody sees."""

    def __init__(self, workers: Sequence[WorkerView], facts: WorkerFacts) -> None:
        self._workers: Final = workers
        self._facts: Final = facts
        self._places: Final = {key_of(worker): place for place, worker in enumerate(workers)}
        self._made: Final[dict[int, Row]] = {}

    @override
    def __len__(self) -> int:
        return len(self._workers)

    @override
    def key_at(self, index: int) -> str:
        return key_of(self._workers[index])

    @override
    def index_of(self, key: str) -> int | None:
        return self._places.get(key)

    @override
    def row_at(self, index: int) -> Row:
        row = self._made.get(index)
        if row is None:
            row = self._made[index] = _row(self._workers[index], self._facts)
        return row

    def worker_of(self, key: str) -> WorkerView | None:
        place = self._places.get(key)
        return None if place is None else self._workers[place]


def _row(worker: WorkerView, facts: WorkerFacts) -> Row:
    store, glyphs, key = facts.store, facts.glyphs, key_of(worker)
    is_gone = worker.status in GONE
    history = store.history(worker)
    sign = sign_of(store, worker, glyphs).cell
    return Row(
        key,
        (
            (glyphs.ellipsis, "accent") if facts.is_pending(key) else sign,
            "" if is_gone else _letter(store, worker),
            worker.worker_id,
            (worker.host, "dim"),
            now_cell(store, worker, glyphs, facts.files),
            _rate(store, worker, glyphs),
            "" if is_gone else figures.count(len(worker.lanes)),
            (row_spark(history.recent, facts.minute, glyphs), "running"),
            _beat(store.beat_age(worker), is_gone=is_gone),
            (figures.count(worker.errors), "" if worker.errors else "dim"),
        ),
    )


def _letter(store: Store, worker: WorkerView) -> Cell:
    """By which it is known on the map of files."""
    worker_id = worker.worker_id
    return store.letters.of(worker_id), store.letters.style_of(worker_id)


def _rate(store: Store, worker: WorkerView, glyphs: Glyphs) -> Cell:
    if worker.status in GONE:
        return glyphs.dash, "dim"
    rate = store.history(worker).smoothed
    words = rate_of_cap(rate, store.cap_of(worker), glyphs.dash)
    return words, "" if rate >= 1 else "dim"


def _beat(age: float, *, is_gone: bool) -> Cell:
    if is_gone:
        return _largest_unit(age), "dim"
    return _largest_unit(age), "warn" if age > _LATE_SECONDS else ""


def _largest_unit(seconds: float) -> str:
    """`0.6 s`, `41 s`, `4 h`: the whole of it stands in what the worker does now."""
    return " ".join(ages(seconds).split(" ")[:2])
