"""Which jobs this worker may and can serve, and where their files go on this machine."""

import threading
from dataclasses import dataclass
from pathlib import Path

from hfdl_core.errors import HfdlError, OutputRefused
from hfdl_core.models import Delivery, JobId, JobSpec, Layout, LimitedBy
from hfdl_core.storage import OutputDirectory
from hfdl_core.worker.options import WorkerOptions
from hfdl_core.worker.time_source import TimeSource

STEP_ASIDE_SECONDS = 60.0


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
            if output is None:
                output = OutputDirectory(self._root(spec))
                output.prepare()
                self._outputs[spec.job_id] = output
        if spec.delivery is Delivery.SHARED and not self._sees(spec, output):
            raise OutputRefused(
                f"{output.root} is not the shared directory of job {spec.job_id}: "
                "mount it here, or make the job with --deliver keep"
            )
        return output

    def step_aside(self, job_id: JobId, reason: str, limited_by: LimitedBy) -> None:
        """Leave the job alone for 60 s."""
        until = self._time.monotonic() + STEP_ASIDE_SECONDS
        with self._lock:
            self._aside[job_id] = SteppedAside(until, reason, limited_by)
            self._outputs.pop(job_id, None)

    def aside(self, job_id: JobId) -> SteppedAside | None:
        now = self._time.monotonic()
        with self._lock:
            found = self._aside.get(job_id)
            if found is not None and found.until <= now:
                del self._aside[job_id]
                return None
            return found

    def reasons(self) -> list[SteppedAside]:
        """Every present reason, newest last."""
        now = self._time.monotonic()
        with self._lock:
            return sorted(
                (aside for aside in self._aside.values() if aside.until > now),
                key=lambda aside: aside.until,
            )

    def _sees(self, spec: JobSpec, output: OutputDirectory) -> bool:
        return spec.machine == self._machine or output.sees_probe(spec.job_id, spec.machine)

    def _root(self, spec: JobSpec) -> Path:
        if spec.delivery is Delivery.GATHER or spec.layout is not Layout.DIR:
            raise OutputRefused(
                f"job {spec.job_id} wants {spec.delivery}/{spec.layout}: update hfdl here"
            )
        wanted = Path(spec.destination)
        base = self._options.output_dir.resolve()
        if not wanted.is_absolute():
            root = (base / wanted).resolve()
            if not root.is_relative_to(base):
                raise OutputRefused(f"{spec.destination} leaves this worker's --output-dir {base}")
            return root
        root = wanted.resolve()
        allowed = (base, *(path.resolve() for path in self._options.allow_paths))
        if spec.machine == self._machine or any(root.is_relative_to(path) for path in allowed):
            return root
        raise OutputRefused(
            f"{root} is outside --output-dir {base}: start the worker with --allow-path {root}"
        )


def limited_by(error: HfdlError) -> LimitedBy:
    """What to show while this error keeps a worker from working."""
    match error.cause:
        case "WorkerDenied":
            return LimitedBy.ACCESS
        case "DiskFull" | "OutputRefused":
            return LimitedBy.DISK
        case "ServerBusy":
            return LimitedBy.HUB_BUDGET
        case _:
            return LimitedBy.NONE
