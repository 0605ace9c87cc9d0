"""Several ways out of one worker: each with its own connections, speed and luck."""

import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pydantic import SecretStr

from hfdl_core.bootstrap.workers import _lane_names
from hfdl_core.errors import HfdlError, ServerFault, WayFiltered, WorkerOffline
from hfdl_core.models import JobState, LimitedBy, WorkerState
from hfdl_core.queue import RedisClient
from hfdl_core.retry import RetryPolicy
from hfdl_core.worker import WayOut, WorkerOptions
from hfdl_core.worker.admission import Admission
from hfdl_core.worker.condition import ConditionOf
from hfdl_core.worker.hub_pause import HubPause
from hfdl_core.worker.lanes import LaneLine, Lanes
from hfdl_core.worker.time_source import Stop
from hfdl_tui.demo.hub import GeneratedContent, PretendHub
from tests.fleet_parts import (
    MovableClock,
    Submitter,
    http_only,
    idle_lanes,
    wait_for_state,
    wait_until,
)
from tests.transfer.middlebox import Proxy, serving
from tests.worker.conftest import StartWorker

FILES = {f"{number:02}.bin": GeneratedContent(400_000, str(number)) for number in range(12)}


@pytest.fixture
def proxies() -> Iterator[list[Proxy]]:
    with ExitStack() as running:
        made = [Proxy(), Proxy()]
        for proxy in made:
            running.enter_context(serving(proxy))
        yield made


@pytest.fixture
def dead_address() -> Iterator[str]:
    """Refuses connections: it is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def _way(address: str, connections: int = 1) -> WayOut:
    return WayOut(address, http_only(f"http://{address}"), connections)


def _break(lane: LaneLine, error: HfdlError) -> None:
    for _ in range(5):
        lane.breaker.failed(error)


def _condition(lanes: Lanes, clock: MovableClock) -> ConditionOf:
    options = WorkerOptions("w", Path("here"), "http://127.0.0.1:1")
    pause = HubPause(RetryPolicy(random.Random(1)), clock, Stop())
    return ConditionOf(Admission(options, "m", clock), lanes, pause)


def test_every_lane_brings_its_part_over_its_own_connections(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    start: StartWorker,
    proxies: list[Proxy],
) -> None:
    hub.add_repo("acme/many", FILES)
    hub.bandwidth.limit_client("127.0.0.1", 2_000_000)
    job = master.job("acme/many")
    ways = [_way(proxies[0].address, 1), _way(proxies[1].address, 2)]

    worker = start(ways=ways)

    wait_until(lambda: len(worker.node.status().tasks) == 3)
    wait_until(lambda: all(lane.bytes_per_second for lane in worker.node.status().lanes))
    status = worker.node.status()
    assert [(lane.name, lane.connections) for lane in status.lanes] == [
        (proxies[0].address, 1),
        (proxies[1].address, 2),
    ]
    wait_for_state(queue, job, JobState.COMPLETED)
    assert all(proxy.asked for proxy in proxies)
    [view] = queue.workers()
    assert sum(lane.speed.total_bytes for lane in worker.node._lanes.all) == 12 * 400_000
    assert [lane.name for lane in view.lanes] == [way.name for way in ways]


def test_a_lane_whose_proxy_is_down_does_not_stop_the_others(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    start: StartWorker,
    proxies: list[Proxy],
    dead_address: str,
) -> None:
    hub.add_repo("acme/many", FILES)
    hub.bandwidth.limit_client("127.0.0.1", 1_200_000)
    job = master.job("acme/many")

    worker = start(ways=[_way(dead_address, 4), _way(proxies[0].address)])

    dead, healthy = worker.node._lanes.all
    wait_until(lambda: dead.breaker.is_open)
    assert worker.node.status().state is WorkerState.WORKING
    errors = worker.node.status().errors
    wait_for_state(queue, job, JobState.COMPLETED)
    assert queue.snapshot(job).files_completed == 12
    assert worker.node.status().errors - errors <= 4  # those that were on their way
    assert (dead.speed.total_bytes, healthy.breaker.failures_in_a_row) == (0, 0)
    assert f"through proxy {dead_address}" in dead.breaker.reason


def test_a_worker_steps_aside_when_every_lane_is_broken_and_names_them() -> None:
    clock = MovableClock()
    lanes = idle_lanes(clock, "one:3128", "two:3128")
    condition = _condition(lanes, clock)
    first, second = lanes.all

    _break(first, WorkerOffline("it refuses connections"))
    one_broken = (condition.may_work, condition.leaves_alone(first), condition.leaves_alone(second))
    state_before = condition.now(is_working=False).state
    _break(second, WorkerOffline("its name is not known here"))

    assert one_broken == (True, True, False)
    assert state_before is WorkerState.IDLE
    assert not condition.may_work
    assert condition.now(is_working=False) == (
        WorkerState.STEPPED_ASIDE,
        "lane one:3128: it refuses connections; lane two:3128: its name is not known here",
        LimitedBy.ACCESS,
    )


@pytest.mark.parametrize(
    ("first", "limited_by"),
    [
        (ServerFault("500 from hub"), LimitedBy.RETRY_WAIT),
        (WorkerOffline("it refuses connections"), LimitedBy.ACCESS),
        (WayFiltered("refused with a web page"), LimitedBy.ACCESS),
    ],
)
def test_a_worker_whose_lanes_are_broken_says_whether_a_person_can_help(
    first: HfdlError, limited_by: LimitedBy
) -> None:
    clock = MovableClock()
    lanes = idle_lanes(clock, "one:3128", "two:3128")
    condition = _condition(lanes, clock)

    _break(lanes.all[0], first)
    _break(lanes.all[1], ServerFault("500 from hub"))

    assert condition.now(is_working=False).limited_by is limited_by


def test_a_broken_lane_is_tried_again_after_a_minute() -> None:
    clock = MovableClock()
    lanes = idle_lanes(clock, "one:3128", "two:3128")
    condition = _condition(lanes, clock)
    _break(lanes.all[0], WorkerOffline("it refuses connections"))

    clock.forward(61)

    assert not condition.leaves_alone(lanes.all[0])


def test_lanes_are_named_without_passwords_and_told_apart() -> None:
    proxies = [SecretStr(f"http://{name}@proxy:3128") for name in ("ann:secret", "bob:secret")]

    assert _lane_names([*proxies, SecretStr("http://other:8080"), None]) == [
        "proxy:3128 (1)",
        "proxy:3128 (2)",
        "other:8080",
        "direct",
    ]
