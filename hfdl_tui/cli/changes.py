"""Which moments of a job are worth a line where lines cannot be drawn over."""

from typing import Final, NamedTuple

from hfdl_core.models import JobId, JobState, JobStatus, LimitedBy

PATIENCE_SECONDS: Final = 5.0


class _Told(NamedTuple):
    status: JobState
    limited_by: LimitedBy
    files_failed: int
    files_completed: int
    percent: int
    at: float


class Changes:
    """Remembers what was told of each job.

    Its state, what limits it and failed files are told at once; progress by whole percents or
    files, at most every five seconds.
    """

    def __init__(self) -> None:
        self._told: dict[JobId, _Told] = {}

    def is_worth_telling(self, job: JobStatus, now: float) -> bool:
        """Whether to print the job now, `now` in seconds of any steady clock."""
        new = _Told(
            job.status,
            job.limited_by,
            job.files_failed,
            job.files_completed,
            100 * job.bytes_completed // max(job.bytes_total, 1),
            now,
        )
        old = self._told.get(job.job_id)
        if old is not None and not _differs(old, new):
            return False
        self._told[job.job_id] = new
        return True


def _differs(old: _Told, new: _Told) -> bool:
    if new[:3] != old[:3]:
        return True
    return new[:-1] != old[:-1] and new.at - old.at >= PATIENCE_SECONDS
