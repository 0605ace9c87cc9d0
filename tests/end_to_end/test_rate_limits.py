"""Rate limits that the operator sets while real workers work."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from hfdl_core.models import WorkerView
from hfdl_core.queue import RedisClient
from hfdl_tui.demo.hub import GeneratedContent, PretendHub
from tests.end_to_end.fleet import Fleet, wait_until
from tests.redis_servers import RedisServer

pytestmark = pytest.mark.end_to_end

MEGABYTE = 1_000_000
# Heard with the next heartbeat.
FELT_WITHIN_SECONDS = 3.5


@pytest.fixture
def queue(redis: RedisServer) -> Iterator[RedisClient]:
    with RedisClient(redis.target, client_name="test") as client:
        yield client


def _worker(queue: RedisClient, worker_id: str) -> WorkerView | None:
    return next((view for view in queue.workers() if view.worker_id == worker_id), None)


def _wait_for_limit(queue: RedisClient, limit: float | None, *worker_ids: str) -> None:
    def holds() -> bool:
        views = [_worker(queue, worker_id) for worker_id in worker_ids]
        return all(view is not None and view.limit_bytes_per_second == limit for view in views)

    # The status that tells of it is sent with the heartbeat after the one that heard of it.
    wait_until(holds, FELT_WITHIN_SECONDS + 2, lambda: str(queue.workers()))


def _bytes_per_second(fleet: Fleet, *worker_ids: str, seconds: float = 2.0) -> float:
    """How fast the files of these workers grow."""

    def bytes_on_disk() -> int:
        return sum(
            path.stat().st_size
            for worker_id in worker_ids
            for path in fleet.machine(worker_id).rglob("*.incomplete")
        )

    begun_at, begun = time.monotonic(), bytes_on_disk()
    time.sleep(seconds)
    return (bytes_on_disk() - begun) / (time.monotonic() - begun_at)


def _limits(fleet: Fleet, *words: str) -> list[dict[str, Any]]:
    shown = fleet.run("limit", *words, "--json")
    assert shown.returncode == 0, shown.stderr
    found: list[dict[str, Any]] = json.loads(shown.stdout)
    return found


def test_a_worker_keeps_to_its_own_limit_and_to_one_that_is_set_live(
    fleet: Fleet, hub: PretendHub, queue: RedisClient
) -> None:
    hub.add_repo("acme/big", {"big.bin": GeneratedContent(120 * MEGABYTE, "big")})
    fleet.master("acme/big")
    fleet.worker("w1", "--limit-rate", "4MB", "--connections", "1")
    wait_until(lambda: bool((view := _worker(queue, "w1")) and view.tasks), 15, fleet.logs)
    own = _bytes_per_second(fleet, "w1")

    told = fleet.run("limit", "--worker", "w1", "1MB")

    _wait_for_limit(queue, MEGABYTE, "w1")
    live = _bytes_per_second(fleet, "w1")
    assert own == pytest.approx(4 * MEGABYTE, rel=0.3)
    assert live == pytest.approx(MEGABYTE, rel=0.3)
    assert told.stdout == "worker w1 is limited to 1MB\n"
    assert _limits(fleet) == [{"worker_id": "w1", "limit": "1MB", "bytes_per_second": MEGABYTE}]
    lifted = fleet.run("limit", "--worker", "w1", "off")
    assert lifted.stdout == "the limit of worker w1 is lifted\n"
    _wait_for_limit(queue, 4 * MEGABYTE, "w1")


def test_the_limit_of_the_fleet_is_shared_by_the_workers_that_are_alive(
    fleet: Fleet, hub: PretendHub, queue: RedisClient
) -> None:
    big = {f"{number}.bin": GeneratedContent(60 * MEGABYTE, str(number)) for number in range(2)}
    hub.add_repo("acme/big", big)
    fleet.master("acme/big")
    fleet.run("limit", "00:00,2MB 23:59,2MB")  # before anybody has joined

    for name in ("w1", "w2"):
        fleet.worker(name, "--connections", "1")

    wait_until(lambda: len(queue.workers()) == 2, 15, fleet.logs)
    _wait_for_limit(queue, MEGABYTE, "w1", "w2")
    assert _bytes_per_second(fleet, "w1", "w2") == pytest.approx(2 * MEGABYTE, rel=0.3)
    assert fleet.run("limit", "off").stdout == "the fleet has no limit now\n"
    _wait_for_limit(queue, None, "w1", "w2")
    assert "no limit is set" in fleet.run("limit").stdout


def test_wrong_limits_are_refused_in_one_line(fleet: Fleet) -> None:
    nobody = fleet.run("limit", "--worker", "nobody", "1MB")
    wrong = fleet.run("limit", "08:00,1MB 25:00,off")

    assert (nobody.returncode, wrong.returncode) == (2, 2)
    assert "no worker is called 'nobody'" in nobody.stderr
    assert "'25:00,off' has no time of day" in wrong.stderr
