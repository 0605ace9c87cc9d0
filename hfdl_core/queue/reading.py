"""What readers ask: tasks page by page, failures, events. Reading never changes anything."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgpack

from hfdl_core.models import DownloaderName, Event, JobId, RepoFile, TaskStatus, TaskView, Token
from hfdl_core.queue.answers import Progress
from hfdl_core.queue.done_files import completed_files
from hfdl_core.queue.keys import FLEET_EVENTS, job_key
from hfdl_core.queue.room import QueueRoom
from hfdl_core.task_id import BatchWork, FileWork, RangeWork, TaskId, Work, parse_task_id

_SCANNED_AT_ONCE = 500
_CAUSE = "cause:"


class Reading(QueueRoom):
    """Every answer is bounded by its limit, however large the job is."""

    def tasks(
        self, job_id: JobId, state: TaskStatus, *, offset: int = 0, limit: int = 100
    ) -> list[TaskView]:
        """A page of the tasks in one state; completed ones are listed as files."""
        if limit <= 0:
            return []
        match state:
            case TaskStatus.PENDING:
                ids = self._ids(job_id, "pend", offset, limit)
                return [self._view(job_id, task_id, state) for task_id in ids]
            case TaskStatus.RETRYING:
                return self._retrying(job_id, offset, limit)
            case TaskStatus.FAILED:
                return self._failed(job_id, offset, limit)
            case TaskStatus.IN_PROGRESS:
                return self._in_progress(job_id, offset, limit)
            case TaskStatus.COMPLETED:
                return self._completed(job_id, offset, limit)

    def held_by(self, job_id: JobId, worker: str) -> list[Progress]:
        """The leases of one `worker/boot`, as it last reported them."""
        held: dict[bytes, bytes] = self._connection.command("HGETALL", job_key(job_id, "live"))
        leases = ((TaskId(key.decode()), msgpack.unpackb(record)) for key, record in held.items())
        return [
            Progress(task_id, Token(lease["t"]), int(lease["p"]))
            for task_id, lease in leases
            if lease["w"] == worker
        ]

    def ranges_in_hand(self, job_id: JobId, file_index: int, generation: int) -> list[Progress]:
        """The leases of one file's ranges in this generation, each at its end."""
        held: dict[bytes, bytes] = self._connection.command("HGETALL", job_key(job_id, "live"))
        found = []
        for key, record in held.items():
            work = parse_task_id(key.decode())
            if isinstance(work, RangeWork) and (work.file_index, work.generation) == (
                file_index,
                generation,
            ):
                lease = msgpack.unpackb(record)
                found.append(Progress(TaskId(key.decode()), Token(lease["t"]), int(lease["e"])))
        return found

    def failures_by_cause(self, job_id: JobId) -> dict[str, int]:
        """Failed tasks per cause, the most frequent first."""
        counters = self._connection.command("HGETALL", job_key(job_id, "cnt"))
        causes = {
            name.decode().removeprefix(_CAUSE): int(value)
            for name, value in counters.items()
            if name.decode().startswith(_CAUSE)
        }
        return dict(sorted(causes.items(), key=lambda pair: -pair[1]))

    def failed_ids(self, job_id: JobId, cause: str | None = None) -> Iterator[TaskId]:
        """All failed tasks, or those of one cause; they may be requeued while this goes on."""
        cursor = 0
        while True:
            # A scan shows all that stay, whatever else is removed meanwhile; paging would not.
            cursor, flat = self._connection.command(
                "ZSCAN", job_key(job_id, "failed"), cursor, "COUNT", _SCANNED_AT_ONCE
            )
            ids = [_member(entry) for entry in flat]
            for task_id, note in zip(ids, self._notes(job_id, ids), strict=True):
                if cause is None or note.get("cause") == cause:
                    yield task_id
            if int(cursor) == 0:
                return

    def downloader_of(self, job_id: JobId, file_index: int) -> DownloaderName | None:
        """How a completed file came; None when it is not completed."""
        done, name = self._connection.commands(
            [
                ("GETBIT", job_key(job_id, "done"), file_index),
                ("HGET", job_key(job_id, "via"), file_index),
            ]
        )
        if not done:
            return None
        return DownloaderName(name.decode()) if name else DownloaderName.HTTP

    def events(self, job_id: JobId | None, *, after: str = "-", limit: int = 1000) -> list[Event]:
        """The log of a job, or of the fleet, oldest first; `after` is the last id already seen."""
        stream = FLEET_EVENTS if job_id is None else job_key(job_id, "ev")
        start = "-" if after == "-" else f"({after}"
        entries = self._connection.command("XRANGE", stream, start, "+", "COUNT", limit)
        return [self._event(job_id, event_id.decode(), fields) for event_id, fields in entries]

    def _event(self, job_id: JobId | None, event_id: str, raw: dict[bytes, bytes]) -> Event:
        fields = {name.decode(): value.decode(errors="replace") for name, value in raw.items()}
        path = ""
        if job_id is not None and fields["file"]:
            path = self._file(job_id, int(fields["file"])).path
        return Event(
            event_id=event_id,
            at=datetime.fromtimestamp(int(event_id.partition("-")[0]) / 1000, UTC),
            job_id=job_id or "",
            kind=fields["kind"],
            text=fields["text"],
            worker=fields["worker"],
            path=path,
        )

    def _retrying(self, job_id: JobId, offset: int, limit: int) -> list[TaskView]:
        time, flat = self._connection.commands(
            [
                ("TIME",),
                ("ZRANGE", job_key(job_id, "delay"), offset, offset + limit - 1, "WITHSCORES"),
            ]
        )
        now = int(time[0]) + int(time[1]) / 1e6
        due = {TaskId(flat[n].decode()): float(flat[n + 1]) for n in range(0, len(flat), 2)}
        return [
            self._view(
                job_id,
                task_id,
                TaskStatus.RETRYING,
                note,
                next_try_seconds=max(0.0, due[task_id] / 1000 - now),
            )
            for task_id, note in zip(due, self._notes(job_id, list(due)), strict=True)
        ]

    def _failed(self, job_id: JobId, offset: int, limit: int) -> list[TaskView]:
        ids = self._ids(job_id, "failed", offset, limit)
        return [
            self._view(job_id, task_id, TaskStatus.FAILED, note)
            for task_id, note in zip(ids, self._notes(job_id, ids), strict=True)
        ]

    def _in_progress(self, job_id: JobId, offset: int, limit: int) -> list[TaskView]:
        # By id, so that rows stand still between two looks; there are never very many leases.
        live = job_key(job_id, "live")
        ids = sorted(self._connection.command("HKEYS", live))[offset : offset + limit]
        packed = self._connection.command("HMGET", live, *ids) if ids else []
        views = []
        for task_id, record in zip(ids, packed, strict=True):
            if record is None:
                continue  # it ended between the two questions
            lease = msgpack.unpackb(record)
            view = self._view(job_id, TaskId(task_id.decode()), TaskStatus.IN_PROGRESS)
            held = {
                "begin": int(lease["b"]),
                "end": int(lease["e"]),
                "position": int(lease["p"]),
                "attempt": int(lease["a"]),
                "worker": lease["w"],
            }
            views.append(view.model_copy(update=held))
        return views

    def _completed(self, job_id: JobId, offset: int, limit: int) -> list[TaskView]:
        indexes = completed_files(self._connection, job_id, offset, limit)
        if not indexes:
            return []
        generations = self._connection.command("HMGET", job_key(job_id, "gen"), *indexes)
        views = []
        for index, generation in zip(indexes, generations, strict=True):
            size = self._file(job_id, index).size
            task_id = FileWork(index, int(generation or 0), size).task_id
            view = self._view(job_id, task_id, TaskStatus.COMPLETED)
            views.append(view.model_copy(update={"position": size}))
        return views

    def _view(
        self,
        job_id: JobId,
        task_id: TaskId,
        state: TaskStatus,
        note: dict[str, Any] | None = None,
        next_try_seconds: float | None = None,
    ) -> TaskView:
        work, known = parse_task_id(task_id), note or {}
        begin, end = _span(work)
        return TaskView(
            task_id=task_id,
            state=state,
            path=self._path_of(job_id, work),
            begin=begin,
            end=end,
            position=begin,
            attempt=int(known.get("attempt", 0)),
            worker=str(known.get("worker", "")),
            error=str(known.get("error", "")),
            cause=str(known.get("cause", "")),
            next_try_seconds=next_try_seconds,
        )

    def _path_of(self, job_id: JobId, work: Work) -> str:
        if not isinstance(work, BatchWork):
            return self._file(job_id, work.file_index).path
        first = self.page(job_id, work.page)[work.first].path
        return f"{first} and {work.count - 1} more" if work.count > 1 else first

    def _file(self, job_id: JobId, file_index: int) -> RepoFile:
        page, entry = divmod(file_index, self._known.get(job_id).page_size)
        return self.page(job_id, page)[entry]

    def _ids(self, job_id: JobId, name: str, offset: int, limit: int) -> list[TaskId]:
        members = self._connection.command(
            "ZRANGE", job_key(job_id, name), offset, offset + limit - 1
        )
        return [_member(member) for member in members]

    def _notes(self, job_id: JobId, ids: Sequence[TaskId]) -> list[dict[str, Any]]:
        if not ids:
            return []
        notes = self._connection.command("HMGET", job_key(job_id, "note"), *ids)
        return [json.loads(note) if note else {} for note in notes]


def _span(work: Work) -> tuple[int, int]:
    match work:
        case BatchWork(count=count):
            return 0, count
        case FileWork(size=size):
            return 0, size
        case RangeWork(begin=begin, end=end):
            return begin, end


def _member(entry: bytes | tuple[bytes, float]) -> TaskId:
    member = entry[0] if isinstance(entry, tuple) else entry
    return TaskId(member.decode())
