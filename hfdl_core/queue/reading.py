"""What else readers ask: leases in hand, failures, ways. Reading never changes anything."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import msgpack

from hfdl_core.models import DownloaderName, JobId, Token
from hfdl_core.queue.answers import Progress
from hfdl_core.queue.keys import job_key
from hfdl_core.queue.room import QueueRoom
from hfdl_core.task_id import RangeWork, TaskId, parse_task_id

_SCANNED_AT_ONCE = 500
_CAUSE = "cause:"


class Reading(QueueRoom):
    """Small questions about one job."""

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

    def _notes(self, job_id: JobId, ids: Sequence[TaskId]) -> list[dict[str, Any]]:
        if not ids:
            return []
        notes = self._connection.command("HMGET", job_key(job_id, "note"), *ids)
        return [json.loads(note) if note else {} for note in notes]


def _member(entry: bytes | tuple[bytes, float]) -> TaskId:
    member = entry[0] if isinstance(entry, tuple) else entry
    return TaskId(member.decode())
