"""What the page of workers says beside its rows, and why its keys do nothing."""

from collections.abc import Sequence
from typing import Final

from hfdl_core.models import WorkerState, WorkerView
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans, cut, joined
from hfdl_tui.dashboard.view.filter_text import TextFilter
from hfdl_tui.dashboard.view.store import GONE, Store
from hfdl_tui.dashboard.view.workers.worker_now import state_words
from hfdl_tui.dashboard.view.workers.worker_order import BY_TROUBLE, WorkerOrder
from hfdl_tui.dashboard.view.workers.worker_rows import columns_for
from hfdl_tui.wording import figures

EMPTY: Final = (
    "No workers are connected to this Redis.\n\n"
    "Start one here:      hfdl --headless-worker\n"
    "On other machines:   press J\n\n"
    "Waiting: this screen fills by itself."
)
_GONE_WORDS: Final = {WorkerState.LOST: "been lost", WorkerState.LEFT: "left"}
_TITLES: Final = {column.key: column.title for column in columns_for(0)}


def filtered(store: Store, wanted: TextFilter | None) -> list[WorkerView]:
    """Those whose name, host or state the filter lets pass."""
    if wanted is None:
        return list(store.workers)
    return [worker for worker in store.workers if wanted.lets_pass(_searched(store, worker))]


def status_line(
    store: Store,
    shown: int,
    marked: int,
    order: WorkerOrder,
    wrong: str,
    glyphs: Glyphs,
    width: int,
) -> Spans:
    """How many, in which order; `wrong` is what the filter cannot be read for."""
    if wrong:
        return cut([(f" {wrong}", "warn")], width)
    known = len(store.workers)
    noun = "worker" if known == 1 else "workers"
    of = figures.count(known)
    many = f"{of} {noun}" if shown == known else f"{figures.count(shown)} of {of} {noun}"
    gone = sum(worker.status in GONE for worker in store.workers)
    away = f", {figures.count(gone)} of them gone" if gone and shown == known else ""
    arrow = glyphs.descending if order.reverse else glyphs.ascending
    sort = "trouble first" if _is_default(order) else f"by {_title(order.by)} {arrow}"
    marks: Spans = [(f"{figures.count(marked)} marked", "accent")] if marked else []
    parts: list[Spans] = [[(f" {many}{away}", "")], [(sort, "dim")], marks]
    return cut(joined(parts, f" {glyphs.separator} "), width)


def why_no_drain(store: Store, workers: Sequence[WorkerView]) -> str | None:
    """Why D does nothing to these; None when it does something."""
    if not workers:
        return "no worker is under the cursor"
    draining = store.view.draining if store.view else frozenset()
    if all(each.status in GONE and each.worker_id not in draining for each in workers):
        first = workers[0]
        return f"{first.worker_id} has {_GONE_WORDS[first.status]}: it takes no work anyway"
    return None


def to_drain(store: Store, workers: Sequence[WorkerView]) -> tuple[list[str], bool]:
    """Worker ids, and whether they shall drain: once all of them do, they shall take work again."""
    draining = store.view.draining if store.view else frozenset()
    fresh = [
        each.worker_id
        for each in workers
        if each.worker_id not in draining and each.status not in GONE
    ]
    if fresh:
        return list(dict.fromkeys(fresh)), True
    back = [each.worker_id for each in workers if each.worker_id in draining]
    return list(dict.fromkeys(back)), False


def _is_default(order: WorkerOrder) -> bool:
    return order.by == BY_TROUBLE and not order.reverse


def _title(key: str) -> str:
    return "state" if key == BY_TROUBLE else _TITLES[key].lower()


def _searched(store: Store, worker: WorkerView) -> str:
    return f"{worker.worker_id} {worker.host} {state_words(store, worker)}"
