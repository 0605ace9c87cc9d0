"""The ground that all parts of the queue stand on: one connection, and how a job's scripts run."""

import logging
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from hfdl_core.errors import (
    JobNotRunning,
    PlanMismatch,
    QueueEmptied,
    QueueError,
    QueueRolledBack,
)
from hfdl_core.models import JobId, RepoFile
from hfdl_core.queue.connection import Call, Connection, Word
from hfdl_core.queue.faults import ScriptRefused
from hfdl_core.queue.keys import job_key
from hfdl_core.queue.known_jobs import KnownJobs
from hfdl_core.queue.lately_used import LatelyUsed
from hfdl_core.queue.plan_pages import KEPT_PAGES, PageName, unpack_files
from hfdl_core.queue.scripts import Script, load_script
from hfdl_core.queue.sequence import ERA, SequenceWatch, Verdict
from hfdl_core.redis_target import RedisTarget

logger = logging.getLogger(__name__)


class QueueRoom:
    """Connects when first used; safe to use from all threads of a process, not across a fork."""

    def __init__(self, target: RedisTarget, *, client_name: str = "hfdl") -> None:
        self._connection = Connection(target, client_name)
        self._known = KnownJobs(self._connection)
        self._sequence = SequenceWatch()
        # A page never changes while its job's record lives.
        self._pages: LatelyUsed[PageName, tuple[RepoFile, ...]] = LatelyUsed(KEPT_PAGES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def be_brief(self) -> None:
        """Before the first use: do not wait for a Redis that is away, say so within two seconds."""
        self._connection.be_brief()

    def close(self) -> None:
        self._connection.close()

    @property
    def target(self) -> RedisTarget:
        """Which Redis this is."""
        return self._connection.target

    def page(self, job_id: JobId, page: int) -> tuple[RepoFile, ...]:
        """The files of one plan page; PlanMismatch when it was never published."""
        name = (self._known.get(job_id).epoch, page)
        files = self._pages.get(name)
        if files is None:
            packed = self._connection.command("HGET", job_key(job_id, "plan"), page)
            if packed is None:
                # The record may be gone altogether: then that is what is said.
                self._known.forget(job_id)
                self._known.get(job_id)
                raise PlanMismatch(f"page {page} of job {job_id} is not in the queue")
            files = unpack_files(packed)
            self._pages.keep(name, files)
        return files

    def _run(self, job_id: JobId, move: str, *words: Word) -> list[Any]:
        """Run a move under the job's present epoch; its answer without the sequence number."""
        return self._run_under(self._known.get(job_id).epoch, job_id, move, *words)

    def _run_under(self, epoch: str, job_id: JobId, move: str, *words: Word) -> list[Any]:
        [answer] = self._run_many(epoch, job_id, move, [words])
        return answer

    def _run_many(
        self, epoch: str, job_id: JobId, move: str, calls: Sequence[Sequence[Word]]
    ) -> list[list[Any]]:
        script = load_script(move)
        keys = keys_of(job_id, script)
        sent = self._sequence.before(epoch)
        full = [(keys, (epoch, *words)) for words in calls]
        answers = self._exchange(job_id, script, full)
        for answer in answers:
            verdict = self._sequence.after(epoch, sent, answer[0])
            if verdict is Verdict.WENT_BACK:
                self._begin_era(epoch, job_id, sent.seq)
            if verdict is not Verdict.RISING:
                raise QueueRolledBack(f"redis lost its last moments of job {job_id}")
        return [answer[1:] for answer in answers]

    def _begin_era(self, epoch: str, job_id: JobId, known: int) -> None:
        script = load_script("begin_era")
        call = (keys_of(job_id, script), (epoch, known, ERA))
        try:
            [[seq]] = self._exchange(job_id, script, [call])
        except QueueError as error:
            # Who notices next says it then.
            logger.warning("could not tell others that redis lost its tail: %s", error)
        else:
            self._sequence.adopt(epoch, seq)

    def _exchange(self, job_id: JobId, script: Script, calls: Sequence[Call]) -> list[Any]:
        try:
            if len(calls) == 1:
                [(keys, words)] = calls
                return [self._connection.run(script, keys, words)]
            return self._connection.run_many(script, calls)
        except ScriptRefused as refused:
            raise self._meaning(job_id, refused) from refused

    def _meaning(self, job_id: JobId, refused: ScriptRefused) -> QueueError:
        match refused.code:
            case "EMPTIED":
                self._known.forget(job_id)
                return QueueEmptied(
                    f"job {job_id} is gone from redis, which was emptied or the job deleted: "
                    "give its command again"
                )
            case "PLAN":
                return PlanMismatch(f"job {job_id}: {refused.reason}")
            case _:
                return JobNotRunning(f"job {job_id}: {refused.reason}")


def keys_of(job_id: JobId, script: Script) -> list[str]:
    return [job_key(job_id, name) for name in script.keys]
