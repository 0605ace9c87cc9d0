"""The local worker that a launch leaves running: one a machine and job, gone when that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.machine import host_name, machine_id, state_dir
from hfdl_core.models import JobId
from hfdl_core.private_files import open_private, private_directory, take_lock
from hfdl_core.settings import Settings
from hfdl_tui.operations.processes import refused, start_until

_PATIENCE_SECONDS: Final = 2.0  # a look at a mark takes no longer than a moment


class SessionMark:
    """A small file that the worker of a job holds locked for its life, however that ends."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def of(cls, job_id: JobId) -> Self:
        """The file bears the machine's id: machines with one network home keep one each."""
        return cls(state_dir() / f"sessions-{machine_id()}" / f"{job_id}.lock")

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Hold it for the block; yields whether nobody else did."""
        try:
            private_directory(self._path.parent)
            descriptor = open_private(self._path)
        except OSError as error:
            raise refused(self._path.parent, error) from error
        try:
            yield take_lock(descriptor, fcntl.LOCK_EX, _PATIENCE_SECONDS)
        finally:
            os.close(descriptor)

    @property
    def is_held(self) -> bool:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            return not take_lock(descriptor, fcntl.LOCK_SH, 0)
        finally:
            os.close(descriptor)

    @property
    def is_there(self) -> bool:
        """Whether a worker was started for the job on this machine, and the job may need it."""
        return self._path.exists()

    def forget(self) -> None:
        """The job is complete."""
        self._path.unlink(missing_ok=True)


def see_to_a_worker(
    settings: Settings, queue: OpenQueue, job_id: JobId, *, is_launched: bool
) -> str | None:
    """Start one when none lives; what there is to tell of it, if anything.

    Only when the job is launched here, or was before: other jobs have workers of their own.
    """
    mark = SessionMark.of(job_id)
    if mark.is_held or not (is_launched or mark.is_there):
        return None
    if queue.client.snapshot(job_id).state.is_finished:
        return None
    return f"works in the background; log: {start_worker(settings, queue, job_id)}"


def start_worker(settings: Settings, queue: OpenQueue, job_id: JobId) -> Path:
    """Returns its log once it is there; CollectorAway when it is not."""
    name = f"{settings.worker_id or host_name()}-{job_id[:4]}"
    arguments = ["worker", "--job", job_id, "--worker-id", name]
    mark = SessionMark.of(job_id)
    return start_until(
        arguments,
        f"worker-{job_id}.log",
        settings,
        queue,
        lambda: mark.is_held or queue.client.snapshot(job_id).state.is_finished,
    )
