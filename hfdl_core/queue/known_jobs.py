"""What every call about a job needs to know of it first, asked once and remembered."""

import threading
from dataclasses import dataclass

from pydantic import ValidationError

from hfdl_core.errors import ProtocolMismatch, UnknownJob
from hfdl_core.models import PROTOCOL, JobId, JobSpec
from hfdl_core.queue.connection import Connection
from hfdl_core.queue.keys import job_key


@dataclass(frozen=True, slots=True)
class KnownJob:
    spec: JobSpec
    epoch: str
    page_size: int


class KnownJobs:
    """Specs and epochs by job; a job's record is asked for again once it proved gone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._jobs: dict[JobId, KnownJob] = {}
        self._lock = threading.Lock()

    def get(self, job_id: JobId) -> KnownJob:
        """UnknownJob; ProtocolMismatch when another version of hfdl made it."""
        with self._lock:
            known = self._jobs.get(job_id)
        if known is not None:
            return known
        answer = self._connection.command(
            "HMGET", job_key(job_id, "meta"), "protocol", "spec", "epoch", "page_size"
        )
        protocol, spec, epoch, page_size = answer
        if epoch is None:
            raise UnknownJob(f"no job {job_id} in this queue: `hfdl status` lists them")
        known = KnownJob(read_spec(job_id, protocol, spec), epoch.decode(), int(page_size))
        with self._lock:
            self._jobs[job_id] = known
        return known

    def check(self, job_id: JobId, epoch: str | None) -> None:
        """A reader has just seen this epoch, or no record: forget what is of another one."""
        with self._lock:
            known = self._jobs.get(job_id)
            if known is not None and known.epoch != epoch:
                del self._jobs[job_id]

    def forget(self, job_id: JobId) -> None:
        with self._lock:
            self._jobs.pop(job_id, None)


def read_spec(job_id: JobId, protocol: bytes, spec: bytes) -> JobSpec:
    """The spec as stored; ProtocolMismatch when this version cannot know what it means."""
    if int(protocol) == PROTOCOL:
        try:
            return JobSpec.model_validate_json(spec)
        except ValidationError as error:
            raise ProtocolMismatch(_other_version(job_id)) from error
    raise ProtocolMismatch(_other_version(job_id))


def _other_version(job_id: JobId) -> str:
    return f"job {job_id} was made by another version of hfdl: update hfdl on this machine"
