"""Virtual workers write: what becomes durable, and whether a lawful holder wrote it."""

from collections.abc import Iterable

from hfdl_core.task_id import TaskKind
from tests.simulator.actors import Holding, VirtualWorker
from tests.simulator.file_map import shadow_size
from tests.simulator.job_plan import JobPlan
from tests.simulator.ledger import Ledger
from tests.simulator.queue_state import LiveLease, QueueState


def write(
    worker: VirtualWorker,
    holding: Holding,
    target: int,
    state: QueueState,
    plan: JobPlan,
    ledger: Ledger,
) -> None:
    """Make the work durable up to `target`, as far as the worker believes that it may."""
    before, holding.written = holding.written, max(holding.written, min(target, holding.end))
    _record(worker, holding, before, state, plan, ledger)


def held_again(
    workers: Iterable[VirtualWorker], state: QueueState, plan: JobPlan, ledger: Ledger
) -> None:
    """Redis went back to a time when some leases were not lost yet.

    What their holders wrote is theirs again, and an old call that is repeated may say so.
    """
    held = {lease.token for lease in state.live.values()}
    fetched = ledger.bytes_written, ledger.bytes_written_twice
    for worker in workers:
        for holding in worker.history.values():
            if holding.task.token not in held:
                continue
            _record(worker, holding, holding.task.begin, state, plan, ledger)
    ledger.bytes_written, ledger.bytes_written_twice = fetched  # nothing was fetched for it


def _record(
    worker: VirtualWorker,
    holding: Holding,
    before: int,
    state: QueueState,
    plan: JobPlan,
    ledger: Ledger,
) -> None:
    task = holding.task
    lease = state.live.get(task.task_id)
    is_lawful = lease is not None and lease.token == task.token
    match task.kind:
        case TaskKind.FILE:
            worker.disk[(task.file_index, task.generation)] = holding.written
            if is_lawful and holding.written >= plan.size(task.file_index):
                size = shadow_size(plan.size(task.file_index))
                ledger.wrote((task.file_index, task.generation), 0, size)
        case TaskKind.RANGE if is_lawful and lease is not None:
            _write_range(holding, before, lease, plan, ledger)
        case TaskKind.BATCH if is_lawful:
            first = task.file_index
            for file_index in range(first + before, first + holding.written):
                ledger.wrote((file_index, 0), 0, shadow_size(plan.size(file_index)))
        case _:
            pass
    if is_lawful:
        ledger.advanced(task.token, holding.written)


def _write_range(
    holding: Holding, before: int, lease: LiveLease, plan: JobPlan, ledger: Ledger
) -> None:
    """What lies beyond the lease's present end belongs to whoever shortened it."""
    task = holding.task
    file = (task.file_index, task.generation)
    if plan.size(task.file_index):  # the collector itself makes the empty ones
        ledger.wrote(file, before, max(before, min(holding.written, lease.end)))
