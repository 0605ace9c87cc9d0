"""Everything that is known of one worker, the most important first."""

import shlex
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from hfdl_core.models import Event, WorkerState, WorkerView
from hfdl_tui.dashboard.view.drawing.bars import ages
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans, cut, joined, width_of
from hfdl_tui.dashboard.view.events.event_kinds import event_sign, event_words
from hfdl_tui.dashboard.view.store import GONE, Store
from hfdl_tui.dashboard.view.workers.worker_now import ITS_WORK_WENT_ON, now_words, sign_of
from hfdl_tui.dashboard.view.workers.worker_tasks import KnownFiles, task_line
from hfdl_tui.wording import figures

_EVENTS: Final = 5
_MOST_EVENTS: Final = 20
_SHORTEST_WHOLE: Final = 9  # lines of a pane that has room for more than the most pressing


def worker_pane(
    store: Store, worker: WorkerView, glyphs: Glyphs, width: int, height: int
) -> list[Spans]:
    """At most `height` lines for below the table; what has no room is told by the dialog."""
    facts = _Facts(store, worker, glyphs)
    if height < _SHORTEST_WHOLE:
        name = _rule([(worker.worker_id, "bold"), (" ", ""), *facts.condition()], glyphs, width)
        lines = [name, *facts.briefly()]
        return [cut(line, width) for line in lines[:height]]
    title: Spans = [(worker.worker_id, "bold"), (f" on {worker.host}", "")]
    known = list(facts.all())
    events = [_event_line(event, glyphs) for event in events_of(store, worker, _EVENTS)]
    room = height - 2 - len(events) if events else height - 1
    lines = [_rule(title, glyphs, width), *known[: max(1, room)]]
    if events:
        lines += [_rule([("its last events", "dim")], glyphs, width), *events]
    return [cut(line, width) for line in lines[:height]]


def worker_whole(store: Store, worker: WorkerView, glyphs: Glyphs) -> list[Spans]:
    """For a dialog that scrolls."""
    facts = _Facts(store, worker, glyphs)
    events = [_event_line(event, glyphs) for event in events_of(store, worker, _MOST_EVENTS)]
    return [
        [(worker.worker_id, "bold"), (f" on {worker.host}", "")],
        *facts.all(),
        *([[], [("its last events", "dim")], *events] if events else []),
    ]


def start_again(worker_id: str) -> str:
    """What to type on its machine."""
    return f"hfdl --headless-worker --worker-id {shlex.quote(worker_id)}"


def events_of(store: Store, worker: WorkerView, most: int) -> list[Event]:
    """The newest, newest first."""
    own, of_process = worker.worker_id, f"{worker.worker_id}/"
    found = (
        event
        for _, event in reversed(store.events.entries)
        if event.worker == own or event.worker.startswith(of_process)
    )
    return list(islice(found, most))


class _Facts:
    """Each method is some lines about one thing, or none."""

    def __init__(self, store: Store, worker: WorkerView, glyphs: Glyphs) -> None:
        self._store = store
        self._worker = worker
        self._glyphs = glyphs
        self._files = KnownFiles.of(store)

    def all(self) -> Iterator[Spans]:
        yield [(" ", ""), *self.condition(), ("   ", ""), *joined(list(self._process()))]
        yield from self._trouble()
        yield from self._limit()
        yield from self._error()
        yield from self._lanes()
        yield from self._holds()

    def briefly(self) -> Iterator[Spans]:
        """What to do about it, or else what it does."""
        yield from self._trouble()
        yield from self._error()
        yield from self._limit()
        yield from self._lanes()

    def condition(self) -> Spans:
        sign = sign_of(self._store, self._worker, self._glyphs)
        age = ages(self._store.beat_age(self._worker))
        return [sign.cell, (f" {sign.word}", sign.style), (f"   last heartbeat {age} ago", "")]

    def _process(self) -> Iterator[Spans]:
        worker = self._worker
        if worker.pid:
            yield [(f"pid {worker.pid}", "")]
        if worker.version:
            yield [(f"hfdl {worker.version}", "")]
        if worker.started_at is not None:
            yield [(f"started {_clock(worker.started_at)}", "")]
        # Of ranges it is the collector that makes files.
        files = [figures.files(worker.files_completed)] if worker.files_completed else []
        yield [(f"brought {', '.join([*files, figures.size(worker.bytes_completed)])}", "")]

    def _trouble(self) -> Iterator[Spans]:
        worker = self._worker
        match worker.status:
            case WorkerState.LOST:
                dot = self._glyphs.separator
                yield [(f" {ITS_WORK_WENT_ON} {dot} start it again on {worker.host}:", "")]
                yield [(f" {start_again(worker.worker_id)}", "accent")]
            case WorkerState.STEPPED_ASIDE | WorkerState.DUPLICATE:
                words = now_words(self._store, worker, self._glyphs, self._files)
                yield [(f" {words}", "warn")]
            case _:
                yield from [[(f" {worker.reason}", "dim")]] if worker.reason else []

    def _limit(self) -> Iterator[Spans]:
        parts = list(self._limit_parts())
        if parts:
            yield [(" ", ""), *joined(parts)]

    def _limit_parts(self) -> Iterator[Spans]:
        store, worker = self._store, self._worker
        if worker.status in GONE:
            return
        limits = store.view.limits if store.view else {}
        now = worker.limit_bytes_per_second
        asked = limits.get(worker.worker_id)
        if asked is not None:
            yield [(f"limit {asked}", "")]
        elif now is None:
            yield [("no limit", "dim")]
        if now is not None:
            whose = "" if asked is not None else " (its own, or its share of the fleet's)"
            yield [(f"at most {figures.rate(now)} now{whose}", "")]
        best = store.history(worker).best
        if best >= 1:
            yield [(f"best {figures.rate(best)}", "dim")]

    def _error(self) -> Iterator[Spans]:
        worker = self._worker
        if worker.last_error:
            many = f"{figures.count(worker.errors)} errors, the last"
            words = many if worker.errors > 1 else "last error"
            yield [(f" {words}: ", "dim"), (worker.last_error, "warn")]

    def _lanes(self) -> Iterator[Spans]:
        lanes = self._worker.lanes
        if lanes and self._worker.status not in GONE:
            words = [
                f"{lane.name} {figures.rate(lane.bytes_per_second)} over "
                f"{lane.connections} connection{'' if lane.connections == 1 else 's'}"
                for lane in lanes
            ]
            noun = "lane" if len(lanes) == 1 else "lanes"
            yield [(f" {noun}: ", "dim"), (f" {self._glyphs.separator} ".join(words), "")]

    def _holds(self) -> Iterator[Spans]:
        tasks = self._worker.tasks
        if tasks and self._worker.status not in GONE:
            yield [(f" holds {len(tasks)} task{'' if len(tasks) == 1 else 's'}:", "dim")]
            for task in tasks:
                rate = figures.rate(task.bytes_per_second)
                yield [(f"   {task_line(task, self._files)}  ", ""), (rate, "dim")]


def _event_line(event: Event, glyphs: Glyphs) -> Spans:
    sign = event_sign(event.kind, glyphs)
    return [
        (f" {_clock(event.at)}  ", "dim"),
        sign.cell,
        (f" {event_words(event)}", ""),
        (f"  {event.path}" if event.path else "", "dim"),
    ]


def _clock(when: datetime) -> str:
    return when.astimezone().strftime("%H:%M:%S")


def _rule(title: Spans, glyphs: Glyphs, width: int) -> Spans:
    """A line with its title in it."""
    shown = cut(title, max(0, width - 4))
    left = width - width_of(shown) - 3
    return [
        (f"{glyphs.rule} ", "dim"),
        *shown,
        (" " + glyphs.rule * max(0, left), "dim"),
    ]
