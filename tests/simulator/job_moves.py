"""What the master, the collector and people do at random: reap, finish, reopen, pause and so on."""

from hfdl_core.models import ByteRange, Delivery, JobState
from tests.simulator.calls import (
    BeginAgain,
    Cancel,
    Finish,
    Pause,
    PublishAgain,
    Reap,
    Reopen,
    Requeue,
    Resume,
    SealAgain,
    TryNow,
)
from tests.simulator.world import World


def reap(world: World) -> None:
    world.perform(world.master, Reap(world.chance.choice((1, 3, 100))))


def finish(world: World) -> None:
    """Mostly of a file whose bytes are all there; sometimes of any, or of an old generation."""
    if world.plan.spec.delivery is not Delivery.GATHER:
        return
    ready = [index for index, missing in world.state.frem.items() if missing == 0]
    for _ in range(3):
        index = world.chance.randrange(world.plan.files_total)
        if ready and world.chance.random() < 0.8:
            index = world.chance.choice(ready)
        generation = world.state.gen.get(index, 0)
        if world.chance.random() < 0.25:
            generation = max(0, generation - 1)
        world.perform(world.master, Finish(index, generation))


def reopen(world: World) -> None:
    """Wrong bytes were found: as a rule in a file that is there, rarely in one under way."""
    state = world.state
    there = [*state.done, *(index for index, missing in state.frem.items() if missing == 0)]
    index = world.chance.randrange(world.plan.files_total)
    if there and world.chance.random() < 0.7:
        index = world.chance.choice(there)
    size = world.plan.size(index)
    ranges = []
    for _ in range(world.chance.randint(0, 3)):
        begin = world.chance.randint(0, size)
        ranges.append(ByteRange(begin, world.chance.randint(begin, size + 1)))
    if not ranges or world.chance.random() < 0.3:
        ranges.append(ByteRange(0, size))
    world.perform(world.master, Reopen(index, state.gen.get(index, 0), tuple(ranges)))


def keep_busy(world: World) -> None:
    """A job with next to nothing left is deleted and made anew, or much of it proves wrong."""
    state = world.state
    if len(state.done) + len(state.ffail) < world.plan.files_total - 3 or state.pend:
        return
    if world.chance.random() < 0.5:
        world.start_over()
        return
    for _ in range(15):
        reopen(world)


def requeue(world: World) -> None:
    failed = sorted(world.state.failed)
    if failed:
        some = world.chance.sample(failed, world.chance.randint(1, len(failed)))
        stranger = ["f:000001:00:00000000001"] if world.chance.random() < 0.1 else []
        world.perform(world.master, Requeue(tuple(some + stranger)))


def try_now(world: World) -> None:
    waiting = sorted(world.state.delay)
    if waiting:
        some = world.chance.sample(waiting, world.chance.randint(1, len(waiting)))
        stranger = ["f:000001:00:00000000001"] if world.chance.random() < 0.1 else []
        world.perform(world.master, TryNow(tuple(some + stranger)))


def interfere(world: World) -> None:
    """Somebody pauses, resumes or cancels; a job that stands still is soon resumed."""
    call = world.chance.choice((Pause(), Cancel(), Resume(), Resume()))
    world.perform(world.master, call)


def resume(world: World) -> None:
    if world.state.status in {JobState.PAUSED, JobState.CANCELLED}:
        world.perform(world.master, Resume())


def publish_again(world: World) -> None:
    page = world.chance.choice(world.plan.pages)
    world.perform(world.master, PublishAgain(world.state.epoch, page))


def begin_again(world: World) -> None:
    world.perform(world.master, BeginAgain(world.plan))


def seal_again(world: World) -> None:
    world.perform(world.master, SealAgain(world.state.epoch, world.plan))
