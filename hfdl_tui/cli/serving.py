"""Serves as a worker until a signal, or long idleness, ends it."""

from typing import Final

from hfdl_core.bootstrap import make_worker
from hfdl_core.errors import ExitCode
from hfdl_core.settings import Settings
from hfdl_core.worker import ExitReason
from hfdl_tui.cli.output import tell
from hfdl_tui.cli.running import RunningWorker
from hfdl_tui.cli.session import opened
from hfdl_tui.cli.signals import StopSignals

_ALONE: Final = "no other machine can reach this queue; to join a fleet set HFDL_REDIS_URL"


def serve(settings: Settings) -> int:
    """The exit code: 130 when the terminal ended it, else 0."""
    with opened(settings) as queue, StopSignals() as signals:
        if queue.private:
            tell(_ALONE)
        stopping = (
            f"stopping: finishes what is in hand, {settings.grace_seconds:g} s at most; "
            "once more gives it back at once"
        )
        with make_worker(settings, queue) as node:
            running = RunningWorker(node, signals, stopping)
            with running.started():
                running.wait_for_the_end()
        tell("idle for long enough: ends" if running.reason() is ExitReason.IDLE else "stopped")
        return ExitCode.INTERRUPTED if signals.by_terminal else ExitCode.COMPLETE
