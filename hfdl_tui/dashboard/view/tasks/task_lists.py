"""Which list of tasks is looked at, which page of it, and what a filter leaves of that page."""

from collections.abc import Mapping, Sequence

from hfdl_core.errors import UsageError
from hfdl_core.models import JobId, TaskStatus, TaskView
from hfdl_core.monitor import TaskPage
from hfdl_tui.dashboard.view.filter_text import TextFilter, parse_text_filter
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.dashboard.view.tasks.paging import Paging
from hfdl_tui.dashboard.view.tasks.task_tabs import ORDER

Counts = Mapping[TaskStatus, int]


class TaskLists:
    """Each list keeps its own page; a filter holds for whatever page is shown."""

    def __init__(self) -> None:
        self.state = TaskStatus.IN_PROGRESS
        self.filter: TextFilter | None = None
        self.wrong = ""  # with what is typed as a filter
        self._job_id: JobId | None = None
        self._paging = dict.fromkeys(ORDER, Paging())
        self._failed_seen = 0

    @property
    def paging(self) -> Paging:
        return self._paging[self.state]

    def wanted(self, pane_rows: int) -> TaskPage:
        """What the server shall send for a pane of that height."""
        paging = self._paging[self.state] = self.paging.for_pane(pane_rows)
        return TaskPage(self.state, paging.offset, paging.limit)

    def come(self, counts: Counts) -> None:
        """Somebody comes to the page: failures that were not seen here yet are why."""
        if counts.get(TaskStatus.FAILED, 0) > self._failed_seen:
            self.state = TaskStatus.FAILED

    def follow(self, store: Store, counts: Counts) -> None:
        """After each look: another job begins at its first page, a list that shrank may too."""
        self._failed_seen = counts.get(TaskStatus.FAILED, 0)
        if store.job_id != self._job_id:
            self._job_id = store.job_id
            self._paging = dict.fromkeys(ORDER, Paging())
        elif self.state in counts:
            self._paging[self.state] = self.paging.within(counts[self.state])

    def turn(self, step: int, counts: Counts) -> None:
        """To the page after or before; nothing where there is none."""
        total = counts.get(self.state, 0)
        paging = self.paging.after(total) if step > 0 else self.paging.before()
        self._paging[self.state] = paging or self.paging

    def why_no_turn(self, step: int, counts: Counts) -> str | None:
        if step < 0:
            return None if self.paging.before() else "this is the first page"
        return None if self.paging.after(counts.get(self.state, 0)) else "this is the last page"

    def type_filter(self, text: str) -> None:
        """One that cannot be used leaves everything shown, and says why in `wrong`."""
        self.filter, self.wrong = None, ""
        try:
            self.filter = parse_text_filter(text)
        except UsageError as error:
            self.wrong = str(error)

    def tasks(self, store: Store) -> Sequence[TaskView] | None:
        """Those of the page, whatever the filter says; None while it is not read yet."""
        view = store.view
        page = view.tasks_page if view else None
        if view is None or page is None or view.focus_job != store.job_id:
            return None
        is_here = (page.state, page.offset) == (self.state, self.paging.offset)
        return view.tasks if is_here else None

    def passing(self, tasks: Sequence[TaskView]) -> Sequence[TaskView]:
        """What the filter leaves of them, by path, error, cause or worker."""
        test = self.filter
        return tasks if test is None else [task for task in tasks if test.lets_pass(_text(task))]


def _text(task: TaskView) -> str:
    return f"{task.path}\n{task.error}\n{task.cause}\n{task.worker}"
