"""Works on one job on this machine, shows how it goes, and tells how it ended."""

import sys
import time
from contextlib import ExitStack
from functools import partial
from typing import Final

from hfdl_core.bootstrap import OpenQueue, make_collector, make_monitor, make_worker
from hfdl_core.embedded import ListenAddress
from hfdl_core.errors import ExitCode, QueueEmptied, UnknownJob
from hfdl_core.models import (
    Delivery,
    JobId,
    JobState,
    JobStatus,
    LimitedBy,
    TaskStatus,
    WorkerStatus,
)
from hfdl_core.monitor import JobMonitor
from hfdl_core.queue import RedisClient
from hfdl_core.settings import Settings
from hfdl_core.worker import WorkerNode
from hfdl_tui.cli.as_json import job_json
from hfdl_tui.cli.collecting import RunningCollector, running_collector
from hfdl_tui.cli.output import complain, emit, emit_json, tell
from hfdl_tui.cli.patience import Patience
from hfdl_tui.cli.progress import Progress, Sentences
from hfdl_tui.cli.running import RunningWorker
from hfdl_tui.cli.signals import StopSignals
from hfdl_tui.wording import figures

_LOOK_SECONDS: Final = 0.5
_FAILURES_SHOWN: Final = 20


def fetch_here(
    settings: Settings,
    queue: OpenQueue,
    job_id: JobId,
    listen: ListenAddress | None,
    *,
    as_json: bool,
) -> int:
    """Run a worker for this job, and its collector, until it ends; the exit code tells how."""
    began = time.monotonic()
    monitor = make_monitor(queue)
    job = monitor.status(job_id)
    if not job.status.is_finished:
        with StopSignals() as signals, ExitStack() as at_work:
            collector = None
            if job.deliver is Delivery.GATHER:
                made = make_collector(settings, queue, job_id, listen)
                collector = at_work.enter_context(running_collector(made, signals.wake))
            local = None if collector is None else collector.local
            node = at_work.enter_context(make_worker(settings, queue, only_job=job_id, local=local))
            job = _work(node, collector, monitor, monitor.status(job_id), signals)
            if signals.count:
                tell("interrupted; run the same command to go on")
                return ExitCode.INTERRUPTED
    if as_json:
        emit_json(job_json(job))
    return verdict(queue.client, job, time.monotonic() - began, is_told=not as_json)


def _work(
    node: WorkerNode,
    collector: RunningCollector | None,
    monitor: JobMonitor,
    job: JobStatus,
    signals: StopSignals,
) -> JobStatus:
    """How the job stands when it has ended, or when a signal asked to stop."""
    running = RunningWorker(node, signals, "stopping: gives its work back; once more: at once")
    patience = Patience()
    already = job.bytes_completed
    with _progress() as progress, running.started():
        while not job.status.is_finished and not signals.count:
            own = node.status()
            progress.show(_with_this_worker(job, own, already), own)
            running.wait(_LOOK_SECONDS)
            if running.has_ended:
                running.reason()  # raises what ended it, if anything did
            if collector is not None:
                collector.check()
            job = patience.read(partial(status_of, monitor, job.job_id)) or job
        progress.show(job, node.status())
    return job


def _with_this_worker(job: JobStatus, worker: WorkerStatus, already: int) -> JobStatus:
    """What this worker knows before its next report: that it is there, and how far it is.

    `already` bytes were there when it began; others may have added more than it did.
    """
    own = worker.bytes_completed + sum(task.position - task.begin for task in worker.tasks)
    here = max(job.bytes_completed, min(already + own, job.bytes_total))
    speed = job.throughput_bytes_per_second
    alone = job.limited_by is LimitedBy.NO_WORKERS
    return job.model_copy(
        update={
            "bytes_completed": here,
            "eta_seconds": (job.bytes_total - here) / speed if speed else None,
            "limited_by": LimitedBy.NONE if alone else job.limited_by,
        }
    )


def status_of(monitor: JobMonitor, job_id: JobId) -> JobStatus:
    """QueueEmptied, with what to do, when the job is gone."""
    try:
        return monitor.status(job_id)
    except UnknownJob as error:
        raise QueueEmptied(
            f"redis was emptied, and job {job_id} with it: run the same command again; "
            "what is on disk is kept"
        ) from error


def _progress() -> Progress:
    if not sys.stderr.isatty():
        return Sentences()
    from hfdl_tui.cli.bars import Bars  # rich: only where there is a terminal

    return Bars()


def verdict(client: RedisClient, job: JobStatus, seconds: float, *, is_told: bool) -> int:
    """Tell how the job ended; the exit code."""
    if job.status is JobState.COMPLETED:
        if is_told:
            emit(
                f"complete: {figures.files(job.files_total)}, {figures.size(job.bytes_total)} in "
                f"{job.destination}, every digest verified, {figures.duration(seconds)}"
            )
        return ExitCode.COMPLETE
    if job.status is JobState.CANCELLED:
        complain(f"job {job.job_id} was cancelled; run the same command to start it again")
        return ExitCode.FAILED
    _list_failures(client, job)
    complain(
        f"{figures.count(job.files_failed)} of {figures.files(job.files_total)} failed; "
        f"run the same command to try them again, or `hfdl requeue {job.job_id}` for other workers"
    )
    return ExitCode.FAILED


def _list_failures(client: RedisClient, job: JobStatus) -> None:
    failed = client.tasks(job.job_id, TaskStatus.FAILED, limit=_FAILURES_SHOWN + 1)
    for task in failed[:_FAILURES_SHOWN]:
        tell(f"failed: {task.path}: {task.error}")
    if len(failed) > _FAILURES_SHOWN:
        tell(f"and more: `hfdl tasks {job.job_id} --state failed` lists them all")
