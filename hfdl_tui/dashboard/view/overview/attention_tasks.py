"""Tasks that wait to be tried again, as one thing that needs attention."""

from collections import Counter
from typing import Final

from hfdl_core.models import TaskStatus, TaskView
from hfdl_core.monitor import TaskPage
from hfdl_core.queue import JobSnapshot
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.overview.needs import Need, Place
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.operations.orders import TryNow
from hfdl_tui.wording import figures

FIRST_RETRYING: Final = TaskPage(TaskStatus.RETRYING, limit=100)  # enough for nearly all jobs
_MOST_CAUSES: Final = 2
_MINUTE: Final = 60


def retrying(store: Store, snapshot: JobSnapshot, glyphs: Glyphs) -> Need:
    """When the next one is due and why they wait, once these tasks are read."""
    known = _known(store)
    number = snapshot.retrying
    words = (
        "1 task waits to retry" if number == 1 else f"{figures.count(number)} tasks wait to retry"
    )
    causes = Counter(task.cause for task in known if task.cause).most_common(_MOST_CAUSES)
    if causes:
        words += f": {', '.join(f'{many} {cause}' for cause, many in causes)}"
    ids = tuple(task.task_id for task in known)
    return Need(
        "retrying",
        (glyphs.retry, "retry"),
        words,
        _next_try(known, store.data_age()),
        Place.RETRYING,
        TryNow(snapshot.spec.job_id, ids) if ids else None,
    )


def _known(store: Store) -> tuple[TaskView, ...]:
    """A look may still bring what another page asked for."""
    view = store.view
    is_asked = view is not None and view.tasks_page is not None
    if view is None or not is_asked or view.tasks_page != FIRST_RETRYING:
        return ()
    return view.tasks


def _next_try(tasks: tuple[TaskView, ...], age: float) -> str:
    due = [task.next_try_seconds for task in tasks if task.next_try_seconds is not None]
    if not due:
        return "r tries now" if tasks else ""
    wait = max(0.0, min(due) - age)
    return f"next in {wait:.0f} s" if wait < _MINUTE else f"in {round(wait / _MINUTE)} min"
