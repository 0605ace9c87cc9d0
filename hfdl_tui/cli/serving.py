"""Serves as a worker until a signal, long idleness, or the end of its one job ends it."""

import time
from functools import partial
from typing import Final

from hfdl_core.bootstrap import OpenQueue, make_worker
from hfdl_core.errors import ExitCode, QueueEmptied, UnknownJob
from hfdl_core.models import JobId, JobState
from hfdl_core.settings import Settings
from hfdl_core.worker import ExitReason, WorkerNode
from hfdl_tui.cli.output import tell
from hfdl_tui.cli.patience import Patience
from hfdl_tui.cli.running import RunningWorker
from hfdl_tui.cli.session import opened
from hfdl_tui.cli.signals import StopSignals
from hfdl_tui.operations.session import SessionMark

_ALONE: Final = "no other machine can reach this queue; to join a fleet set HFDL_REDIS_URL"
_LOOK_SECONDS: Final = 1.0
# A collector plans its job again when Redis was emptied.
_GONE_SECONDS: Final = 60.0


def serve(settings: Settings) -> int:
    """The exit code: 130 when the terminal ended it, else 0."""
    with opened(settings) as queue, StopSignals() as signals:
        if queue.private:
            tell(_ALONE)
        with make_worker(settings, queue) as node:
            running = RunningWorker(node, signals, _stopping(settings))
            with running.started():
                running.wait_for_the_end()
        tell("idle for long enough: ends" if running.reason() is ExitReason.IDLE else "stopped")
        return _code(signals)


def serve_job(settings: Settings, prefix: str) -> int:
    """For one job, until that ends; one worker of a machine at a time does so.

    Exit code 130 when the terminal ended it, else 0, however the job ended.
    """
    with opened(settings) as queue, StopSignals() as signals:
        job_id = queue.client.find_job(prefix)
        with SessionMark.of(job_id).held() as is_alone:
            if not is_alone:
                tell(f"another worker of this machine serves job {job_id} already")
                return ExitCode.COMPLETE
            with make_worker(settings, queue, only_job=job_id) as node:
                running = RunningWorker(node, signals, _stopping(settings))
                with running.started():
                    state = _until_the_end(queue, job_id, node, running, signals)
        tell("stopped" if state is None else f"job {job_id} is {state}: ends")
        if state is JobState.COMPLETED:
            SessionMark.of(job_id).forget()
        return _code(signals)


def _until_the_end(
    queue: OpenQueue, job_id: JobId, node: WorkerNode, running: RunningWorker, signals: StopSignals
) -> JobState | None:
    """How the job ended; None when something else ended the worker before."""
    watch = _JobWatch(queue, job_id)
    while not signals.count and not running.has_ended:
        state = watch.state()
        if state is not None and state.is_finished:
            node.stop_now()  # what it may still hold is not wanted any more
            return state
        running.wait(_LOOK_SECONDS)
    return None


class _JobWatch:
    """Waits for a Redis that is away, and some time for a job that is gone."""

    def __init__(self, queue: OpenQueue, job_id: JobId) -> None:
        self._read = partial(queue.client.snapshot, job_id)
        self._patience = Patience()
        self._seen_at = time.monotonic()

    def state(self) -> JobState | None:
        """None while nobody can tell; QueueEmptied when the job does not come back."""
        try:
            snapshot = self._patience.read(self._read)
        except (UnknownJob, QueueEmptied) as error:
            if time.monotonic() - self._seen_at > _GONE_SECONDS:
                raise QueueEmptied(f"{error}; give the job's command again") from error
            return None
        self._seen_at = time.monotonic()
        return None if snapshot is None else snapshot.state


def _stopping(settings: Settings) -> str:
    return (
        f"stopping: finishes what is in hand, {settings.grace_seconds:g} s at most; "
        "once more gives it back at once"
    )


def _code(signals: StopSignals) -> int:
    return ExitCode.INTERRUPTED if signals.by_terminal else ExitCode.COMPLETE
