"""Plays the queue's simulation for many seeds: a line per seed, exit code 1 on a broken promise.

uv run python -m tests.long.simulator --seeds 200
uv run python -m tests.long.simulator --seed 17 --trace       the same run again, in full
"""

import argparse
import sys
import time
from collections import Counter
from random import Random

from hfdl_core.errors import QueueError
from hfdl_core.models import Delivery
from tests.redis_servers import Flavour
from tests.simulator.simulation import Disasters, Simulation
from tests.simulator.stage import Stage, open_stage
from tests.simulator.violation import Violation

_DELIVERIES = (Delivery.GATHER, Delivery.KEEP, Delivery.GATHER, Delivery.SHARED)


def main() -> int:
    options = _options()
    seeds = range(options.first, options.first + options.seeds)
    if options.seed is not None:
        seeds = range(options.seed, options.seed + 1)
    tally: Counter[str] = Counter()
    with open_stage(Flavour(options.server)) as stage:
        broken = [seed for seed in seeds if not _play(stage, seed, options, tally)]
    for kind, count in sorted(tally.items()):
        print(f"{count:10} {kind}")
    print(f"{len(seeds) - len(broken)} of {len(seeds)} seeds kept every promise")
    if broken:
        print(f"broken: {broken}")
    return 1 if broken else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.long.simulator")
    parser.add_argument("--seeds", type=int, default=200, help="how many")
    parser.add_argument("--first", type=int, default=1000, help="the first of them")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--trace", action="store_true", help="print every call")
    parser.add_argument("--server", choices=[flavour.value for flavour in Flavour],
                        default=Flavour.VALKEY.value)  # fmt: skip
    return parser.parse_args()


def _play(stage: Stage, seed: int, options: argparse.Namespace, tally: Counter[str]) -> bool:
    """True when the queue kept every promise."""
    delivery, disasters = _DELIVERIES[seed % len(_DELIVERIES)], _disasters(seed, options.steps)
    began = time.monotonic()
    with stage.clients() as make_client:
        simulation = Simulation(seed, delivery, stage.server, make_client)
        world = simulation.world
        if options.trace:
            world.listener = print
        try:
            simulation.run(options.steps, disasters)
        except (Violation, QueueError) as broken:
            _tell(simulation, seed, options, broken)
            return False
    tally.update(world.tally)
    ledgers = world.ledgers.values()
    written = sum(ledger.bytes_written for ledger in ledgers)
    twice = sum(ledger.bytes_written_twice for ledger in ledgers) / max(1, written)
    print(
        f"{seed:6} {delivery:6} ok  {time.monotonic() - began:6.1f} s  "
        f"{sum(world.tally.values()):6} calls  {len(disasters.cuts)} cuts  "
        f"{len(disasters.flushes)} flushes  {twice:6.1%} fetched twice",
        flush=True,
    )
    return True


def _disasters(seed: int, steps: int) -> Disasters:
    """In every third seed the log is cut, in every fourth the server is emptied."""
    chance = Random(seed)
    cuts = [chance.randint(50, steps) for _ in range(4)] if seed % 3 == 0 else []
    flushes = [chance.randint(50, steps) for _ in range(2)] if seed % 4 == 1 else []
    return Disasters(frozenset(cuts), frozenset(flushes))


def _tell(
    simulation: Simulation, seed: int, options: argparse.Namespace, broken: Exception
) -> None:
    world = simulation.world
    print(f"{seed:6} BROKEN at step {world.step}: {broken}")
    if not options.trace:
        for performed in world.trace:
            print(f"       {performed}")
    print(
        "       again: uv run python -m tests.long.simulator "
        f"--seed {seed} --steps {options.steps} --server {options.server} --trace",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
