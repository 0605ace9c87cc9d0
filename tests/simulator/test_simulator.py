"""The queue under everything that can go wrong, on a real server: nothing lost, nothing twice."""

import pytest

from hfdl_core.models import Delivery
from tests.redis_servers import Flavour
from tests.simulator.simulation import Disasters, Simulation
from tests.simulator.stage import Stage, open_stage


@pytest.mark.parametrize("seed", [101, 102])
@pytest.mark.parametrize("delivery", Delivery)
def test_every_promise_is_kept_under_faults(stage: Stage, delivery: Delivery, seed: int) -> None:
    with stage.clients() as make_client:
        Simulation(seed, delivery, stage.server, make_client).run(1500)


@pytest.mark.parametrize("flavour", Flavour)
@pytest.mark.parametrize("delivery", [Delivery.KEEP, Delivery.GATHER])
def test_a_cut_log_and_an_emptied_server_are_noticed_and_survived(
    delivery: Delivery, flavour: Flavour
) -> None:
    disasters = Disasters(cuts=frozenset({150, 300, 550}), flushes=frozenset({420}))

    with open_stage(flavour) as stage, stage.clients() as make_client:
        Simulation(103, delivery, stage.server, make_client).run(700, disasters)
