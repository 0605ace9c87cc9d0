"""Tasks as rows of their list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from hfdl_core.models import CurrentTask, TaskStatus, TaskView
from hfdl_core.task_id import BatchWork, FileWork, TaskId, parse_task_id
from hfdl_tui.dashboard.view.drawing.byte_range import range_words
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.letters import Letters
from hfdl_tui.dashboard.view.drawing.table import Cell, Row
from hfdl_tui.dashboard.view.store import Store, key_of
from hfdl_tui.wording import figures


@dataclass(frozen=True)
class TaskFacts:
    """What rows need to know besides their tasks."""

    glyphs: Glyphs
    is_pending: Callable[[str], bool]  # by task id: an order for it is under way
    letters: Letters  # of the workers, as on the map of files
    in_hand: Mapping[tuple[str, TaskId], CurrentTask]  # by worker process: what it says of it
    max_attempts: int
    at: float  # of the look, in seconds since the epoch by the server's clock
    age: float  # seconds since the look


def facts_of(store: Store, glyphs: Glyphs, is_pending: Callable[[str], bool]) -> TaskFacts:
    view = store.view
    snapshot = view.snapshots.get(store.job_id) if view and store.job_id else None
    return TaskFacts(
        glyphs=glyphs,
        is_pending=is_pending,
        letters=store.letters,
        in_hand={
            (key_of(worker), task.task_id): task
            for worker in store.live_workers
            for task in worker.tasks
            if task.job_id == store.job_id
        },
        max_attempts=snapshot.spec.max_attempts if snapshot else 0,
        at=view.at if view else 0.0,
        age=store.data_age(),
    )


def task_row(task: TaskView, facts: TaskFacts) -> Row:
    """Its key is the task's id."""
    cells: dict[str, Cell] = {}
    match task.state:
        case TaskStatus.IN_PROGRESS:
            cells = _running(task, facts)
        case TaskStatus.RETRYING:
            cells = _retrying(task, facts)
        case TaskStatus.FAILED:
            cells = _failed(task)
        case TaskStatus.PENDING:
            cells = {"range": span_words(task), "size": size_words(task)}
        case TaskStatus.COMPLETED:
            cells = {"size": size_words(task)}
    sign = (
        (facts.glyphs.ellipsis, "accent")
        if facts.is_pending(task.task_id)
        else _sign(task, facts.glyphs)
    )
    return Row(task.task_id, (sign, task.path, *cells.values()))


def worker_name(task: TaskView) -> str:
    """Without which of its starts it was."""
    return task.worker.partition("/")[0]


def span_words(task: TaskView) -> str:
    """What of the file, or how many files."""
    match parse_task_id(task.task_id):
        case BatchWork(count=count):
            return figures.files(count)
        case FileWork():
            return "whole file"
        case _:
            return range_words(task.begin, task.end)


def size_words(task: TaskView) -> str:
    """Of what is left to do of it; of a batch, of all its files."""
    work = parse_task_id(task.task_id)
    return figures.size(work.size if isinstance(work, BatchWork) else task.end - task.begin)


def try_words(task: TaskView, max_attempts: int) -> str:
    """Such as `2 of 4`."""
    if not task.attempt:
        return figures.NOTHING
    return f"{task.attempt} of {max_attempts}" if max_attempts else str(task.attempt)


def wait_words(task: TaskView, age: float) -> str:
    """How long until the next try, `age` seconds after the look that told of it."""
    if task.next_try_seconds is None:
        return figures.NOTHING
    left = task.next_try_seconds - age
    return figures.duration(left) if left > 0 else "due"


def share_words(task: TaskView, facts: TaskFacts) -> str:
    """Of the bytes that its worker has, durable or not; of a batch, of its files."""
    position, length = task.position, task.end - task.begin
    told = _told(task, facts)
    if told is not None and not isinstance(parse_task_id(task.task_id), BatchWork):
        position = max(position, told.position)
    share = (position - task.begin) / length if length > 0 else 0.0
    return f"{int(100 * max(0.0, min(1.0, share)))} %"


def rate_words(task: TaskView, facts: TaskFacts) -> str:
    told = _told(task, facts)
    return figures.rate(told.bytes_per_second if told else 0.0)


def _told(task: TaskView, facts: TaskFacts) -> CurrentTask | None:
    """What the holder of the lease says of it; not a former one, who may still speak."""
    return facts.in_hand.get((task.worker, task.task_id))


def _running(task: TaskView, facts: TaskFacts) -> dict[str, Cell]:
    name = worker_name(task)
    return {
        "range": span_words(task),
        "done": share_words(task, facts),
        "rate": rate_words(task, facts),
        "letter": (facts.letters.of(name), facts.letters.style_of(name)),
        "worker": name,
        "attempt": try_words(task, facts.max_attempts),
    }


def _retrying(task: TaskView, facts: TaskFacts) -> dict[str, Cell]:
    at = ""
    if task.next_try_seconds is not None:
        moment = datetime.fromtimestamp(facts.at + task.next_try_seconds, UTC)
        at = moment.astimezone().strftime("%H:%M:%S")
    return {
        "size": size_words(task),
        "attempt": try_words(task, facts.max_attempts),
        "next": (wait_words(task, facts.age), "retry"),
        "at": (at, "dim"),
        "worker": worker_name(task),
        "error": _error(task),
    }


def _failed(task: TaskView) -> dict[str, Cell]:
    return {
        "size": size_words(task),
        "attempt": str(task.attempt) if task.attempt else figures.NOTHING,
        "worker": worker_name(task) or figures.NOTHING,
        "cause": task.cause,
        "error": _error(task),
    }


def _error(task: TaskView) -> str:
    """The path stands in its own column."""
    short = task.error.removeprefix(f"{task.path}: ").removeprefix(f"{task.path} ")
    return short.replace(f" on {task.path} ", " ").replace(task.path, "it")


def _sign(task: TaskView, glyphs: Glyphs) -> Cell:
    return glyphs.task(task.state).cell
