"""How a worker is and what it does now, in one cell of a table."""

from typing import Final

from hfdl_core.models import WorkerState, WorkerView
from hfdl_tui.dashboard.view.drawing.bars import ages
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs, Sign
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.dashboard.view.workers.worker_tasks import KnownFiles, tasks_words

ITS_WORK_WENT_ON: Final = "its work went to others"
_TROUBLE: Final = frozenset(
    {WorkerState.LOST, WorkerState.LATE, WorkerState.DUPLICATE, WorkerState.STEPPED_ASIDE}
)
_MAY_DRAIN: Final = frozenset({WorkerState.STARTING, WorkerState.IDLE, WorkerState.WORKING})


def is_draining(store: Store, worker: WorkerView) -> bool:
    """Also when it was asked to and has not heard of it yet."""
    draining = store.view.draining if store.view else frozenset()
    return worker.status is WorkerState.DRAINING or (
        worker.status in _MAY_DRAIN and worker.worker_id in draining
    )


def sign_of(store: Store, worker: WorkerView, glyphs: Glyphs) -> Sign:
    if is_draining(store, worker):
        return glyphs.worker(WorkerState.DRAINING)
    if store.is_slow(worker):
        return Sign(glyphs.warn, "warn", "SLOW")
    return glyphs.worker(worker.status)


def now_words(store: Store, worker: WorkerView, glyphs: Glyphs, files: KnownFiles) -> str:
    """Without its style."""
    return now_cell(store, worker, glyphs, files)[0]


def now_cell(
    store: Store, worker: WorkerView, glyphs: Glyphs, files: KnownFiles
) -> tuple[str, str]:
    """Trouble is named with its reason, work with its place in the file."""
    if worker.status in _TROUBLE:
        return _trouble(store, worker, glyphs, files)
    if is_draining(store, worker):
        return _draining(worker), ""
    if not worker.tasks or worker.status is WorkerState.LEFT:
        return _with_reason(worker.status.value, worker.reason), "dim"
    doing = tasks_words(worker.tasks, files, glyphs.separator)
    return f"slow {glyphs.separator} {doing}" if store.is_slow(worker) else doing, ""


def state_words(store: Store, worker: WorkerView) -> str:
    """For the filter: whatever a person may call it."""
    words = [worker.status.replace("_", " ")]
    words += ["draining"] if is_draining(store, worker) else []
    words += ["slow"] if store.is_slow(worker) else []
    return " ".join(words)


def _trouble(
    store: Store, worker: WorkerView, glyphs: Glyphs, files: KnownFiles
) -> tuple[str, str]:
    age = ages(store.beat_age(worker))
    match worker.status:
        case WorkerState.LOST:
            return f"LOST {age} ago {glyphs.separator} {ITS_WORK_WENT_ON}", "bold"
        case WorkerState.LATE:
            doing = tasks_words(worker.tasks, files, glyphs.separator)
            return _with_reason(f"late, silent for {age}", doing), "warn"
        case WorkerState.DUPLICATE:
            return "two have this name: start one with another --worker-id", "warn"
        case _:
            return _with_reason("stepped aside", worker.reason), "warn"


def _draining(worker: WorkerView) -> str:
    match len(worker.tasks):
        case 0:
            return "draining: nothing left, can be stopped"
        case 1:
            return "draining: 1 task left"
        case many:
            return f"draining: {many} tasks left"


def _with_reason(words: str, reason: str) -> str:
    return f"{words}: {reason}" if reason else words
