"""Tasks as readers see them, page by page."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgpack

from hfdl_core.models import JobId, TaskStatus, TaskView
from hfdl_core.queue.connection import ScriptCall
from hfdl_core.queue.keys import job_key
from hfdl_core.queue.plan_files import PlanFiles, name_of
from hfdl_core.queue.room import keys_of
from hfdl_core.queue.rounds import Rounds, alone
from hfdl_core.queue.scripts import load_script
from hfdl_core.task_id import BatchWork, FileWork, RangeWork, TaskId, Work, parse_task_id

# A task's id, and what is known of it besides.
_Row = tuple[TaskId, Mapping[str, Any]]


class TaskPages(PlanFiles):
    """Every answer is bounded by its limit, however large the job is."""

    def tasks(
        self, job_id: JobId, state: TaskStatus, *, offset: int = 0, limit: int = 100
    ) -> list[TaskView]:
        """A page of the tasks in one state; completed ones are listed as files."""
        return alone(self._connection, self._ask_tasks(job_id, state, offset, limit))

    def _ask_tasks(
        self, job_id: JobId, state: TaskStatus, offset: int, limit: int
    ) -> Rounds[list[TaskView]]:
        if limit <= 0:
            return []
        if state is TaskStatus.COMPLETED:
            return (yield from self._ask_completed(job_id, offset, limit))
        rows = yield from _ROWS[state](job_id, offset, limit)
        works = [parse_task_id(task_id) for task_id, _ in rows]
        firsts = [self._index_of(job_id, work) for work in works]
        files = yield from self._ask_files(job_id, firsts)
        return [
            _view(row, state, work, name_of(work, files[first]))
            for row, work, first in zip(rows, works, firsts, strict=True)
        ]

    def _ask_completed(self, job_id: JobId, offset: int, limit: int) -> Rounds[list[TaskView]]:
        script = load_script("completed")
        [flat] = yield [ScriptCall(script, keys_of(job_id, script), (offset, limit))]
        generations = dict(zip(flat[::2], flat[1::2], strict=True))
        files = yield from self._ask_files(job_id, generations)
        return [
            TaskView(
                task_id=FileWork(index, generation, files[index].size).task_id,
                state=TaskStatus.COMPLETED,
                path=files[index].path,
                begin=0,
                end=files[index].size,
                position=files[index].size,
            )
            for index, generation in generations.items()
        ]


def _pending(job_id: JobId, offset: int, limit: int) -> Rounds[list[_Row]]:
    [ids] = yield [("ZRANGE", job_key(job_id, "pend"), offset, offset + limit - 1)]
    return [(TaskId(member.decode()), {}) for member in ids]


def _retrying(job_id: JobId, offset: int, limit: int) -> Rounds[list[_Row]]:
    time, flat = yield [
        ("TIME",),
        ("ZRANGE", job_key(job_id, "delay"), offset, offset + limit - 1, "WITHSCORES"),
    ]
    now = int(time[0]) + int(time[1]) / 1e6
    notes = yield from _notes(job_id, flat[::2])
    waits = [max(0.0, float(due) / 1000 - now) for due in flat[1::2]]
    return [
        (task_id, {**note, "next_try_seconds": wait})
        for (task_id, note), wait in zip(notes, waits, strict=True)
    ]


def _failed(job_id: JobId, offset: int, limit: int) -> Rounds[list[_Row]]:
    [ids] = yield [("ZRANGE", job_key(job_id, "failed"), offset, offset + limit - 1)]
    return (yield from _notes(job_id, ids))


def _notes(job_id: JobId, ids: Sequence[bytes]) -> Rounds[list[_Row]]:
    if not ids:
        return []
    [notes] = yield [("HMGET", job_key(job_id, "note"), *ids)]
    return [
        (TaskId(member.decode()), json.loads(note) if note else {})
        for member, note in zip(ids, notes, strict=True)
    ]


def _in_progress(job_id: JobId, offset: int, limit: int) -> Rounds[list[_Row]]:
    live = job_key(job_id, "live")
    [held] = yield [("HKEYS", live)]
    # By id, so that rows stand still between two looks; there are never very many leases.
    ids = sorted(held)[offset : offset + limit]
    if not ids:
        return []
    [packed] = yield [("HMGET", live, *ids)]
    # None: it ended between the two questions.
    return [
        (TaskId(task_id.decode()), _held(msgpack.unpackb(record)))
        for task_id, record in zip(ids, packed, strict=True)
        if record is not None
    ]


_ROWS: Final[Mapping[TaskStatus, Callable[[JobId, int, int], Rounds[list[_Row]]]]] = {
    TaskStatus.PENDING: _pending,
    TaskStatus.RETRYING: _retrying,
    TaskStatus.FAILED: _failed,
    TaskStatus.IN_PROGRESS: _in_progress,
}


def _held(lease: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "begin": int(lease["b"]),
        "end": int(lease["e"]),
        "position": int(lease["p"]),
        "attempt": int(lease["a"]),
        "worker": lease["w"],
    }


def _view(row: _Row, state: TaskStatus, work: Work, path: str) -> TaskView:
    task_id, known = row
    begin, end = _span(work)
    return TaskView(
        task_id=task_id,
        state=state,
        path=path,
        begin=int(known.get("begin", begin)),
        end=int(known.get("end", end)),
        position=int(known.get("position", begin)),
        attempt=int(known.get("attempt", 0)),
        worker=str(known.get("worker", "")),
        error=str(known.get("error", "")),
        cause=str(known.get("cause", "")),
        next_try_seconds=known.get("next_try_seconds"),
    )


def _span(work: Work) -> tuple[int, int]:
    match work:
        case BatchWork(count=count):
            return 0, count
        case FileWork(size=size):
            return 0, size
        case RangeWork(begin=begin, end=end):
            return begin, end
