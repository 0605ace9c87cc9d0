"""One pretend Hub a test, and machines whose background processes are gone afterwards."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from hfdl_tui.demo.hub import HubOptions, PretendHub
from tests.end_to_end.fleet import Fleet
from tests.operations.parts import left_running
from tests.redis_servers import RedisServer, valkey_server


@pytest.fixture
def hub() -> Iterator[PretendHub]:
    with PretendHub(HubOptions()) as running:
        yield running


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with valkey_server(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def fleet(tmp_path: Path, hub: PretendHub, redis: RedisServer) -> Iterator[Fleet]:
    running = Fleet(tmp_path / "machines", hub, redis.url)
    yield running
    _end(running)


@pytest.fixture
def alone(tmp_path: Path, hub: PretendHub) -> Iterator[Fleet]:
    """A machine with no Redis configured."""
    running = Fleet(tmp_path / "machines", hub, None)
    yield running
    _end(running)


def _end(fleet: Fleet) -> None:
    fleet.end()
    for verb in ("worker", "collect"):
        for process in left_running(fleet, verb):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
