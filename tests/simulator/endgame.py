"""The last file of a job, range by range: it ends with the very last of them, and never before."""

from typing import Final

from hfdl_core.models import ByteRange, Delivery, JobState
from tests.simulator.actors import Holding, VirtualWorker
from tests.simulator.calls import Claim, Complete, Fail, Finish, Reopen
from tests.simulator.disks import write
from tests.simulator.violation import expect
from tests.simulator.world import World

_LARGEST: Final = 0  # the file that a plan begins with
_PARTS: Final = 5
_MOST_ROUNDS: Final = 60
_SECONDS_BETWEEN_CLAIMS: Final = 15.0


def play_endgame(world: World) -> None:
    """Begins and ends with all files there, or some of their ranges failed for good."""
    if world.plan.spec.delivery is not Delivery.GATHER:
        return
    worker, size = world.workers[0], world.plan.size(_LARGEST)
    generation = world.state.gen.get(_LARGEST, 0)
    world.perform(world.master, Reopen(_LARGEST, generation, (ByteRange(0, size),)))
    for _ in range(_MOST_ROUNDS):
        if world.state.status != JobState.RUNNING:
            worker.die()
            return
        tokens = tuple(worker.new_token() for _ in range(3))
        world.perform(worker, Claim(worker.name, tokens, size // _PARTS))
        for holding in list(worker.holdings.values()):
            _act(world, worker, holding)
            world.check()
        _finish(world)
        world.time.step(world.state, _SECONDS_BETWEEN_CLAIMS)
        world.disturb("the end is near")
    expect(False, "the last file does not end: {}", world.state)


def _act(world: World, worker: VirtualWorker, holding: Holding) -> None:
    """Some leases are held on to for a while."""
    luck, task = world.chance.random(), holding.task
    if luck < 0.3:
        return
    if luck < 0.7:
        call = Fail(
            task.task_id,
            task.token,
            task.begin,
            cause="FileMissing",
            permanent=luck < 0.55,
            delay_seconds=20.0,
        )
        world.perform(worker, call)
        return
    write(worker, holding, holding.end, world.state, world.plan, world.ledger)
    world.perform(worker, Complete(task.task_id, task.token, holding.written))


def _finish(world: World) -> None:
    if world.state.frem.get(_LARGEST) == 0:
        world.perform(world.master, Finish(_LARGEST, world.state.gen[_LARGEST]))
