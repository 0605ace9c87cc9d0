"""The calls of the queue as values, so that any of them can be replayed, early or late."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hfdl_core.models import ByteRange, DownloaderName, JobId, Token
from hfdl_core.queue import Progress, RedisClient
from hfdl_core.task_id import TaskId
from tests.simulator.job_plan import PAGE_SIZE, JobPlan, PlannedPage


class Call(Protocol):
    """One call with all that it needs to be made again, word for word."""

    def perform(self, client: RedisClient, job_id: JobId) -> object: ...


@dataclass(frozen=True, slots=True)
class Claim:
    worker: str
    tokens: tuple[Token, ...]
    carve_bytes: int

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.claim(job_id, self.worker, self.tokens, self.carve_bytes)


@dataclass(frozen=True, slots=True)
class Report:
    worker: str
    progress: tuple[Progress, ...]

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.report(job_id, self.worker, self.progress)


@dataclass(frozen=True, slots=True)
class Complete:
    task_id: TaskId
    token: Token
    position: int

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.complete(
            job_id, self.task_id, self.token, self.position, downloader=DownloaderName.HUB
        )


@dataclass(frozen=True, slots=True)
class Fail:
    task_id: TaskId
    token: Token
    position: int
    cause: str
    permanent: bool
    delay_seconds: float

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.fail(
            job_id,
            self.task_id,
            self.token,
            self.position,
            error=f"{self.cause} on purpose",
            cause=self.cause,
            permanent=self.permanent,
            delay_seconds=self.delay_seconds,
        )


@dataclass(frozen=True, slots=True)
class Release:
    task_id: TaskId
    token: Token
    position: int

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.release(job_id, self.task_id, self.token, self.position)


@dataclass(frozen=True, slots=True)
class Steal:
    worker: str
    token: Token
    minimum_bytes: int
    silent_seconds: float

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.steal(
            job_id,
            self.worker,
            self.token,
            minimum_bytes=self.minimum_bytes,
            silent_seconds=self.silent_seconds,
        )


@dataclass(frozen=True, slots=True)
class Reap:
    limit: int

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.reap(job_id, self.limit)


@dataclass(frozen=True, slots=True)
class Finish:
    file_index: int
    generation: int

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.finish(job_id, self.file_index, self.generation, Token("collector-1"))


@dataclass(frozen=True, slots=True)
class Reopen:
    file_index: int
    generation: int
    ranges: tuple[ByteRange, ...]

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.reopen(
            job_id, self.file_index, self.generation, self.ranges, "digest mismatch on purpose"
        )


@dataclass(frozen=True, slots=True)
class Requeue:
    task_ids: tuple[str, ...]

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.requeue(job_id, self.task_ids)


@dataclass(frozen=True, slots=True)
class TryNow:
    task_ids: tuple[str, ...]

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.try_now(job_id, self.task_ids)


@dataclass(frozen=True, slots=True)
class Pause:
    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.pause(job_id)


@dataclass(frozen=True, slots=True)
class Resume:
    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.resume(job_id)


@dataclass(frozen=True, slots=True)
class Cancel:
    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return client.cancel(job_id)


@dataclass(frozen=True, slots=True)
class PublishAgain:
    """A page is published once more, by a master that did not hear the first answer."""

    epoch: str
    planned: PlannedPage

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        client.publish_page(
            job_id, self.epoch, self.planned.page, self.planned.files, self.planned.tasks
        )
        return None


@dataclass(frozen=True, slots=True)
class SealAgain:
    epoch: str
    plan: JobPlan

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return seal(client, self.plan, self.epoch)


@dataclass(frozen=True, slots=True)
class BeginAgain:
    """The command that made the job is given once more."""

    plan: JobPlan

    def perform(self, client: RedisClient, job_id: JobId) -> object:
        return begin(client, self.plan)


def begin(client: RedisClient, plan: JobPlan) -> str:
    """Plan the job from where an earlier run stopped; its epoch."""
    return client.begin_plan(plan.spec, plan.plan_id, PAGE_SIZE).epoch


def publish(client: RedisClient, plan: JobPlan, epoch: str, pages: Sequence[PlannedPage]) -> None:
    client.publish_pages(plan.spec.job_id, epoch, pages)


def seal(client: RedisClient, plan: JobPlan, epoch: str) -> object:
    return client.seal(
        plan.spec.job_id,
        epoch,
        plan.plan_id,
        plan.files_total,
        plan.bytes_total,
        len(plan.pages),
    )
