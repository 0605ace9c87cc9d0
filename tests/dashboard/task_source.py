"""A queue for the page of tasks: lists of tasks by state, sent page by page as a real one does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from typing_extensions import override

from hfdl_core.models import TaskStatus, TaskView
from hfdl_core.monitor import FleetView, Focus
from hfdl_core.queue import JobSnapshot
from hfdl_core.task_id import BatchWork, FileWork, RangeWork
from hfdl_tui.operations.orders import Order, Outcome, Requeue, TryNow
from tests.dashboard.fakes import MB, FakeSource, a_job, a_task, a_view, a_worker

Lists = Mapping[TaskStatus, Sequence[TaskView]]


class TaskSource(FakeSource):
    """Sends the page that is asked for; what is requeued or tried now goes out of its list."""

    def __init__(self, lists: Lists, **changes: object) -> None:
        self._changes = changes
        super().__init__()
        self.lists: dict[TaskStatus, list[TaskView]] = {}
        self.set_lists(lists)
        self.answer = self._move

    def set_lists(self, lists: Lists) -> None:
        self.lists = {state: list(lists.get(state, ())) for state in TaskStatus}
        self._show()

    @override
    def read(self, focus: Focus) -> FleetView:
        view = super().read(focus)
        page = focus.tasks
        if page is None or focus.job_id not in view.snapshots:
            return replace(view, focus_job=focus.job_id)
        tasks = self.lists[page.state][page.offset : page.offset + page.limit]
        return replace(view, focus_job=focus.job_id, tasks=tuple(tasks), tasks_page=page)

    def _move(self, order: Order) -> Outcome:
        if isinstance(order, Requeue | TryNow):
            state = TaskStatus.FAILED if isinstance(order, Requeue) else TaskStatus.RETRYING
            kept = [
                task
                for task in self.lists[state]
                if order.task_ids and task.task_id not in order.task_ids
            ]
            self.lists[state] = kept
            self._show()
        return Outcome("done")

    def _show(self) -> None:
        self.push(a_view([self._job()], [a_worker()], **self._changes))

    def _job(self) -> JobSnapshot:
        return a_job(
            in_progress=len(self.lists[TaskStatus.IN_PROGRESS]),
            retrying=len(self.lists[TaskStatus.RETRYING]),
            failed=len(self.lists[TaskStatus.FAILED]),
            pending=len(self.lists[TaskStatus.PENDING]),
            files_failed=len(self.lists[TaskStatus.FAILED]),
            counters={"files_completed": len(self.lists[TaskStatus.COMPLETED])},
        )


def a_running_task(number: int) -> TaskView:
    begin = number * 32 * MB
    work = RangeWork(file_index=0, generation=0, begin=begin, end=begin + 32 * MB)
    return a_task(
        TaskStatus.IN_PROGRESS,
        task_id=work.task_id,
        begin=begin,
        end=begin + 32 * MB,
        position=begin + (5 + number) * MB,
        attempt=1,
        worker=f"w-{number:02}/boot-{number}",
    )


def a_failed_task(number: int, error: str = "") -> TaskView:
    work = FileWork(file_index=number, generation=0, size=40 * MB)
    path = f"data/train-{number:05}-of-01000.parquet"
    digest = f"{number:064x}"
    return a_task(
        TaskStatus.FAILED,
        task_id=work.task_id,
        path=path,
        end=40 * MB,
        attempt=4,
        worker=f"w-{number:02}/boot-{number}",
        error=error or f"{path}: digest is {digest}, the Hub lists {'ab' * 32}",
        cause="DigestMismatch",
    )


def a_retrying_task(number: int, seconds: float = 12.0) -> TaskView:
    work = FileWork(file_index=number, generation=0, size=1420 * MB)
    return a_task(
        TaskStatus.RETRYING,
        task_id=work.task_id,
        path=f"data/train-{number:05}-of-01000.parquet",
        end=1420 * MB,
        attempt=2,
        worker=f"w-{number:02}/boot-{number}",
        error="HTTP 503 from cdn-lfs.example after 30.0 s",
        cause="ServerBusy",
        next_try_seconds=seconds,
    )


def a_waiting_task(number: int) -> TaskView:
    if number % 2:
        work = BatchWork(page=0, first=number * 40, count=40, size=2 * MB)
        return a_task(task_id=work.task_id, path=f"small/{number:04}.json and 39 more", end=40)
    begin = number * 32 * MB
    range_work = RangeWork(file_index=1, generation=0, begin=begin, end=begin + 32 * MB)
    return a_task(task_id=range_work.task_id, begin=begin, end=begin + 32 * MB)


def a_done_task(number: int) -> TaskView:
    work = FileWork(file_index=number, generation=0, size=318 * MB)
    return a_task(
        TaskStatus.COMPLETED, task_id=work.task_id, path=f"en/{number:05}.json.gz", end=318 * MB
    )


def a_full_source() -> TaskSource:
    """Some of each, and more that wait than fit a page."""
    return TaskSource(
        {
            TaskStatus.IN_PROGRESS: [a_running_task(number) for number in range(10)],
            TaskStatus.RETRYING: [a_retrying_task(at, 12.0 + 20 * at) for at in range(4)],
            TaskStatus.FAILED: [a_failed_task(number) for number in range(5)],
            TaskStatus.PENDING: [a_waiting_task(number) for number in range(450)],
            TaskStatus.COMPLETED: [a_done_task(number) for number in range(212)],
        }
    )
