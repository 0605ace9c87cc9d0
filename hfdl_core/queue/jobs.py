"""The jobs of a queue: which there are, how they stand, and what people may do to them."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hfdl_core.errors import AmbiguousJob, JobNotRunning, ProtocolMismatch, UnknownJob
from hfdl_core.models import JobId, JobSpec, JobState, RepoFile
from hfdl_core.queue.answers import JobSnapshot
from hfdl_core.queue.connection import ScriptCall
from hfdl_core.queue.keys import FLEET_DESTINATIONS, FLEET_JOBS, JOB_KEYS, job_key
from hfdl_core.queue.plain_text import decoded
from hfdl_core.queue.plan_pages import unpack_files
from hfdl_core.queue.room import QueueRoom, keys_of
from hfdl_core.queue.rounds import Rounds
from hfdl_core.queue.scripts import load_script
from hfdl_core.queue.snapshots import read_snapshot
from hfdl_core.redis_target import RedisTarget

logger = logging.getLogger(__name__)

_PAGES_PER_ROUND_TRIP = 8
_SHOWN_IDS = 5


# Told of all jobs with the ms of their creation, newest first, says which shall be read.
DueJobs = Callable[[Mapping[JobId, int]], Sequence[JobId]]


@dataclass(frozen=True, slots=True)
class JobsRead:
    """Which jobs there are, and how some of them stand."""

    listed: Mapping[JobId, int]  # ms of their creation, newest first
    read: Mapping[JobId, JobSnapshot | None]  # None: gone, or another version's


class Jobs(QueueRoom):
    """Reading never changes anything; what changes a job is one script each."""

    def __init__(self, target: RedisTarget, *, client_name: str = "hfdl") -> None:
        super().__init__(target, client_name=client_name)
        self._snapshots: dict[JobId, JobSnapshot] = {}

    def reserve_destination(self, destination_key: str, job_id: JobId) -> JobId:
        """Who may write there: this job, or an unfinished one that came before."""
        holder = self._reserve(destination_key, job_id, JobId(""))
        if holder != job_id and self._has_ended(holder):
            holder = self._reserve(destination_key, job_id, holder)
        return holder

    def release_destination(self, destination_key: str, job_id: JobId) -> None:
        script = load_script("release_destination")
        self._connection.run(script, [FLEET_DESTINATIONS], [destination_key, job_id])

    def job_ids(self) -> list[JobId]:
        """Newest first."""
        listed = self._connection.command("ZREVRANGE", FLEET_JOBS, 0, -1)
        job_ids = [JobId(job_id.decode()) for job_id in listed]
        found = self._connection.commands(
            [("EXISTS", job_key(job_id, "meta")) for job_id in job_ids]
        )
        return [job_id for job_id, exists in zip(job_ids, found, strict=True) if exists]

    def find_job(self, prefix: str) -> JobId:
        """The one job whose id begins so; UnknownJob, AmbiguousJob."""
        job_ids = self.job_ids()
        if prefix in job_ids:
            return JobId(prefix)
        matching = [job_id for job_id in job_ids if job_id.startswith(prefix)]
        match matching:
            case [job_id]:
                return job_id
            case []:
                raise UnknownJob(f"no job begins with {prefix!r}: `hfdl status` lists them")
            case _:
                some = ", ".join(matching[:_SHOWN_IDS])
                raise AmbiguousJob(f"several jobs begin with {prefix!r}: {some}; give more of it")

    def spec(self, job_id: JobId) -> JobSpec:
        """UnknownJob; ProtocolMismatch when another version of hfdl made it."""
        return self._known.get(job_id).spec

    def snapshot(self, job_id: JobId) -> JobSnapshot:
        """UnknownJob; ProtocolMismatch when another version of hfdl made it."""
        script = load_script("snapshot")
        row = self._connection.run(script, keys_of(job_id, script), [])
        snapshot = read_snapshot(job_id, row)
        if snapshot is None:
            raise UnknownJob(f"no job {job_id} in this queue: `hfdl status` lists them")
        return snapshot

    def snapshots(self) -> list[JobSnapshot]:
        """All jobs that this version knows, newest first, in three round trips at most.

        A job whose sequence number stands still has not changed and is not read again: hundreds
        of finished jobs cost next to nothing.
        """
        job_ids = [
            JobId(job_id.decode())
            for job_id in self._connection.command("ZREVRANGE", FLEET_JOBS, 0, -1)
        ]
        heads = [("HMGET", job_key(job_id, "meta"), "epoch", "seq") for job_id in job_ids]
        (seconds, microseconds), *answers = self._connection.commands([("TIME",), *heads])
        present = {
            job_id: (epoch.decode(), int(seq))
            for job_id, (epoch, seq) in zip(job_ids, answers, strict=True)
            if epoch is not None
        }
        self._read_changed(present)
        now_ms = int(seconds) * 1000 + int(microseconds) // 1000
        return [
            replace(snapshot, now_ms=now_ms)
            for job_id in present
            if (snapshot := self._snapshots.get(job_id)) is not None
        ]

    def _ask_jobs(self, due: DueJobs) -> Rounds[JobsRead]:
        """Which jobs there are, and how those that are due stand."""
        [flat] = yield [("ZREVRANGE", FLEET_JOBS, 0, -1, "WITHSCORES")]
        listed = {
            JobId(decoded(job_id)): int(float(created_ms))
            for job_id, created_ms in zip(flat[::2], flat[1::2], strict=True)
        }
        job_ids, script = due(listed), load_script("snapshot")
        rows = yield [ScriptCall(script, keys_of(job_id, script)) for job_id in job_ids]
        read = {job_id: _read_ours(job_id, row) for job_id, row in zip(job_ids, rows, strict=True)}
        for job_id, snapshot in read.items():
            self._known.check(job_id, None if snapshot is None else snapshot.epoch)
        return JobsRead(listed, read)

    def files(self, job_id: JobId) -> Iterator[tuple[int, RepoFile]]:
        """The whole manifest with file indexes, a few pages in memory at a time."""
        page_size = self._known.get(job_id).page_size
        plan = job_key(job_id, "plan")
        pages = int(self._connection.command("HLEN", plan))
        for first in range(0, pages, _PAGES_PER_ROUND_TRIP):
            numbers = range(first, min(first + _PAGES_PER_ROUND_TRIP, pages))
            for page, packed in zip(
                numbers, self._connection.command("HMGET", plan, *numbers), strict=True
            ):
                files = self.page(job_id, page) if packed is None else unpack_files(packed)
                yield from enumerate(files, page * page_size)

    def pause(self, job_id: JobId) -> JobState:
        """No more claims; JobNotRunning unless it runs or is paused already."""
        return self._steer(job_id, "pause", "only a running job can be paused")

    def resume(self, job_id: JobId) -> JobState:
        """A paused or cancelled job goes on; JobNotRunning when it has ended."""
        return self._steer(job_id, "resume", "requeue its failed files, or give its command again")

    def cancel(self, job_id: JobId) -> JobState:
        """JobNotRunning when it has completed or failed."""
        return self._steer(job_id, "cancel", "there is nothing to cancel")

    def delete(self, job_id: JobId) -> None:
        """Drop every trace of the job; files on disks stay. Workers hear that it is gone."""
        self._connection.command("UNLINK", *(job_key(job_id, name) for name in JOB_KEYS))
        self._known.forget(job_id)
        self._snapshots.pop(job_id, None)
        self._connection.command("ZREM", FLEET_JOBS, job_id)
        holders = self._connection.command("HGETALL", FLEET_DESTINATIONS)
        for destination, holder in holders.items():
            if holder.decode() == job_id:
                self.release_destination(destination.decode(), job_id)

    def _read_changed(self, present: dict[JobId, tuple[str, int]]) -> None:
        script = load_script("snapshot")
        changed = [
            job_id for job_id, head in present.items() if _head(self._snapshots.get(job_id)) != head
        ]
        calls = [(keys_of(job_id, script), ()) for job_id in changed]
        rows = self._connection.run_many(script, calls) if calls else []
        fresh = {
            job_id: snapshot
            for job_id, row in zip(changed, rows, strict=True)
            if (snapshot := _read_ours(job_id, row)) is not None
        }
        kept = {job_id: old for job_id, old in self._snapshots.items() if job_id in present}
        self._snapshots = kept | fresh

    def _steer(self, job_id: JobId, move: str, advice: str) -> JobState:
        state, is_so = self._run(job_id, move)
        if not is_so:
            raise JobNotRunning(f"job {job_id} is {state.decode()}: {advice}")
        return JobState(state.decode())

    def _reserve(self, destination_key: str, job_id: JobId, ended: JobId) -> JobId:
        script = load_script("reserve_destination")
        holder = self._connection.run(
            script, [FLEET_DESTINATIONS], [destination_key, job_id, ended]
        )
        return JobId(holder.decode())

    def _has_ended(self, job_id: JobId) -> bool:
        state = self._connection.command("HGET", job_key(job_id, "meta"), "state")
        return state is None or JobState(state.decode()).is_finished


def _read_ours(job_id: JobId, row: Sequence[Any]) -> JobSnapshot | None:
    """None as well for a job of another version."""
    try:
        return read_snapshot(job_id, row)
    except ProtocolMismatch as error:
        logger.debug("left out: %s", error)
        return None


def _head(snapshot: JobSnapshot | None) -> tuple[str, int] | None:
    return None if snapshot is None else (snapshot.epoch, snapshot.seq)
