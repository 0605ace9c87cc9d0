"""Carries out what an operator orders, with the functions that the command line calls."""

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.settings import Settings
from hfdl_tui.operations.background import Tell, see_to_work
from hfdl_tui.operations.joining import open_to_others
from hfdl_tui.operations.launching import launch
from hfdl_tui.operations.limiting import change_limit
from hfdl_tui.operations.orders import (
    Cancel,
    Drain,
    Launch,
    Limit,
    OpenToOthers,
    Order,
    Outcome,
    Pause,
    Requeue,
    Resume,
    TryNow,
    Undrain,
    Verify,
)
from hfdl_tui.operations.steering import move_job, move_worker, requeue, try_now
from hfdl_tui.operations.verifying import verify_job


class Operator:
    """One at this machine, with one queue; blocks for as long as an order takes."""

    def __init__(self, settings: Settings, queue: OpenQueue) -> None:
        self._settings = settings
        self._queue = queue

    def carry_out(self, order: Order, tell: Tell) -> Outcome:
        """Do it, and say what was done; HfdlError leaves when it could not be."""
        match order:
            case Launch():
                return launch(self._settings, self._queue, order, tell)
            case OpenToOthers():
                return open_to_others(self._settings, self._queue, order, tell)
            case Verify():
                return Outcome(verify_job(self._settings, self._queue, order.job_id, tell))
            case Drain() | Undrain():
                return Outcome(move_worker(self._queue.client, order))
            case Limit():
                return Outcome(change_limit(self._queue.client, order))
            case Requeue() | TryNow() | Pause() | Resume() | Cancel():
                return Outcome(self._steer(order, tell))

    def _steer(self, order: Requeue | TryNow | Pause | Resume | Cancel, tell: Tell) -> str:
        client = self._queue.client
        if isinstance(order, TryNow):
            return try_now(client, order)
        done = requeue(client, order) if isinstance(order, Requeue) else move_job(client, order)
        if isinstance(order, Requeue | Resume):
            see_to_work(self._settings, self._queue, order.job_id, tell)
        return done
