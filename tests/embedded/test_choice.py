"""Which Redis is used: configured, own and running, the usual local one, a new own one."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_core.embedded import EmbeddedServer, ListenAddress, ServerHome, choose_redis
from hfdl_core.errors import QueueUnavailable
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings import Settings
from tests.embedded.processes import processes_of
from tests.redis_servers import RedisServer, redis_server

NOTHING = Settings.load({}, {})


@pytest.fixture
def local_redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path / "redis") as running:
        yield running


@pytest.fixture
def guarded_redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path / "redis", "--requirepass", "open sesame") as running:
        yield running


def _usual(running: RedisServer) -> RedisTarget:
    return RedisTarget(port=running.port)


def test_what_is_configured_comes_first(
    server: EmbeddedServer, home: ServerHome, local_redis: RedisServer
) -> None:
    settings = Settings.load({"redis_url": "redis://:secret@10.9.8.7:6381/0"}, {})

    chosen = choose_redis(settings, may_start=True, usual=_usual(local_redis), home=home)

    assert chosen.target == settings.redis_target()
    assert chosen.line == "redis at 10.9.8.7:6381"
    assert (chosen.private, chosen.started_here, chosen.server) == (False, False, None)


def test_the_own_running_server_comes_before_the_usual_one(
    server: EmbeddedServer, home: ServerHome, local_redis: RedisServer
) -> None:
    chosen = choose_redis(NOTHING, may_start=True, usual=_usual(local_redis), home=home)

    assert chosen.target == server.target()
    assert chosen.line == "hfdl's own server (private to this machine)"
    assert (chosen.private, chosen.started_here) == (True, False)


def test_an_opened_own_server_is_not_private(server: EmbeddedServer, home: ServerHome) -> None:
    join = server.open(ListenAddress("127.0.0.1", 0))

    chosen = choose_redis(NOTHING, may_start=True, home=home)

    assert not chosen.private
    assert chosen.line == f"hfdl's own server (other machines: {join.listen})"


def test_the_usual_one_is_taken_when_it_answers(home: ServerHome, local_redis: RedisServer) -> None:
    chosen = choose_redis(NOTHING, may_start=True, usual=_usual(local_redis), home=home)

    assert chosen.target == _usual(local_redis)
    assert chosen.line == f"redis at 127.0.0.1:{local_redis.port}"
    assert not home.state.exists()


def test_one_that_wants_a_password_is_named_and_passed_by(
    home: ServerHome, guarded_redis: RedisServer
) -> None:
    chosen = choose_redis(NOTHING, may_start=True, usual=_usual(guarded_redis), home=home)

    assert chosen.private
    assert chosen.started_here
    assert chosen.line == (
        "hfdl's own server (private to this machine);"
        f" redis at 127.0.0.1:{guarded_redis.port} wants a password (HFDL_REDIS_PASSWORD)"
    )


def test_one_that_wants_a_password_opens_with_the_one_that_is_set(
    home: ServerHome, guarded_redis: RedisServer
) -> None:
    settings = Settings.load({}, {"HFDL_REDIS_PASSWORD": "open sesame"})

    chosen = choose_redis(settings, may_start=True, usual=_usual(guarded_redis), home=home)

    assert chosen.target.password == settings.redis_password
    assert chosen.line == f"redis at 127.0.0.1:{guarded_redis.port}"


def test_a_password_that_is_wrong_there_is_told_without_it(
    home: ServerHome, guarded_redis: RedisServer
) -> None:
    settings = Settings.load({}, {"HFDL_REDIS_PASSWORD": "sesame, open"})

    with pytest.raises(QueueUnavailable) as refused:
        choose_redis(settings, may_start=False, usual=_usual(guarded_redis), home=home)

    assert "refuses this password" in str(refused.value)
    assert "sesame" not in str(refused.value)


def test_something_that_speaks_no_redis_is_passed_by(home: ServerHome) -> None:
    with _answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        chosen = choose_redis(NOTHING, may_start=True, usual=RedisTarget(port=port), home=home)

    assert chosen.started_here


def test_something_that_never_answers_is_passed_by(home: ServerHome) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        usual = RedisTarget(port=silent.getsockname()[1])

        chosen = choose_redis(NOTHING, may_start=True, usual=usual, home=home)

    assert chosen.started_here


def test_with_nothing_there_a_new_server_is_started(home: ServerHome, free_port: int) -> None:
    usual = RedisTarget(port=free_port)

    chosen = choose_redis(NOTHING, may_start=True, usual=usual, home=home)

    assert (chosen.private, chosen.started_here) == (True, True)
    assert chosen.server is not None
    assert len(processes_of(home)) == 2


def test_with_nothing_there_and_nothing_to_be_started_it_says_what_to_do(
    home: ServerHome, free_port: int
) -> None:
    usual = RedisTarget(port=free_port)

    with pytest.raises(QueueUnavailable) as refused:
        choose_redis(NOTHING, may_start=False, usual=usual, home=home)

    assert str(refused.value) == (
        "no queue runs on this machine;"
        " start one with `hfdl get REPO` or `hfdl server`, or set HFDL_REDIS_URL"
    )
    assert not home.state.exists()


class _answering:  # noqa: N801 - reads as the sentence it is part of
    """A server that says the same to everybody."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> int:
        self._thread.start()
        return int(self._listener.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._listener.close()

    def _run(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(self._answer)
