"""The life of a lease: claimed or stolen, reported, and ended one way or another."""

import logging
import math
from collections.abc import Sequence
from typing import Any

from hfdl_core.models import DownloaderName, DownloadTask, JobId, JobState, Token
from hfdl_core.queue.answers import (
    Claimed,
    Failed,
    FailOutcome,
    Outcome,
    Progress,
    Reported,
)
from hfdl_core.queue.connection import Word
from hfdl_core.queue.plain_text import one_line
from hfdl_core.queue.room import QueueRoom
from hfdl_core.task_id import BatchWork, TaskId, TaskKind, parse_task_id

logger = logging.getLogger(__name__)

_REPORTS_PER_CALL = 250
_MOST_TOKENS = 100
_MOST_REAPED = 100
# As the speed of a lease that has only just begun: nobody takes it for a stalled one.
UNMEASURED = -1.0


class Leases(QueueRoom):
    """Every move compares the token and may be repeated: the second time counts nothing."""

    def claim(
        self, job_id: JobId, worker: str, tokens: Sequence[Token], carve_bytes: int = 0
    ) -> Claimed:
        """At most one task per token, the largest files first; none unless the job runs.

        The worker mints the tokens. The same call again returns the same tasks, so one that
        raised can be repeated without losing any. `carve_bytes` bounds ranges (gather).
        """
        if len(tokens) > _MOST_TOKENS:
            raise ValueError(f"at most {_MOST_TOKENS} tokens per claim")
        state, *leases = self._run(job_id, "claim", worker, carve_bytes, *tokens)
        return Claimed(
            state=JobState(state.decode()),
            tasks=tuple(self._task(job_id, lease) for lease in leases),
        )

    def report(self, job_id: JobId, worker: str, progress: Sequence[Progress]) -> Reported:
        """Renew leases and tell how far they are; says where each now ends, or that it is lost."""
        state, ends = JobState.RUNNING, dict[Token, int | None]()
        for first in range(0, max(len(progress), 1), _REPORTS_PER_CALL):
            some = progress[first : first + _REPORTS_PER_CALL]
            answer, *positions = self._run(job_id, "report", *_flat(some))
            state = JobState(answer.decode())
            for lease, end in zip(some, positions, strict=True):
                ends[lease.token] = None if end < 0 else end
        lost = [token for token, end in ends.items() if end is None]
        if lost:
            logger.debug("%s lost %d leases of job %s", worker, len(lost), job_id)
        return Reported(state, ends)

    def complete(
        self,
        job_id: JobId,
        task_id: TaskId,
        token: Token,
        position: int,
        downloader: DownloaderName = DownloaderName.HTTP,
    ) -> Outcome:
        """Count what is done up to `position`; the rest, if any, is pending again.

        Bytes of an unfinished whole file count nothing: they lie on this worker's disk alone.
        """
        name = "" if downloader is DownloaderName.HTTP else downloader.value
        [outcome] = self._run(job_id, "complete", task_id, token, position, name)
        return Outcome(outcome.decode())

    def fail(  # noqa: PLR0913 - what a failure is made of, by keyword
        self,
        job_id: JobId,
        task_id: TaskId,
        token: Token,
        position: int,
        *,
        error: str,
        cause: str,
        permanent: bool,
        delay_seconds: float,
    ) -> Failed:
        """Charge an attempt; the rest waits `delay_seconds` (at most 600) or fails for good.

        ALREADY also when nothing of the lease was left to fail.
        """
        outcome, attempt = self._run(
            job_id,
            "fail",
            task_id,
            token,
            position,
            one_line(error),
            one_line(cause),
            int(permanent),
            round(delay_seconds * 1000),
        )
        return Failed(FailOutcome(outcome.decode()), attempt)

    def release(
        self, job_id: JobId, task_id: TaskId, token: Token, position: int, *, reason: str = ""
    ) -> Outcome:
        """Give a lease back without an attempt; a reason is told in the job's log."""
        [outcome] = self._run(job_id, "release", task_id, token, position, one_line(reason))
        return Outcome(outcome.decode())

    def steal(
        self,
        job_id: JobId,
        worker: str,
        token: Token,
        *,
        minimum_bytes: int,
        silent_seconds: float,
    ) -> DownloadTask | None:
        """When nothing is pending, half of the range that would end last; None without one.

        First comes what a worker has left that did not report for `silent_seconds`. Only ranges
        (gather) are stolen, with `minimum_bytes` at least on either side; all of what would take
        its holder more than 5 s and is too little to share.
        """
        _, *leases = self._run(
            job_id, "steal", worker, token, minimum_bytes, round(silent_seconds * 1000)
        )
        return self._task(job_id, leases[0]) if leases else None

    def reap(self, job_id: JobId, limit: int = _MOST_REAPED) -> int:
        """Take back leases that ran out, at most 100 a call; how many there were."""
        [reaped] = self._run(job_id, "reap", min(limit, _MOST_REAPED))
        return int(reaped)

    def _task(self, job_id: JobId, lease: Sequence[Any]) -> DownloadTask:
        token, task_id, begin, end, attempt = lease
        text = TaskId(task_id.decode())
        work, page_size = parse_task_id(text), self._known.get(job_id).page_size
        if isinstance(work, BatchWork):
            files = self.page(job_id, work.page)[work.first : work.first + work.count]
            file_index, generation = work.page * page_size + work.first, 0
        else:
            page, entry = divmod(work.file_index, page_size)
            files = (self.page(job_id, page)[entry],)
            file_index, generation = work.file_index, work.generation
        return DownloadTask(
            job_id=job_id,
            task_id=text,
            kind=TaskKind(text[0]),
            files=files,
            file_index=file_index,
            generation=generation,
            begin=begin,
            end=end,
            token=Token(token.decode()),
            attempt=attempt,
        )


def _flat(progress: Sequence[Progress]) -> list[Word]:
    words: list[Word] = []
    for lease in progress:
        speed = lease.bytes_per_second
        usable = speed if math.isfinite(speed) else 0.0
        told = UNMEASURED if usable < 0 else usable
        words += [lease.task_id, lease.token, lease.position, f"{told:.3f}", lease.fetched]
    return words
