"""What the page of tasks says beside its rows."""

from collections.abc import Mapping
from typing import Final

from hfdl_core.models import TaskStatus
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans, joined, justified
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures

NO_JOB: Final = "No job yet.\n\n2 browses a repo, n launches it, b chooses another job."
_EMPTY: Final[Mapping[TaskStatus, str]] = {
    TaskStatus.IN_PROGRESS: "No task is running.",
    TaskStatus.RETRYING: "No task waits to be tried again.",
    TaskStatus.FAILED: "Nothing failed.",
    TaskStatus.PENDING: "No task waits: all are given out or done.",
    TaskStatus.COMPLETED: "No file is complete yet.",
}
_NO_WORKERS: Final = (
    "No task is running, because no worker is here.\n\n"
    "Start one here:     hfdl worker\n"
    "On other machines:  press J"
)
_CANNOT: Final[Mapping[TaskStatus, str]] = {
    TaskStatus.IN_PROGRESS: "running tasks cannot be requeued",
    TaskStatus.PENDING: "waiting tasks are in the queue already",
    TaskStatus.COMPLETED: "what is done need not be requeued",
}
_NOTHING: Final[Mapping[TaskStatus, str]] = {
    TaskStatus.RETRYING: "nothing waits to be tried again",
    TaskStatus.FAILED: "nothing failed",
}
_HINTS: Final[Mapping[TaskStatus, str]] = {
    TaskStatus.RETRYING: "r tries now · enter shows all of it",
    TaskStatus.FAILED: "r requeues · R all · enter shows the whole error",
}
_HINT: Final = "enter shows all of it"
_SHORT_HINTS: Final[Mapping[TaskStatus, str]] = {
    TaskStatus.RETRYING: "r tries now",
    TaskStatus.FAILED: "r requeues · R all",
}


def empty_words(store: Store, state: TaskStatus, glyphs: Glyphs, *, is_read: bool) -> str:
    """The sentence in place of rows, when no filter hides them."""
    if store.view is not None and store.job is None:
        return NO_JOB
    if not is_read:
        return f"reading {glyphs.ellipsis}"
    if state is TaskStatus.IN_PROGRESS and not store.live_workers:
        return _NO_WORKERS
    return _EMPTY[state]


def why_no_requeue(state: TaskStatus, *, has_rows: bool) -> str | None:
    """Why `r` does nothing in this list; None when it does something."""
    if state in _CANNOT:
        return _CANNOT[state]
    return None if has_rows else _NOTHING[state]


def foot(
    state: TaskStatus, pages: str, marked: int, elsewhere: int, wrong: str, width: int
) -> Spans:
    """The line below the rows; `wrong` is what the filter cannot be read for."""
    if wrong:
        return [(f" {wrong}", "warn")]
    marks: Spans = []
    if marked:
        hidden = f", {figures.count(elsewhere)} of them not shown here" if elsewhere else ""
        marks = [(f"{figures.count(marked)} marked{hidden}", "accent")]
    turn: Spans = [(f"{pages} · N next page · P previous", "dim")] if pages else []
    left = joined([marks, turn])
    hint = _HINTS.get(state, _HINT)
    if width < len(hint) + sum(len(text) for text, _ in left) + len("   "):
        hint = _SHORT_HINTS.get(state, "")
    return [(" ", ""), *justified(left, [(0, [(hint, "dim")])], width - 2)]
