"""What virtual workers do at random: claim, write, report, end leases, steal, die."""

from hfdl_core.models import Token
from hfdl_core.queue import Progress
from hfdl_core.task_id import TaskKind
from tests.simulator.actors import Holding, VirtualWorker
from tests.simulator.calls import (
    Call,
    Claim,
    Complete,
    Fail,
    Pause,
    Release,
    Report,
    Resume,
    Steal,
)
from tests.simulator.disks import write
from tests.simulator.job_plan import KIB, MIB
from tests.simulator.world import World

REPEATED_AT_ONCE = 0.12
_MOST_HELD = 5
_CLAIMS_TO_EMPTY = 8
_TOKENS_TO_EMPTY = 10
_CAUSES = ("ConnectionLost", "ServerFault", "DigestMismatch", "FileMissing")


def claim(world: World) -> None:
    worker = world.chance.choice(world.workers)
    room = max(1, _MOST_HELD - len(worker.holdings))
    tokens = tuple(worker.new_token() for _ in range(world.chance.randint(1, min(3, room))))
    carve = world.chance.choice((0, 256 * KIB, MIB, MIB, 3 * MIB))
    _do(world, worker, Claim(worker.name, tokens, carve))


def claim_the_rest(world: World) -> None:
    """The queue runs empty: from now on there is only stealing."""
    for _ in range(_CLAIMS_TO_EMPTY):
        if not world.state.pend:
            return
        worker = world.chance.choice(world.workers)
        tokens = tuple(worker.new_token() for _ in range(_TOKENS_TO_EMPTY))
        _do(world, worker, Claim(worker.name, tokens, 0))


def report(world: World) -> None:
    """Usually all leases of a worker, sometimes with fresh progress, sometimes without."""
    worker = world.chance.choice(world.workers)
    progress = []
    for token, holding in worker.holdings.items():
        if world.chance.random() < 0.15:
            continue
        is_further = world.chance.random() < 0.8
        _write(world, worker, holding, _further(world, holding) if is_further else 0)
        position = holding.written
        if world.chance.random() < 0.1:  # an answer that came late
            position = world.chance.randint(min(holding.task.begin, position), position)
        speed = world.chance.choice((0.0, 20e3, 300e3, 2e6))
        progress.append(Progress(holding.task.task_id, token, position, speed))
    world.chance.shuffle(progress)
    _do(world, worker, Report(worker.name, tuple(progress)))


def complete(world: World) -> None:
    """To the end as a rule; now and then only a part, whose rest must go back."""
    if (chosen := _holding(world)) is None:
        return
    worker, token, holding = chosen
    target = holding.end if world.chance.random() < 0.85 else _further(world, holding)
    _write(world, worker, holding, target)
    _do(world, worker, Complete(holding.task.task_id, token, holding.written))


def fail(world: World) -> None:
    """Often of a task that has failed before, so that budgets come to their end."""
    chosen = [one for one in (_holding(world) for _ in range(4)) if one is not None]
    if not chosen:
        return
    worker, token, holding = max(chosen, key=lambda one: one[2].task.attempt)
    is_further = world.chance.random() < 0.5
    _write(world, worker, holding, _further(world, holding) if is_further else 0)
    call = Fail(
        holding.task.task_id,
        token,
        holding.written,
        cause=world.chance.choice(_CAUSES),
        permanent=world.chance.random() < 0.1,
        delay_seconds=world.chance.choice((0.0, 2.0, 30.0, 300.0)),
    )
    _do(world, worker, call)


def release(world: World) -> None:
    if (chosen := _holding(world)) is None:
        return
    worker, token, holding = chosen
    is_further = world.chance.random() < 0.5
    _write(world, worker, holding, _further(world, holding) if is_further else 0)
    _do(world, worker, Release(holding.task.task_id, token, holding.written))


def steal(world: World) -> None:
    """Often a little after a report, so that the victim has fetched more than it has told."""
    if world.chance.random() < 0.5:
        report(world)
        world.time.step(world.state, world.chance.choice((0.5, 2.0, 5.0)))
        world.disturb("time passes before a theft")
    is_paused = world.chance.random() < 0.1
    if is_paused:
        world.perform(world.master, Pause())
    worker = world.chance.choice(world.workers)
    minimum = world.chance.choice((16 * KIB, 64 * KIB, 256 * KIB))
    silent = world.chance.choice((10.0, 20.0, 40.0))
    _do(world, worker, Steal(worker.name, worker.new_token(), minimum, silent))
    if is_paused:
        world.perform(world.master, Resume())


def die(world: World) -> None:
    """kill -9 and a new start: all that the worker knew of its leases is gone.

    The new process may find out what the old one held, and give it back.
    """
    worker = world.chance.choice(world.workers)
    worker.die()
    world.disturb(f"{worker.name} died")
    if world.chance.random() < 0.3:
        for left in world.reader.held_by(world.job_id, worker.name):
            world.perform(worker, Release(left.task_id, left.token, left.position))


def repeat_late(world: World) -> None:
    """The network delivers an old call once more; nobody listens to the answer."""
    if world.repeatable:
        actor, call = world.chance.choice(world.repeatable)
        world.perform(actor, call, is_heard=False)


def _do(world: World, worker: VirtualWorker, call: Call) -> None:
    """Often an answer is lost on its way and the call is sent again."""
    if world.chance.random() < REPEATED_AT_ONCE:
        world.perform(worker, call, is_heard=False)
    world.perform(worker, call)


def _holding(world: World) -> tuple[VirtualWorker, Token, Holding] | None:
    busy = [worker for worker in world.workers if worker.holdings]
    if not busy:
        return None
    worker = world.chance.choice(busy)
    token, holding = world.chance.choice(list(worker.holdings.items()))
    return worker, token, holding


def _further(world: World, holding: Holding) -> int:
    """Anything between no progress and the end; batches go on file by file."""
    left = holding.end - holding.written
    if left <= 0:
        return holding.written
    if holding.task.kind is TaskKind.BATCH:
        return holding.written + world.chance.randint(0, left)
    share = world.chance.choice((0.0, world.chance.random() ** 2, world.chance.random(), 1.0))
    return holding.written + round(left * share)


def _write(world: World, worker: VirtualWorker, holding: Holding, target: int) -> None:
    write(worker, holding, target, world.state, world.plan, world.ledger)
