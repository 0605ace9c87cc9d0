"""A clean queue on a real Valkey and on a real Redis for every test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_core.queue import RedisClient
from tests.queue.bench import Bench
from tests.redis_servers import Flavour, RedisServer, server_of


@pytest.fixture(scope="session", params=list(Flavour), ids=str)
def shared_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RedisServer]:
    flavour: Flavour = request.param
    with server_of(flavour, tmp_path_factory.mktemp(flavour)) as running:
        yield running


@pytest.fixture
def server(shared_server: RedisServer) -> RedisServer:
    """Emptied before each test; tests that hurt their server start one of their own."""
    shared_server.command("FLUSHALL")
    return shared_server


@pytest.fixture
def queue(server: RedisServer) -> Iterator[RedisClient]:
    with RedisClient(server.target, client_name="test") as client:
        yield client


@pytest.fixture
def bench(server: RedisServer, queue: RedisClient) -> Bench:
    return Bench(server, queue)


@pytest.fixture(params=list(Flavour), ids=str)
def own_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedisServer]:
    """A server that this test may hurt."""
    with server_of(request.param, tmp_path / "redis") as running:
        yield running
