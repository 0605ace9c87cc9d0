"""Small jobs on a real server, their whole record before and after, and times moved at will."""

import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgpack

from hfdl_core.models import (
    Delivery,
    DownloadTask,
    JobId,
    JobSpec,
    JobState,
    RepoFile,
    RepoType,
    Token,
)
from hfdl_core.queue import Progress, RedisClient
from hfdl_core.queue.keys import JOB_KEYS, job_key
from hfdl_core.task_id import BatchWork, FileWork, TaskId, Work
from tests.redis_servers import RedisServer

PLAN = "plan-1"
PAGE_SIZE = 50
Record = dict[str, Any]
_TIMED_ZSETS = ("delay", "lease")  # shown as whole seconds from now
_TIMELESS_ZSETS = ("eta", "open", "failed", "overq")  # shown as sorted ids
_TEXT_HASHES = ("tok", "over", "via", "sizes")
_COUNT_HASHES = ("gen", "frem", "att", "crash", "best", "ffail", "cnt")


def make_spec(name: str = "job-1", delivery: Delivery = Delivery.KEEP, **more: Any) -> JobSpec:
    return JobSpec(
        job_id=JobId(name),
        repo_id="acme/things",
        repo_type=RepoType.DATASET,
        revision="main",
        commit="c" * 40,
        delivery=delivery,
        destination="things",
        machine="machine-1",
        host="host-1",
        **more,
    )


def make_files(sizes: Sequence[int]) -> tuple[RepoFile, ...]:
    return tuple(
        RepoFile(f"dir/file-{n}", size, hashlib.sha256(b"%d" % n).hexdigest())
        for n, size in enumerate(sizes)
    )


def make_tasks(sizes: Sequence[int], batches: Sequence[tuple[int, int]] = ()) -> list[Work]:
    """A batch for each (first, count); the other files alone."""
    taken = {entry for first, count in batches for entry in range(first, first + count)}
    works: list[Work] = [
        BatchWork(0, first, count, sum(sizes[first : first + count])) for first, count in batches
    ]
    works += [FileWork(n, 0, size) for n, size in enumerate(sizes) if n not in taken]
    return works


@dataclass
class Bench:
    """One server with one queue, and what tests do all the time with them."""

    server: RedisServer
    queue: RedisClient
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def plant(
        self,
        sizes: Sequence[int],
        *,
        delivery: Delivery = Delivery.KEEP,
        batches: Sequence[tuple[int, int]] = (),
        name: str = "job-1",
        **spec: Any,
    ) -> JobId:
        """A sealed job whose files have these sizes, all on one page."""
        made = make_spec(name, delivery, **spec)
        begun = self.queue.begin_plan(made, PLAN, PAGE_SIZE)
        self.queue.publish_page(
            made.job_id, begun.epoch, 0, make_files(sizes), make_tasks(sizes, batches)
        )
        self.queue.seal(made.job_id, begun.epoch, PLAN, len(sizes), sum(sizes), 1)
        return made.job_id

    def claim(self, job_id: JobId, worker: str = "w1", carve_bytes: int = 0) -> DownloadTask:
        token = Token(f"{worker}.{next(self._numbers)}")
        [task] = self.queue.claim(job_id, worker, [token], carve_bytes).tasks
        return task

    def reach(self, task: DownloadTask, position: int, speed: float = 1000.0) -> int | None:
        """Report one lease; its present end."""
        progress = Progress(task.task_id, task.token, position, speed)
        return self.queue.report(task.job_id, "w1", [progress]).ends[task.token]

    def complete(self, task: DownloadTask, position: int | None = None) -> str:
        end = task.end if position is None else position
        return self.queue.complete(task.job_id, task.task_id, task.token, end)

    def fail(
        self,
        task: DownloadTask,
        position: int = 0,
        *,
        cause: str = "FileMissing",
        permanent: bool = False,
        delay_seconds: float = 0.0,
    ) -> str:
        return self.queue.fail(
            task.job_id,
            task.task_id,
            task.token,
            position,
            error=f"{cause}: 404",
            cause=cause,
            permanent=permanent,
            delay_seconds=delay_seconds,
        ).outcome

    def release(self, task: DownloadTask, position: int = 0, reason: str = "") -> str:
        return self.queue.release(task.job_id, task.task_id, task.token, position, reason=reason)

    def state(self, job_id: JobId) -> JobState:
        return self.queue.snapshot(job_id).state

    def counter(self, job_id: JobId, name: str) -> int:
        return self.queue.snapshot(job_id).counters.get(name, 0)

    def event_kinds(self, job_id: JobId) -> list[str]:
        return [event.kind for event in self.queue.events(job_id)]

    # --- time ---------------------------------------------------------------------------------

    def now_ms(self) -> int:
        seconds, microseconds = self.server.command("TIME")
        return int(seconds) * 1000 + int(microseconds) // 1000

    def run_out(self, *tasks: DownloadTask) -> None:
        """Let leases expire, as if their workers had been silent while others were not."""
        for task in tasks:
            self.set_deadline(task, -0.001)

    def set_deadline(self, task: DownloadTask, seconds_from_now: float) -> None:
        deadline = self.now_ms() + round(seconds_from_now * 1000)
        self.server.command("ZADD", job_key(task.job_id, "lease"), deadline, task.task_id)

    def set_beat(self, job_id: JobId, seconds_from_now: float) -> None:
        """When the last script ran, by the server's clock."""
        beat = self.now_ms() + round(seconds_from_now * 1000)
        self.server.command("HSET", job_key(job_id, "meta"), "beat", beat)

    def set_due(self, job_id: JobId, task_id: TaskId, seconds_from_now: float) -> None:
        due = self.now_ms() + round(seconds_from_now * 1000)
        self.server.command("ZADD", job_key(job_id, "delay"), due, task_id)

    # --- the record ---------------------------------------------------------------------------

    def record(self, job_id: JobId) -> Record:
        """The whole record but its log: empty keys left out, times as whole seconds from now."""
        shown = {name: self._show(job_key(job_id, name), name) for name in JOB_KEYS}
        return {name: value for name, value in shown.items() if value}

    def changed(self, before: Record, job_id: JobId) -> Record:
        """What is different now: the new value of every changed part; None for one that is gone."""
        after = self.record(job_id)
        return {
            name: after.get(name)
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        }

    def _show(self, key: str, name: str) -> Any:  # noqa: PLR0911 - one line per kind of key
        command = self.server.command
        if name == "meta":
            return command("HGET", key, "state")
        if name == "plan":
            return command("HLEN", key)
        if name in _TIMED_ZSETS:
            now = self.now_ms()
            return {one: round((float(ms) - now) / 1000) for one, ms in self._scores(key).items()}
        if name in _TIMELESS_ZSETS:
            return sorted(self._scores(key))
        if name == "pend":
            return {one: int(score) for one, score in self._scores(key).items()}
        if name == "done":
            return _set_bits(command("GET", key) or b"")
        if name == "ev":
            return None
        fields: dict[bytes, bytes] = command("HGETALL", key)
        return _fields(fields, name)

    def _scores(self, key: str) -> dict[str, bytes]:
        flat = self.server.command("ZRANGE", key, 0, -1, "WITHSCORES")
        return {flat[n].decode(): flat[n + 1] for n in range(0, len(flat), 2)}


def _fields(fields: dict[bytes, bytes], name: str) -> dict[str, Any]:
    if name == "live":
        return {one.decode(): _lease(msgpack.unpackb(raw)) for one, raw in fields.items()}
    if name == "note":
        return {one.decode(): json.loads(raw) for one, raw in fields.items()}
    if name in _COUNT_HASHES:
        counts = {one.decode(): int(raw) for one, raw in fields.items()}
        return {one: count for one, count in counts.items() if count or name == "frem"}
    assert name in _TEXT_HASHES
    return {one.decode(): raw.decode("latin-1") for one, raw in fields.items()}


def _lease(record: dict[str, Any]) -> tuple[str, str, int, int, int]:
    """Worker, token, begin, position, end."""
    return record["w"], record["t"], int(record["b"]), int(record["p"]), int(record["e"])


def _set_bits(bitmap: bytes) -> list[int]:
    return [n for n in range(len(bitmap) * 8) if bitmap[n // 8] & (0x80 >> n % 8)]
