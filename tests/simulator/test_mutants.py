"""The queue is broken on purpose, one rule at a time: the simulator must cry each time."""

from pathlib import Path

import pytest

from hfdl_core.errors import QueueError
from hfdl_core.models import Delivery
from tests.simulator.mutants_of_jobs import MUTANTS as OF_JOBS
from tests.simulator.mutants_of_leases import MUTANTS as OF_LEASES
from tests.simulator.mutation import Mutant, loaded
from tests.simulator.simulation import Disasters, Simulation
from tests.simulator.stage import Stage
from tests.simulator.violation import Violation

STEPS = 800
SEEDS = range(1, 7)
DISASTERS = Disasters(cuts=frozenset({200}), flushes=frozenset({350}))


@pytest.mark.parametrize(
    "mutant", [*OF_LEASES, *OF_JOBS], ids=lambda mutant: mutant.broken.replace(" ", "-")
)
def test_the_simulator_notices_that(mutant: Mutant, stage: Stage, tmp_path: Path) -> None:
    with loaded(mutant, tmp_path):
        noticed = any(_is_noticed(stage, mutant, seed) for seed in SEEDS)

    assert noticed


@pytest.mark.parametrize("delivery", [Delivery.GATHER, Delivery.KEEP])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_simulator_is_calm_when_nothing_is_broken(
    stage: Stage, delivery: Delivery, seed: int
) -> None:
    _play(stage, delivery, seed, DISASTERS)


def _is_noticed(stage: Stage, mutant: Mutant, seed: int) -> bool:
    try:
        delivery = mutant.deliveries[seed % len(mutant.deliveries)]
        _play(stage, delivery, seed, mutant.disasters)
    except (Violation, QueueError):
        return True
    return False


def _play(stage: Stage, delivery: Delivery, seed: int, disasters: Disasters) -> None:
    with stage.clients() as make_client:
        Simulation(seed, delivery, stage.server, make_client).run(STEPS, disasters)
