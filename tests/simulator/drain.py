"""The faults stop: one honest worker must finish all that is left, and nothing may be lost."""

from collections.abc import Callable
from typing import Final

from hfdl_core.models import Delivery, JobState
from hfdl_core.queue import Claimed, Outcome
from hfdl_core.task_id import TaskKind
from tests.simulator.actors import Holding, VirtualWorker
from tests.simulator.calls import Claim, Complete, Fail, Finish, Requeue, Resume
from tests.simulator.disks import write
from tests.simulator.endgame import play_endgame
from tests.simulator.file_map import HOME
from tests.simulator.job_plan import MIB
from tests.simulator.readers import check_readers
from tests.simulator.violation import expect
from tests.simulator.world import World

_MOST_ROUNDS: Final = 500
_SECONDS_BETWEEN_IDLE_CLAIMS: Final = 15.0


def drain(world: World) -> None:
    """Ends with the job completed, after a person has requeued what had failed for good."""
    for worker in world.workers:
        worker.die()
    honest = world.workers[0]
    _hear_of_old_rollbacks(world, honest)
    if world.state.status in {JobState.PAUSED, JobState.CANCELLED}:
        world.perform(world.master, Resume())
    _work_it_off(world, honest, _end_clumsily)
    _check_end(world)
    for _ in range(3):
        play_endgame(world)
    if world.state.failed:
        world.perform(world.master, Requeue(tuple(world.state.failed)))
        _work_it_off(world, honest, _complete)
    expect(world.state.status == JobState.COMPLETED, "the end is {}", world.state.status)
    _check_end(world)
    check_readers(world)
    if world.plan.spec.delivery is Delivery.GATHER and not world.log_was_cut:
        twice, left = world.ledger.bytes_written_twice, world.ledger.bytes_left_behind
        expect(twice <= left, "{} bytes were fetched twice, {} of them for a reason", twice, left)


def _hear_of_old_rollbacks(world: World, honest: VirtualWorker) -> None:
    """Whoever was idle since may only now learn that Redis was emptied or went back."""
    for actor in (honest, world.master):
        world.perform(actor, Claim(actor.name, (), 0))


def _work_it_off(
    world: World, honest: VirtualWorker, end: Callable[[World, VirtualWorker, Holding], None]
) -> None:
    for _ in range(_MOST_ROUNDS):
        tokens = tuple(honest.new_token() for _ in range(5))
        claimed = world.perform(honest, Claim(honest.name, tokens, 2 * MIB))
        expect(isinstance(claimed, Claimed), "an honest claim is answered {}", claimed)
        holdings = list(honest.holdings.values())
        world.chance.shuffle(holdings)
        for holding in holdings:
            write(honest, holding, holding.end, world.state, world.plan, world.ledger)
            end(world, honest, holding)
            _finish_files(world)
        _finish_files(world)
        if world.state.status in {JobState.COMPLETED, JobState.FAILED}:
            return
        if isinstance(claimed, Claimed) and not claimed.tasks:
            world.time.step(world.state, _SECONDS_BETWEEN_IDLE_CLAIMS)
            world.disturb("the honest worker waits")
    expect(False, "the work does not end: {}", world.state)


def _complete(world: World, honest: VirtualWorker, holding: Holding) -> None:
    call = Complete(holding.task.task_id, holding.task.token, holding.written)
    outcome = world.perform(honest, call)
    expect(outcome is Outcome.COUNTED, "an honest ending is {}", outcome)


def _end_clumsily(world: World, honest: VirtualWorker, holding: Holding) -> None:
    """Some files can never be had, some silence whoever takes them, and some have bad luck.

    So budgets come to their end, and files fail while other ranges of theirs wait or are held.
    """
    task, luck = holding.task, world.chance.random()
    is_deadly_batch = task.kind is TaskKind.BATCH and task.file_index % 4 == 1
    if task.file_index % 17 == 5 or is_deadly_batch:
        del honest.holdings[task.token]
        world.time.move_deadline(world.state, task.task_id, -1.0)
        world.disturb(f"{task.task_id} silences its worker")
    elif task.file_index % 6 == 1 or luck < 0.1:
        call = Fail(
            task.task_id,
            task.token,
            task.begin,
            cause="FileMissing",
            permanent=luck < 0.05,
            delay_seconds=world.chance.choice((2.0, 300.0)),
        )
        world.perform(honest, call)
    else:
        _complete(world, honest, holding)


def _finish_files(world: World) -> None:
    if world.plan.spec.delivery is not Delivery.GATHER:
        return
    for file_index, missing in list(world.state.frem.items()):
        if missing == 0:
            generation = world.state.gen.get(file_index, 0)
            outcome = world.perform(world.master, Finish(file_index, generation))
            expect(outcome is Outcome.COUNTED, "an honest finish is {}", outcome)


def _check_end(world: World) -> None:
    """Nothing lost, nothing counted twice, failed exactly where failures are on record."""
    world.check()
    state, files = world.look()
    for file_index in range(world.plan.files_total):
        is_home = all(place == HOME for _, _, place in files.stretches(file_index))
        is_counted = file_index in state.done
        is_failed = file_index in state.ffail
        expect(is_counted == is_home, "file {} is counted but not there", file_index)
        expect(is_counted != is_failed, "file {} is lost", file_index)
    if state.status == JobState.COMPLETED:
        total = world.plan.bytes_total
        expect(state.cnt["bytes_completed"] == total, "{} bytes, not {}", state.cnt, total)


def delete(world: World) -> None:
    """No key outlives its job."""
    world.master.client.delete(world.job_id)
    left = list(world.server.client.scan_iter(f"*{world.job_id}*"))
    expect(not left, "{} outlive the job", left)
    expect(world.job_id not in world.master.client.job_ids(), "a deleted job is listed")
