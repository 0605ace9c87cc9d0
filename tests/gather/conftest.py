"""A pretend Hub, a Redis, collectors and workers on threads of this process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hfdl_core.models import JobId
from hfdl_core.queue import RedisClient
from hfdl_tui.demo.hub import PretendHub
from tests.fleet_parts import RunningCollector, Submitter
from tests.redis_servers import RedisServer
from tests.worker.conftest import (
    StartWorker,
    hub,
    master,
    own_home,
    own_redis,
    queue,
    redis,
    shared_server,
    start,
)

__all__ = ["hub", "master", "own_home", "own_redis", "queue", "redis", "shared_server", "start"]

StartCollector = Callable[..., RunningCollector]


@dataclass(frozen=True)
class Fleet:
    """All at once, for tests that need nearly all."""

    hub: PretendHub
    master: Submitter
    queue: RedisClient
    collect: StartCollector
    start: StartWorker
    out: Path


@pytest.fixture
def collect(redis: RedisServer) -> Iterator[StartCollector]:
    """Starts collectors and waits until they serve; each has ended when the test ends."""
    with ExitStack() as running:

        def begin(job_id: JobId, **options: Any) -> RunningCollector:
            server = options.pop("server", redis)
            collector = running.enter_context(RunningCollector(server.target, job_id, **options))
            collector.wait_until_serving()
            return collector

        yield begin


@pytest.fixture
def fleet(
    hub: PretendHub,
    master: Submitter,
    queue: RedisClient,
    collect: StartCollector,
    start: StartWorker,
    tmp_path: Path,
) -> Fleet:
    return Fleet(hub, master, queue, collect, start, tmp_path / "out")
