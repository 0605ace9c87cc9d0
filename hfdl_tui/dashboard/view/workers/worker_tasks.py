"""What a worker holds, in few words: which part of which file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hfdl_core.models import CurrentTask, JobId
from hfdl_core.task_id import BatchWork, TaskKind, parse_task_id
from hfdl_tui.dashboard.view.drawing.byte_range import range_words
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures

_SHARD: Final = re.compile(r"-of-[0-9]+(\.[A-Za-z0-9]+)*$")
_NOUNS: Final = {TaskKind.RANGE.value: "range", TaskKind.FILE.value: "file"}


@dataclass(frozen=True)
class KnownFiles:
    """Sizes of the files that the queue told of; a worker tells only which bytes it fetches."""

    job_id: JobId | None
    sizes: Mapping[str, int]  # by path

    @classmethod
    def of(cls, store: Store) -> "KnownFiles":
        return cls(store.job_id, {file.path: file.size for file in store.files})

    def size_of(self, task: CurrentTask) -> int:
        """0 when it is not known."""
        if task.task_id.startswith(TaskKind.FILE):
            return task.end
        return self.sizes.get(task.path, 0) if task.job_id == self.job_id else 0


def tasks_words(tasks: Sequence[CurrentTask], files: KnownFiles, separator: str) -> str:
    """Such as `model-00001 38-41 % · 3 ranges`; empty when it holds none."""
    if not tasks:
        return ""
    by_path: dict[str, list[CurrentTask]] = {}
    for task in tasks:
        by_path.setdefault(task.path, []).append(task)
    places = ", ".join(_named(path, held, files) for path, held in by_path.items())
    if len(tasks) == 1:
        count = _batch_words(tasks[0])
    else:
        kinds = {task.task_id[:1] for task in tasks}
        noun = _NOUNS.get(kinds.pop(), "task") if len(kinds) == 1 else "task"
        count = f"{len(tasks)} {noun}s"
    return f"{places} {separator} {count}" if count else places


def task_line(task: CurrentTask, files: KnownFiles) -> str:
    """One of them, with its whole path."""
    batch = _batch_words(task)
    place = place_words([task], files)
    return " ".join(part for part in (task.path, place, batch and f"(of {batch})") if part)


def place_words(held: Sequence[CurrentTask], files: KnownFiles) -> str:
    """Where in one file they are, from the first byte to the last; of a whole file how far."""
    first = held[0]
    if first.task_id.startswith(TaskKind.BATCH):
        return ""
    size = files.size_of(first)
    if first.task_id.startswith(TaskKind.FILE):
        return f"{_percent(first.position, size)} %"
    begin, end = min(task.begin for task in held), max(task.end for task in held)
    if not size:
        return range_words(begin, end)
    low, high = _percent(begin, size), _percent(end, size)
    return f"{low} %" if low == high else f"{low}-{high} %"


def short_name(path: str) -> str:
    """`model-00001` of `a/model-00001-of-00004.safetensors`: what tells a file from its sisters."""
    name = path.rstrip("/").rpartition("/")[2]
    return _SHARD.sub("", name) or name or path


def _named(path: str, held: Sequence[CurrentTask], files: KnownFiles) -> str:
    return f"{short_name(path)} {place_words(held, files)}".rstrip()


def _batch_words(task: CurrentTask) -> str:
    """`512 small files` when it is a batch; a worker may tell anything."""
    try:
        work = parse_task_id(task.task_id)
    except ValueError:
        return ""
    return f"{figures.count(work.count)} small files" if isinstance(work, BatchWork) else ""


def _percent(done: int, size: int) -> int:
    return max(0, min(100, 100 * done // size)) if size > 0 else 0
