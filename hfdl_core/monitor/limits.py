"""What holds a job back right now."""

from collections.abc import Sequence

from hfdl_core.models import Delivery, JobState, LimitedBy, WorkerState, WorkerView
from hfdl_core.queue import JobSnapshot

_NOT_WORKING = frozenset({WorkerState.LOST, WorkerState.LEFT, WorkerState.DRAINING})


def live_workers(workers: Sequence[WorkerView]) -> list[WorkerView]:
    """Those that may still take or finish work; a late one counts."""
    gone = {WorkerState.LOST, WorkerState.LEFT}
    return [worker for worker in workers if worker.status not in gone]


def what_limits(snapshot: JobSnapshot, workers: Sequence[WorkerView]) -> LimitedBy:
    """The first answer that holds, from what stops everything to what merely slows."""
    if snapshot.state is JobState.PAUSED:
        return LimitedBy.PAUSED
    if snapshot.state is not JobState.RUNNING:
        return LimitedBy.NONE
    return _by_collector(snapshot) or _by_workers(snapshot, workers)


def _by_collector(snapshot: JobSnapshot) -> LimitedBy | None:
    """Without a collector no worker can do anything, and the last work of all is its own."""
    if snapshot.spec.delivery is not Delivery.GATHER:
        return None
    if not snapshot.has_live_collector:
        return LimitedBy.COLLECTOR
    is_open = snapshot.pending or snapshot.in_progress or snapshot.retrying
    return None if is_open or not snapshot.sealed else LimitedBy.VERIFYING


def _by_workers(snapshot: JobSnapshot, workers: Sequence[WorkerView]) -> LimitedBy:
    able = [worker for worker in workers if worker.status not in _NOT_WORKING]
    working = [worker for worker in able if worker.status is not WorkerState.STEPPED_ASIDE]
    if not working and snapshot.in_progress == 0:
        return _common_reason(able)
    if _most_wait_for_the_hub(working):
        return LimitedBy.HUB_BUDGET
    return _by_tasks(snapshot, _connections(working))


def _most_wait_for_the_hub(working: Sequence[WorkerView]) -> bool:
    # The fleet's budget is given out in small batches: now and then one has just got its own.
    busy = [worker for worker in working if worker.status is not WorkerState.IDLE]
    held_back = [worker for worker in working if worker.limited_by is LimitedBy.HUB_BUDGET]
    return 2 * len(held_back) > len(busy)


def _by_tasks(snapshot: JobSnapshot, connections: int) -> LimitedBy:
    if snapshot.pending:
        return LimitedBy.CAPS
    if snapshot.in_progress == 0 and snapshot.retrying:
        return LimitedBy.RETRY_WAIT
    return LimitedBy.TAIL if snapshot.in_progress < connections else LimitedBy.CAPS


def _common_reason(aside: Sequence[WorkerView]) -> LimitedBy:
    reasons = [worker.limited_by for worker in aside if worker.limited_by is not LimitedBy.NONE]
    return max(reasons, key=reasons.count) if reasons else LimitedBy.NO_WORKERS


def _connections(workers: Sequence[WorkerView]) -> int:
    return sum(lane.connections for worker in workers for lane in worker.lanes)
