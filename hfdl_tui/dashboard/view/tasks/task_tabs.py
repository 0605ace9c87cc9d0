"""The lists of tasks as tabs, each with how many there are."""

from collections.abc import Mapping, Sequence
from typing import Final

from hfdl_core.models import TaskStatus
from hfdl_tui.dashboard.view.drawing.spans import Spans, width_of
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures

TITLES: Final[Mapping[TaskStatus, str]] = {
    TaskStatus.IN_PROGRESS: "Running",
    TaskStatus.RETRYING: "Retry",
    TaskStatus.FAILED: "Failed",
    TaskStatus.PENDING: "Waiting",
    TaskStatus.COMPLETED: "Done",
}
ORDER: Final = tuple(TITLES)
_GRAVE: Final = {TaskStatus.RETRYING: "retry", TaskStatus.FAILED: "failed"}
_HINT: Final = "[ and ] change tab"
_GAP: Final = 3  # columns between the tabs and the hint


def beside(state: TaskStatus, step: int) -> TaskStatus:
    """The tab so many places on, round and round."""
    return ORDER[(ORDER.index(state) + step) % len(ORDER)]


def counts_of(store: Store) -> dict[TaskStatus, int]:
    """How many tasks of the job are in each list (done: files); empty while that is unknown."""
    snapshot = store.view.snapshots.get(store.job_id) if store.view and store.job_id else None
    if snapshot is None:
        return {}
    return {
        TaskStatus.IN_PROGRESS: snapshot.in_progress,
        TaskStatus.RETRYING: snapshot.retrying,
        TaskStatus.FAILED: snapshot.failed,
        TaskStatus.PENDING: snapshot.pending,
        TaskStatus.COMPLETED: snapshot.files_completed,
    }


def task_tabs(counts: Mapping[TaskStatus, int], current: TaskStatus, width: int) -> Spans:
    """One span a tab; where they are too wide, the counts of the other tabs go first."""
    roomy = _tabs(counts, current, ORDER, wide=True)
    room = width - width_of(roomy) - len(_HINT) - 1
    if room >= _GAP:
        return [*roomy, (" " * room, ""), (_HINT, "dim")]
    if width_of(roomy) <= width:
        return roomy
    for counted in (ORDER, (current, *_GRAVE)):
        tight = _tabs(counts, current, counted, wide=False)
        if width_of(tight) <= width:
            return tight
    return _tabs(counts, current, (current,), wide=False)


def tab_at(spans: Sequence[tuple[str, str]], column: int) -> TaskStatus | None:
    """Whose tab is drawn in this column of the line."""
    begin = 0
    for state, (text, _) in zip(ORDER, spans, strict=False):
        if begin <= column < begin + len(text):
            return state
        begin += len(text)
    return None


def _tabs(
    counts: Mapping[TaskStatus, int],
    current: TaskStatus,
    counted: Sequence[TaskStatus],
    *,
    wide: bool,
) -> Spans:
    """Every tab takes the same columns whether it is the current one or not."""
    spans: Spans = []
    blank = " " if wide else ""
    for state, title in TITLES.items():
        count = counts.get(state)
        words = title
        if count is not None and state in counted:
            words += f" {figures.count(count)}"
        if state is current:
            spans.append((f"[{blank}{words}{blank}]", "bold"))
        else:
            style = _GRAVE.get(state, "") if count else "dim"
            spans.append((f" {blank}{words}{blank} ", style))
    return spans
