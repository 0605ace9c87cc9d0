"""`hfdl server`: open while it runs, private or ended afterwards."""

import threading
import time
from collections.abc import Iterator
from queue import Queue

import pytest
import redis
from pydantic import SecretStr

from hfdl_core.embedded import (
    EmbeddedServer,
    JoinLine,
    ListenAddress,
    ServerHome,
    choose_redis,
    serve_foreground,
)
from hfdl_core.errors import QueueUnavailable
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings import Settings
from tests.embedded.processes import Connect, kill, processes_of, state_of, wait_for

LOOPBACK = ListenAddress("127.0.0.1", 0)


class Foreground:
    """`hfdl server` in a thread of ours."""

    def __init__(self, home: ServerHome) -> None:
        self._ready: Queue[JoinLine] = Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=serve_foreground,
            args=(LOOPBACK, SecretStr("the fleet's own"), self._ready.put, self._stop, home),
        )

    def start(self) -> JoinLine:
        self._thread.start()
        return self._ready.get(timeout=20)

    def stop(self) -> None:
        self._stop.set()
        if self._thread.ident:
            self._thread.join(30)
        assert not self._thread.is_alive()


@pytest.fixture
def foreground(home: ServerHome) -> Iterator[Foreground]:
    foreground = Foreground(home)
    yield foreground
    foreground.stop()


def test_it_holds_the_jobs_of_the_private_server(
    server: EmbeddedServer, home: ServerHome, foreground: Foreground, connect: Connect
) -> None:
    connect(server.target()).set("hfdl:job", "made before")

    join = foreground.start()

    assert connect(RedisTarget.from_url(join.url)).get("hfdl:job") == b"made before"


def test_other_commands_of_this_user_find_it(home: ServerHome, foreground: Foreground) -> None:
    join = foreground.start()

    chosen = choose_redis(Settings.load({}, {}), may_start=False, home=home)

    assert chosen.target.unix_socket is not None
    assert not chosen.private
    assert str(join.listen) in chosen.line


def test_a_wrong_password_is_refused(foreground: Foreground, connect: Connect) -> None:
    join = foreground.start()
    wrong = RedisTarget(port=join.listen.port, password=SecretStr("not the fleet's"))

    with pytest.raises(redis.AuthenticationError):
        connect(wrong).ping()


def test_stopped_it_leaves_no_process_and_keeps_the_jobs(
    home: ServerHome, foreground: Foreground, connect: Connect
) -> None:
    join = foreground.start()
    connect(RedisTarget.from_url(join.url)).set("hfdl:job", "kept")

    foreground.stop()

    assert wait_for(lambda: not processes_of(home), 2)
    again, _ = EmbeddedServer.find_or_start(home)
    assert connect(again.target()).get("hfdl:job") == b"kept"


def test_stopped_while_this_user_works_on_it_goes_on_privately(
    server: EmbeddedServer, home: ServerHome, foreground: Foreground, connect: Connect
) -> None:
    client = connect(server.target())
    client.ping()
    foreground.start()

    foreground.stop()
    time.sleep(1.5)

    assert client.ping()
    found = EmbeddedServer.find(home)
    assert found is not None
    assert found.listens() is None


def test_when_everything_behind_it_is_killed_it_brings_it_back_at_the_same_address(
    home: ServerHome, foreground: Foreground, connect: Connect
) -> None:
    join = foreground.start()
    client = connect(RedisTarget.from_url(join.url))
    process, supervisor = state_of(home)
    kill(supervisor)
    kill(process)

    assert wait_for(lambda: _answers(client))


def test_a_second_one_is_refused(home: ServerHome, foreground: Foreground) -> None:
    foreground.start()

    with pytest.raises(QueueUnavailable, match="another `hfdl server`"):
        serve_foreground(LOOPBACK, None, _ignore, threading.Event(), home)


def test_one_that_could_not_open_leaves_nothing_running(home: ServerHome, free_port: int) -> None:
    elsewhere = ListenAddress("192.0.2.1", free_port)

    with pytest.raises(QueueUnavailable, match="does not have that address"):
        serve_foreground(elsewhere, None, _ignore, threading.Event(), home)

    assert wait_for(lambda: not processes_of(home), 2)


def _ignore(_join: JoinLine) -> None:
    """Nobody reads the join line here."""


def _answers(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
