"""Stays with a gather job whose bytes other machines fetch: collects, and tells how it goes."""

import time
from functools import partial
from typing import Final

from hfdl_core.bootstrap import OpenQueue, make_collector, make_monitor
from hfdl_core.embedded import ListenAddress
from hfdl_core.errors import ExitCode
from hfdl_core.models import JobId, JobStatus
from hfdl_core.monitor import JobMonitor
from hfdl_core.settings import Settings
from hfdl_tui.cli.changes import Changes
from hfdl_tui.cli.collecting import RunningCollector, running_collector
from hfdl_tui.cli.getting import status_of, verdict
from hfdl_tui.cli.output import tell
from hfdl_tui.cli.patience import Patience
from hfdl_tui.cli.show_jobs import sentence
from hfdl_tui.cli.signals import StopSignals

_LOOK_SECONDS: Final = 0.5


def attend(
    settings: Settings,
    queue: OpenQueue,
    job_id: JobId,
    listen: ListenAddress | None,
    *,
    is_told: bool,
) -> int:
    """Until the job ends or a signal comes; the exit code tells how it ended."""
    began = time.monotonic()
    monitor = make_monitor(queue)
    job = monitor.status(job_id)
    if not job.status.is_finished:
        node = make_collector(settings, queue, job_id, listen)
        with StopSignals() as signals, running_collector(node, signals.wake) as collector:
            job = _watch(monitor, monitor.status(job_id), collector, signals, is_told=is_told)
            if signals.count:
                tell("interrupted; run the same command to go on")
                return ExitCode.INTERRUPTED
    return verdict(queue.client, job, time.monotonic() - began, is_told=is_told)


def _watch(
    monitor: JobMonitor,
    job: JobStatus,
    collector: RunningCollector,
    signals: StopSignals,
    *,
    is_told: bool,
) -> JobStatus:
    """How the job stands when it has ended, or when a signal asked to stop."""
    patience, changes = Patience(), Changes()
    while not job.status.is_finished and not signals.count:
        if is_told and changes.is_worth_telling(job, time.monotonic()):
            tell(sentence(job))
        signals.wait(_LOOK_SECONDS)
        collector.check()
        job = patience.read(partial(status_of, monitor, job.job_id)) or job
    return job
