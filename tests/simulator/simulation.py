"""One seed's run: random moves and faults, then an honest worker who must finish everything."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from hfdl_core.models import Delivery
from hfdl_core.queue import RedisClient
from tests.redis_servers import RedisServer
from tests.simulator import faults, job_moves, worker_moves
from tests.simulator.drain import delete, drain
from tests.simulator.job_plan import make_plan
from tests.simulator.readers import check_readers
from tests.simulator.world import World

STEPS_BETWEEN_CHECKS = 7
STEPS_BETWEEN_READINGS = 70

Move = Callable[[World], None]

MOVES: dict[Move, float] = {
    worker_moves.claim: 14,
    worker_moves.report: 22,
    worker_moves.complete: 14,
    worker_moves.fail: 5,
    worker_moves.release: 4,
    worker_moves.claim_the_rest: 0.3,
    worker_moves.steal: 5,
    worker_moves.die: 2,
    worker_moves.repeat_late: 8,
    job_moves.reap: 3,
    job_moves.finish: 4,
    job_moves.reopen: 2,
    job_moves.requeue: 2,
    job_moves.try_now: 1,
    job_moves.interfere: 1,
    job_moves.resume: 6,
    job_moves.publish_again: 1,
    job_moves.seal_again: 1,
    job_moves.begin_again: 2,
    faults.time_passes: 14,
    faults.clock_jumps: 1,
    faults.lease_runs_out: 4,
    faults.deadline_in_the_future: 1,
}
# The weather changes: so many times likelier than usual for a while.
WEATHERS: tuple[dict[Move, float], ...] = (
    {},
    {},
    {
        worker_moves.claim_the_rest: 10,
        worker_moves.steal: 10,
        worker_moves.complete: 0.2,
        worker_moves.release: 0.2,
        worker_moves.fail: 0.2,
    },
    {worker_moves.die: 4, faults.lease_runs_out: 8, worker_moves.fail: 0.2},
    {worker_moves.fail: 6, worker_moves.complete: 0.3, job_moves.requeue: 2},
    {worker_moves.complete: 3, job_moves.finish: 3},
    {job_moves.reopen: 8, worker_moves.repeat_late: 3},
)
STEPS_OF_WEATHER = 60


@dataclass(frozen=True, slots=True)
class Disasters:
    """Steps at which the server itself is hurt."""

    cuts: frozenset[int] = frozenset()
    flushes: frozenset[int] = frozenset()


NONE = Disasters()


class Simulation:
    def __init__(
        self,
        seed: int,
        delivery: Delivery,
        server: RedisServer,
        make_client: Callable[[str], RedisClient],
    ) -> None:
        self.chance = Random(seed)
        plan = make_plan(self.chance, delivery, f"simulated-{delivery}-{seed}")
        self.world = World(plan, server, make_client, self.chance)
        self._mark = 0

    def run(self, steps: int, disasters: Disasters = NONE) -> None:
        """Violation when the queue breaks a promise on the way."""
        world = self.world
        world.server.command("FLUSHALL")
        if disasters.cuts:
            faults.rewrite_log(world.server)
        world.plan_job()
        weights: list[float] = []
        for world.step in range(1, steps + 1):
            self._strike(disasters)
            if world.step % STEPS_OF_WEATHER == 1:
                weather = self.chance.choice(WEATHERS)
                weights = [weight * weather.get(move, 1) for move, weight in MOVES.items()]
            [move] = self.chance.choices(list(MOVES), weights)
            move(world)
            if world.step % STEPS_BETWEEN_CHECKS == 0:
                world.check()
            if world.step % STEPS_BETWEEN_READINGS == 0:
                check_readers(world)
                job_moves.keep_busy(world)
        world.check()
        drain(world)
        delete(world)

    def _strike(self, disasters: Disasters) -> None:
        world = self.world
        # What is cut off is the work of some tens of steps.
        if world.step + 40 in disasters.cuts:
            self._mark = world.server.append_only_bytes()
        if world.step in disasters.cuts:
            size = world.server.append_only_bytes()
            # A share, not a number of bytes: so the same seed cuts at the same call again.
            lost = round((size - min(size, self._mark)) * self.chance.random())
            faults.log_is_cut(world, size - lost)
            self._mark = world.server.append_only_bytes()
        if world.step in disasters.flushes:
            faults.redis_is_emptied(world)
