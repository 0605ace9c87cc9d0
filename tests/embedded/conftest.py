import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from hfdl_core.embedded import EmbeddedServer, ServerHome
from hfdl_core.redis_target import RedisTarget
from tests.embedded.processes import Connect, processes_of, wait_for


@pytest.fixture
def home(tmp_path: Path) -> Iterator[ServerHome]:
    home = ServerHome(tmp_path / "state", tmp_path / "data", tmp_path / "log" / "server.log")
    yield home
    for _ in range(2):  # a supervisor first, lest it bring its server back
        for pid in sorted(processes_of(home), reverse=True):
            os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: not processes_of(home))


@pytest.fixture
def server(home: ServerHome) -> EmbeddedServer:
    return EmbeddedServer.find_or_start(home)[0]


@pytest.fixture
def connect() -> Iterator[Connect]:
    clients = []

    def connect(target: RedisTarget) -> redis.Redis:
        where = (
            {"unix_socket_path": str(target.unix_socket)}
            if target.unix_socket
            else {"host": target.host, "port": target.port}
        )
        client = redis.Redis(
            **where,
            username=target.username,
            password=target.password.get_secret_value() if target.password else None,
            retry=Retry(NoBackoff(), 1),  # by default a wrong password is tried for 4 s
        )
        clients.append(client)
        return client

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
