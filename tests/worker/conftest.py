"""A pretend Hub, a Redis emptied before each test, a home of its own, and workers on threads."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hfdl_core.queue import RedisClient
from hfdl_tui.demo.hub import PretendHub
from tests.fleet_parts import RunningNode, Submitter
from tests.redis_servers import RedisServer, valkey_server

StartWorker = Callable[..., RunningNode]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STATE", "DATA", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home" / name.lower()))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with valkey_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def redis(shared_server: RedisServer) -> RedisServer:
    """Tests that hurt their server start one of their own."""
    shared_server.command("FLUSHALL")
    return shared_server


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    with valkey_server(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def queue(redis: RedisServer) -> Iterator[RedisClient]:
    with RedisClient(redis.target, client_name="test") as client:
        yield client


@pytest.fixture
def hub() -> Iterator[PretendHub]:
    with PretendHub() as running:
        yield running


@pytest.fixture
def master(queue: RedisClient, hub: PretendHub, tmp_path: Path) -> Iterator[Submitter]:
    submitter = Submitter(queue, hub, tmp_path)
    with submitter.catalog:
        yield submitter


@pytest.fixture
def start(redis: RedisServer, hub: PretendHub, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts workers; each is stopped and must have ended when the test ends."""
    with ExitStack() as running:

        def begin(name: str = "w1", output: str = "here", **options: Any) -> RunningNode:
            directory = tmp_path / output
            directory.mkdir(exist_ok=True)
            server = options.pop("server", redis)
            return running.enter_context(
                RunningNode(server.target, hub, directory, worker_id=name, **options)
            )

        yield begin
