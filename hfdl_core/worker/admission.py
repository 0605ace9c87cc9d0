"""Which jobs this worker may and can serve, and where their files go on this machine."""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from hfdl_core.errors import HfdlError, OutputRefused
from hfdl_core.models import Delivery, JobId, JobSpec, Layout, LimitedBy
from hfdl_core.storage import OutputDirectory
from hfdl_core.worker.options import WorkerOptions
from hfdl_core.worker.time_source import TimeSource

STEP_ASIDE_SECONDS = 60.0
# What a job that nobody went on with left half done on this machine.
_STALE_SECONDS = 14 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class SteppedAside:
    """A job that this worker leaves alone until a time of its monotonic clock."""

    until: float
    reason: str
    limited_by: LimitedBy


class Admission:
    """Answers where a job's files go, and remembers the jobs to leave alone for a minute."""

    def __init__(self, options: WorkerOptions, machine: str, time: TimeSource) -> None:
        self._options = options
        self._machine = machine
        self._time = time
        self._outputs: dict[JobId, OutputDirectory] = {}
        self._aside: dict[JobId, SteppedAside] = {}
        self._lock = threading.Lock()

    def admit(self, spec: JobSpec) -> OutputDirectory:
        """The job's output directory, prepared; OutputRefused when this worker cannot serve it."""
        with self._lock:
            output = self._outputs.get(spec.job_id)
        if output is not None:
            self._check_is_shared(spec, output)
            return output
        # Without the lock: a mount that hangs must not hold up the heartbeat.
        output = OutputDirectory(self._root(spec))
        self._check_is_shared(spec, output)  # first: nothing is made where a mount is missing
        output.prepare()
        output.remove_stale(_STALE_SECONDS, self._machine[:8])
        with self._lock:
            self._outputs[spec.job_id] = output
        return output

    def step_aside(
        self,
        job_id: JobId,
        reason: str,
        limited_by: LimitedBy,
        seconds: float = STEP_ASIDE_SECONDS,
    ) -> bool:
        """Leave the job alone for a while; False when that was so before, for the same reason."""
        until = self._time.monotonic() + seconds
        with self._lock:
            before = self._aside.get(job_id)
            self._aside[job_id] = SteppedAside(until, reason, limited_by)
            self._outputs.pop(job_id, None)
        return before is None or before.reason != reason

    def keep_only(self, job_ids: Collection[JobId]) -> None:
        """Forget the jobs that are over or gone."""
        with self._lock:
            for known in (self._outputs, self._aside):
                for job_id in known.keys() - job_ids:
                    del known[job_id]

    def aside(self, job_id: JobId) -> SteppedAside | None:
        now = self._time.monotonic()
        with self._lock:
            found = self._aside.get(job_id)
        return found if found is not None and found.until > now else None

    def reasons(self) -> list[SteppedAside]:
        """Every present reason, newest last."""
        now = self._time.monotonic()
        with self._lock:
            return sorted(
                (aside for aside in self._aside.values() if aside.until > now),
                key=lambda aside: aside.until,
            )

    def _check_is_shared(self, spec: JobSpec, output: OutputDirectory) -> None:
        if spec.delivery is not Delivery.SHARED or spec.machine == self._machine:
            return
        if not output.sees_probe(spec.job_id, spec.machine):
            raise OutputRefused(
                f"{output.root} is not the shared directory of job {spec.job_id}: "
                "mount it here, or make the job with --deliver keep"
            )

    def _root(self, spec: JobSpec) -> Path:
        if spec.layout is not Layout.DIR:
            raise OutputRefused(
                f"job {spec.job_id} wants {spec.delivery}/{spec.layout}: update hfdl here"
            )
        wanted = Path(spec.destination)
        base = _resolved(self._options.output_dir)
        if not wanted.is_absolute():
            root = _resolved(base / wanted)
            if not root.is_relative_to(base):
                raise OutputRefused(f"{spec.destination} leaves this worker's --output-dir {base}")
            return root
        root = _resolved(wanted)
        allowed = (base, *(_resolved(path) for path in self._options.allow_paths))
        if spec.machine == self._machine or any(root.is_relative_to(path) for path in allowed):
            return root
        raise OutputRefused(
            f"{root} is outside --output-dir {base}: start the worker with --allow-path {root}"
        )


def _resolved(path: Path) -> Path:
    refusal = f"{str(path)!r} cannot be a directory: name another with -o or --output-dir"
    try:
        resolved = path.resolve()
        # Since Python 3.13 a loop of links is no error but stays in the answer.
        if any(place.is_symlink() for place in (resolved, *resolved.parents)):
            raise OutputRefused(refusal)
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links; a NUL in the path
        raise OutputRefused(refusal) from error
    return resolved


_LIMITED_BY = {
    "WorkerDenied": LimitedBy.ACCESS,
    "DiskFull": LimitedBy.DISK,
    "OutputRefused": LimitedBy.DISK,
    "FileInUse": LimitedBy.DISK,
    "StorageError": LimitedBy.DISK,
    "CollectorFull": LimitedBy.DISK,
    "CollectorAway": LimitedBy.COLLECTOR,
    "CollectorMoved": LimitedBy.COLLECTOR,
    "OtherSourceWanted": LimitedBy.COLLECTOR,
    "QueueRefused": LimitedBy.REDIS,
    "PlanMismatch": LimitedBy.REDIS,
    "ServerBusy": LimitedBy.HUB_BUDGET,
}


def limited_by(error: HfdlError) -> LimitedBy:
    """What to show while this error keeps a worker from working."""
    return _LIMITED_BY.get(error.cause, LimitedBy.NONE)
