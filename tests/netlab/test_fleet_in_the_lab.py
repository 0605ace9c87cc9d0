"""Real workers on capped hosts, as the benchmark `tests.benchmarks.fleet` runs them."""

from dataclasses import replace

import pytest

from tests.benchmarks.fleet_peers import hf_download
from tests.benchmarks.fleet_rows import ROWS, AtHalf, Delivery, Row
from tests.benchmarks.fleet_run import FleetRun
from tests.benchmarks.fleet_shapes import MIB, Shape
from tests.benchmarks.fleet_stage import Stage
from tests.netlab import why_not

PAIR = Row("pair", "two hosts", Shape.SKEWED, (2.0, 2.0), delivery=Delivery.SHARED)


def test_two_hosts_bring_a_repo_home_within_their_caps() -> None:
    missing = why_not()
    if missing is not None:
        pytest.skip(missing)
    with Stage(2, [(Shape.SKEWED, 6 * MIB)]) as stage:
        repo = stage.repo(Shape.SKEWED, 6 * MIB)

        outcome = FleetRun(stage.lab, stage.hub, connections=2).run(PAIR, repo, payload=0.95)
        peer = hf_download(stage.lab.hosts[0], stage.hub, repo, stage.lab.base / "peer").finished()

    assert 0.1 < outcome.of_limit < 1.05
    assert outcome.fetched_again == 0
    assert abs(peer.fetched_again) < MIB // 16  # it takes text gzipped


@pytest.mark.parametrize(
    ("at_half", "seconds"),
    [(AtHalf.NOTHING, 100.0), (AtHalf.CUT_OFF, 107.143), (AtHalf.SLOWED, 106.738)],
)
def test_the_limit_knows_which_links_are_left(at_half: AtHalf, seconds: float) -> None:
    row = replace(ROWS[0], at_half=at_half)

    assert row.ideal_seconds(800_000_000, payload=1.0) == pytest.approx(seconds, abs=0.001)
