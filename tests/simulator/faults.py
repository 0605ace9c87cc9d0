"""What the world does to the queue at random: time, clocks, lost leases, logs and servers."""

import time

from hfdl_core.models import Token
from tests.redis_servers import RedisServer
from tests.simulator.calls import BeginAgain, Claim, Reap
from tests.simulator.disks import held_again
from tests.simulator.queue_state import key
from tests.simulator.transition import Trouble, budget_of
from tests.simulator.violation import expect
from tests.simulator.world import World

_CHECKS_OF_REWRITING = 500
_SECONDS_BETWEEN_CHECKS = 0.02


def time_passes(world: World) -> None:
    _step(world, world.chance.choice((0.3, 1.0, 5.0, 12.0)))


def clock_jumps(world: World) -> None:
    """An outage of the server, or its clock set right: either way nobody is to blame.

    After an outage people often give their command once more.
    """
    seconds = world.chance.choice((25.0, 60.0, 600.0, 3600.0, -1.0, -30.0, -3600.0))
    _step(world, seconds)
    if world.chance.random() < 0.4:
        world.perform(world.master, BeginAgain(world.plan))


def lease_runs_out(world: World) -> None:
    """Often of a task that has silenced workers before, so that budgets come to their end."""
    state = world.state
    if state.live:
        some = world.chance.choices(sorted(state.live), k=4)
        task_id = max(some, key=lambda task: state.crash.get(budget_of(task), 0))
        world.time.move_deadline(state, task_id, -1.0)
        world.disturb(f"the lease of {task_id} runs out")


def deadline_in_the_future(world: World) -> None:
    """Left by a clock that has been set back while others kept the beat."""
    if world.state.live:
        task_id = world.chance.choice(sorted(world.state.live))
        world.time.move_deadline(world.state, task_id, 3600.0)
        world.disturb(f"the lease of {task_id} would last an hour")
        world.perform(world.master, Reap(1))


def log_is_cut(world: World, keep_bytes: int) -> None:
    """A power cut: the server starts again without the tail of its log."""
    world.server.lose_tail(keep_bytes)
    heal_log(world.server)
    world.log_was_cut = True
    world.disturb("redis lost the tail of its log")
    if world.server.client.hget(key(world.job_id, "meta"), "sealed") != b"1":
        world.plan_job()  # the end of planning was lost, too: the same command goes on
    world.endings.forget_all()
    held_again(world.workers, world.state, world.plan, world.ledger)
    world.check()


def heal_log(server: RedisServer) -> None:
    """Redis 7.0 leaves the first commands of a script that was cut through at the end of its log.

    After its next start they would run together with the script that follows: half of a script,
    which no queue can answer for. A log that is written anew does not hold them. Valkey cuts
    whole scripts off by itself.
    """
    if "valkey_version" not in server.command("INFO", "server"):
        rewrite_log(server)


def rewrite_log(server: RedisServer) -> None:
    """Also what keeps starts quick after many simulations on one server."""
    server.command("BGREWRITEAOF")
    for _ in range(_CHECKS_OF_REWRITING):
        log = server.command("INFO", "persistence")
        if not log["aof_rewrite_in_progress"] and not log["aof_rewrite_scheduled"]:
            return
        time.sleep(_SECONDS_BETWEEN_CHECKS)
    expect(False, "redis does not rewrite its log")


def redis_is_emptied(world: World) -> None:
    """The callers must say so instead of finding an empty queue; then the job is planned again."""
    world.server.command("FLUSHALL")
    world.disturb("redis was emptied")
    for worker in world.workers[:2]:
        if worker.epoch:
            answer = world.perform(worker, Claim(worker.name, (Token("t"),), 0))
            expect(answer is Trouble.EMPTIED, "an emptied redis answers {}", answer)
    world.plan_job()


def _step(world: World, seconds: float) -> None:
    world.time.step(world.state, seconds)
    world.disturb(f"{seconds} s pass")
