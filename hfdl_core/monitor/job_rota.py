"""Which jobs a watcher reads this time: a queue of hundreds costs no more than one of a dozen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Final

from hfdl_core.models import JobId
from hfdl_core.queue import JobSnapshot, JobsRead

JOBS_PER_LOOK: Final = 10
_KEPT_FOR_OTHERS: Final = 2  # of those, so that ended ones are seen to go on again


@dataclass(frozen=True, slots=True)
class _Kept:
    created_ms: int  # as listed: another one means that the job was made anew
    turn: int  # when it was read last
    snapshot: JobSnapshot | None

    @property
    def is_busy(self) -> bool:
        return self.snapshot is not None and not self.snapshot.state.is_finished


class JobRota:
    """New jobs and the one in focus each time, then those whose turn it is, unfinished ones first.

    Up to eight unfinished jobs are read at each look, and ended ones in the places that are left.
    """

    def __init__(self) -> None:
        self._kept: dict[JobId, _Kept] = {}
        self._turn = 0

    def due(self, focus: JobId | None, listed: Mapping[JobId, int]) -> list[JobId]:
        """All jobs at the first look."""
        new = [job_id for job_id, created_ms in listed.items() if self._is_new(job_id, created_ms)]
        first = [*new, focus] if focus in listed and focus not in new else new
        others = [job_id for job_id in self._longest_unread() if job_id in listed]
        waiting = [job_id for job_id in others if job_id not in set(first)]
        busy = [job_id for job_id in waiting if self._kept[job_id].is_busy]
        ended = [job_id for job_id in waiting if not self._kept[job_id].is_busy]
        at_once = JOBS_PER_LOOK - _KEPT_FOR_OTHERS
        free = max(0, JOBS_PER_LOOK - (len(first) - len(new)))
        return [*first, *islice(chain(busy[:at_once], ended, busy[at_once:]), free)]

    def take(self, jobs: JobsRead) -> None:
        """Note what was read, and forget jobs that are listed no more."""
        self._turn += 1
        kept = {job_id: self._kept[job_id] for job_id in jobs.listed if job_id in self._kept}
        for job_id, snapshot in jobs.read.items():
            kept[job_id] = _Kept(jobs.listed[job_id], self._turn, snapshot)
        self._kept = kept

    def snapshots(self, now_ms: int) -> Iterator[JobSnapshot]:
        """All jobs that there are, newest first, as last read."""
        known = [kept.snapshot for kept in self._kept.values() if kept.snapshot is not None]
        for snapshot in sorted(known, key=lambda snapshot: -snapshot.created_ms):
            # Whether a collector lives is a matter of this moment.
            yield replace(snapshot, now_ms=now_ms)

    def _is_new(self, job_id: JobId, created_ms: int) -> bool:
        kept = self._kept.get(job_id)
        return kept is None or kept.created_ms != created_ms

    def _longest_unread(self) -> list[JobId]:
        return sorted(self._kept, key=lambda job_id: self._kept[job_id].turn)
