"""What the same command means when its job is known already."""

from collections.abc import Callable, Iterator
from pathlib import Path

from hfdl_core.errors import DestinationRefused, UnknownJob
from hfdl_core.machine import machine_id
from hfdl_core.master.request import PlanProgress, PlanStage, Submitted, SubmittedHow
from hfdl_core.master.reservation import Reservation
from hfdl_core.master.steering import Steering
from hfdl_core.models import ByteRange, Delivery, JobSpec, JobState, RepoFile
from hfdl_core.queue import JobSnapshot, RedisClient
from hfdl_core.storage import OutputDirectory, verify_files

OnProgress = Callable[[PlanProgress], None]


class Again:
    """Follows, resumes, requeues, restarts, or verifies and repairs."""

    def __init__(self, queue: RedisClient) -> None:
        self._queue = queue
        self._reservation = Reservation(queue)
        self._steering = Steering(queue)

    def go_on(self, spec: JobSpec, on_progress: OnProgress, *, replace: bool) -> Submitted | None:
        """None when the job is new, or was never planned to its end: plan it then.

        DestinationRefused when another job has taken its destination since, and for a shared
        directory that this machine does not see.
        """
        try:
            snapshot = self._queue.snapshot(spec.job_id)
        except UnknownJob:
            return None
        _check_is_here(snapshot.spec)
        if snapshot.state is JobState.PLANNING or not snapshot.sealed:
            return None
        if snapshot.state is not JobState.RUNNING:
            self._reservation.take(snapshot.spec, replace=replace)
        how = self._how(snapshot, on_progress)
        return Submitted(
            spec.job_id, how, snapshot.spec, snapshot.files_total, snapshot.bytes_total
        )

    def _how(self, snapshot: JobSnapshot, on_progress: OnProgress) -> SubmittedHow:
        spec = snapshot.spec
        match snapshot.state:
            case JobState.RUNNING | JobState.PLANNING:
                return SubmittedHow.FOLLOWED
            case JobState.PAUSED:
                self._queue.resume(spec.job_id)
                return SubmittedHow.RESUMED
            case JobState.FAILED:
                self._steering.requeue(spec.job_id)
                return SubmittedHow.REQUEUED
            case JobState.CANCELLED:
                self._queue.resume(spec.job_id)
                self._steering.requeue(spec.job_id)
                return SubmittedHow.RESTARTED
            case JobState.COMPLETED:
                return self._repair(snapshot, on_progress)

    def _repair(self, snapshot: JobSnapshot, on_progress: OnProgress) -> SubmittedHow:
        spec = snapshot.spec
        if spec.delivery is Delivery.KEEP:
            # The files lie on the workers' machines: `hfdl verify DIR` there tells.
            return SubmittedHow.ALREADY_COMPLETE
        repaired = self.repair(spec, snapshot, on_progress)
        return SubmittedHow.REPAIRED if repaired else SubmittedHow.ALREADY_COMPLETE

    def repair(self, spec: JobSpec, snapshot: JobSnapshot, on_progress: OnProgress) -> int:
        """Hash every file on this machine; what is missing or wrong goes back to work."""
        root = Path(spec.destination)
        output = OutputDirectory(root)
        output.prepare()
        output.leave_probe(spec.job_id, spec.machine)

        def tell(progress: tuple[int, int]) -> None:
            files, size = progress
            on_progress(PlanProgress(PlanStage.VERIFYING, files, size, snapshot.files_total))

        report = verify_files(root, self._files(spec), tell)
        bad = {*report.missing, *(wrong.path for wrong in report.wrong)}
        if not bad:
            return 0
        for index, file in self._queue.files(spec.job_id):
            if file.path in bad:
                self._queue.reopen(
                    spec.job_id,
                    index,
                    self._queue.generation(spec.job_id, index),
                    [ByteRange(0, file.size)],
                    "missing or wrong on disk",
                )
        return len(bad)

    def _files(self, spec: JobSpec) -> Iterator[RepoFile]:
        return (file for _, file in self._queue.files(spec.job_id))


def _check_is_here(spec: JobSpec) -> None:
    """A path means the same on two machines only where they share it: the probe tells."""
    if spec.delivery is not Delivery.SHARED or spec.machine == machine_id():
        return
    if not OutputDirectory(Path(spec.destination)).sees_probe(spec.job_id, spec.machine):
        raise DestinationRefused(
            f"job {spec.job_id} brings this repo to {spec.destination} on {spec.host}, which is "
            "another directory than here: name another place with -o"
        )
