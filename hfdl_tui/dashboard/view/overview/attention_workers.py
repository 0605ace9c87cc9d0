"""Workers that are in trouble, grouped so that a hundred of them are a few lines."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hfdl_core.models import WorkerState, WorkerView
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.overview.needs import Need, Place
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures

_NAMED: Final = 3  # of more, only their number is told
_FORGET_SECONDS: Final = 3600  # nobody comes back for a worker that is gone for longer


def needs_of_workers(store: Store, glyphs: Glyphs) -> list[Need]:
    """Lost ones first, then those that do nothing, then the slow ones."""
    return [
        *_lost(store, glyphs),
        *_duplicate(store, glyphs),
        *_aside(store, glyphs),
        *_late(store, glyphs),
        *_slow(store, glyphs),
    ]


def _lost(store: Store, glyphs: Glyphs) -> Iterator[Need]:
    lost = [worker for worker in store.lost_workers if store.beat_age(worker) <= _FORGET_SECONDS]
    if lost:
        ago = figures.duration(min(store.beat_age(worker) for worker in lost))
        when = f"{ago} ago" if len(lost) == 1 else f"the last {ago} ago"
        yield _need("lost", lost, glyphs.worker(WorkerState.LOST).cell, f"lost {when}")


def _aside(store: Store, glyphs: Glyphs) -> Iterator[Need]:
    """By reason: what helps one helps all of them."""
    reasons: dict[str, list[WorkerView]] = {}
    for worker in _in_state(store, WorkerState.STEPPED_ASIDE):
        reasons.setdefault(worker.reason, []).append(worker)
    for reason, workers in sorted(reasons.items(), key=lambda pair: -len(pair[1])):
        sign = glyphs.worker(WorkerState.STEPPED_ASIDE).cell
        words = f"stepped aside: {reason}" if reason else "stepped aside"
        yield _need(f"aside:{reason}", workers, sign, words)


def _duplicate(store: Store, glyphs: Glyphs) -> Iterator[Need]:
    twice = _in_state(store, WorkerState.DUPLICATE)
    if twice:
        sign = glyphs.worker(WorkerState.DUPLICATE).cell
        yield _need("duplicate", twice, sign, "started twice: give each an id of its own")


def _late(store: Store, glyphs: Glyphs) -> Iterator[Need]:
    late = _in_state(store, WorkerState.LATE)
    if late:
        ago = figures.duration(max(store.beat_age(worker) for worker in late))
        yield _need("late", late, glyphs.worker(WorkerState.LATE).cell, f"not heard for {ago}")


def _slow(store: Store, glyphs: Glyphs) -> Iterator[Need]:
    slow = _those(store, store.is_slow)
    if slow:
        whose = "is slow: below 30 % of its" if len(slow) == 1 else "are slow: below 30 % of their"
        yield _need("slow", slow, glyphs.stalled.cell, f"{whose} usual speed")


def _in_state(store: Store, state: WorkerState) -> list[WorkerView]:
    return _those(store, lambda worker: worker.status is state)


def _those(store: Store, are_meant: Callable[[WorkerView], bool]) -> list[WorkerView]:
    return [worker for worker in store.workers if are_meant(worker)]


def _need(kind: str, workers: Sequence[WorkerView], sign: tuple[str, str], words: str) -> Need:
    names = ", ".join(worker.worker_id for worker in workers)
    who = names if len(workers) <= _NAMED else f"{figures.count(len(workers))} workers"
    return Need(f"workers:{kind}", sign, f"{who} {words}", "enter shows", Place.WORKERS, more=names)
