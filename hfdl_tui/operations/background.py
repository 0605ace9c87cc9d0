"""Sees to a job's processes on this machine: its collector, and the worker of a launch."""

from collections.abc import Callable
from pathlib import Path

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.machine import machine_id, process_runs
from hfdl_core.models import Delivery, JobId
from hfdl_core.queue import JobSnapshot
from hfdl_core.settings import Settings
from hfdl_tui.operations.processes import start_until
from hfdl_tui.operations.session import see_to_a_worker

Tell = Callable[[str], None]


def see_to_work(
    settings: Settings, queue: OpenQueue, job_id: JobId, tell: Tell, *, is_launched: bool = False
) -> None:
    """Let a job that goes on have what it needs of this machine, and tell what was started."""
    for told in (
        see_to_a_collector(settings, queue, job_id),
        see_to_a_worker(settings, queue, job_id, is_launched=is_launched),
    ):
        if told is not None:
            tell(told)


def see_to_a_collector(settings: Settings, queue: OpenQueue, job_id: JobId) -> str | None:
    """Start one when the job needs one and none lives; what there is to tell of it, if anything."""
    snapshot = queue.client.snapshot(job_id)
    if snapshot.spec.delivery is not Delivery.GATHER or _is_collected(snapshot):
        return None
    if snapshot.state.is_finished:
        return None
    machine, host = snapshot.collects_on
    if machine != machine_id():
        return f"nobody collects it now: run on {host}: hfdl collect {job_id}"
    log = start_collector(settings, queue, job_id)
    return f"collects in the background; log: {log}"


def start_collector(settings: Settings, queue: OpenQueue, job_id: JobId) -> Path:
    """Returns its log once it takes blocks; CollectorAway when it does not."""
    return start_until(
        ["collect", job_id],
        f"collect-{job_id}.log",
        settings,
        queue,
        lambda: _is_over_or_collected(queue.client.snapshot(job_id)),
    )


def _is_over_or_collected(snapshot: JobSnapshot) -> bool:
    return snapshot.state.is_finished or _is_collected(snapshot)


def _is_collected(snapshot: JobSnapshot) -> bool:
    """The claim of one that was killed on this machine lives on for some seconds; it does not."""
    collector = snapshot.collector
    if collector is None or not snapshot.has_live_collector:
        return False
    return collector.address.machine != machine_id() or process_runs(collector.address.pid)
