"""The server opened to other machines: who gets in, what they may do, and how it is closed."""

import socket
import time
from collections.abc import Callable

import pytest
import redis
from pydantic import SecretStr

from hfdl_core.embedded import EmbeddedServer, JoinLine, ListenAddress, ServerHome
from hfdl_core.errors import QueueUnavailable, UsageError
from hfdl_core.redis_target import RedisTarget
from tests.embedded.processes import Connect, kill, state_of, wait_for

LOOPBACK = ListenAddress("127.0.0.1", 0)


def _target(join: JoinLine) -> RedisTarget:
    return RedisTarget.from_url(join.url)


def _with_password(join: JoinLine, password: str) -> RedisTarget:
    return RedisTarget(host="127.0.0.1", port=join.listen.port, password=SecretStr(password))


def test_the_join_line_lets_another_machine_in(server: EmbeddedServer, connect: Connect) -> None:
    join = server.open(LOOPBACK)

    joined = connect(_target(join))

    assert joined.set("hfdl:job", "seen")
    assert connect(server.target()).get("hfdl:job") == b"seen"
    assert join.text == f"HFDL_REDIS_URL='{join.url.get_secret_value()}' hfdl --headless-worker"
    assert server.listens() == join.listen
    assert str(join.listen.port) in server.describe()


@pytest.mark.parametrize("password", ["wrong password", ""])
def test_a_wrong_password_is_refused(
    server: EmbeddedServer, connect: Connect, password: str
) -> None:
    join = server.open(LOOPBACK)

    with pytest.raises(redis.AuthenticationError):
        connect(_with_password(join, password)).ping()


def test_this_users_own_password_opens_no_door_for_others(
    server: EmbeddedServer, home: ServerHome, connect: Connect
) -> None:
    join = server.open(LOOPBACK)

    with pytest.raises(redis.AuthenticationError):
        connect(_with_password(join, home.own_password_file.read_text())).ping()


@pytest.mark.parametrize(
    "command",
    ["FLUSHALL", "SHUTDOWN", "CONFIG SET port 0", "ACL LIST", "CLIENT LIST", "KEYS *", "GET other"],
)
def test_joined_machines_may_work_and_not_rule(
    server: EmbeddedServer, connect: Connect, command: str
) -> None:
    joined = connect(_target(server.open(LOOPBACK)))

    with pytest.raises(redis.ResponseError, match="permission"):
        joined.execute_command(*command.split())  # type: ignore[no-untyped-call]  # redis-py


def test_joined_machines_can_check_the_server_and_run_scripts(
    server: EmbeddedServer, connect: Connect
) -> None:
    joined = connect(_target(server.open(LOOPBACK)))

    script = "redis.call('HSET', KEYS[1], 'seq', ARGV[1]); return redis.call('TIME')"

    assert joined.info("server")["redis_version"]
    assert joined.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert len(joined.eval(script, 1, "hfdl:{job}:meta", "1")) == 2


def test_opening_and_closing_disturb_nobody_here(
    server: EmbeddedServer, home: ServerHome, connect: Connect
) -> None:
    client = connect(server.target())
    client.set("hfdl:job", "kept")
    connection, process = client.client_id(), state_of(home)[0]

    server.open(LOOPBACK)
    server.close_to_others()

    assert client.get("hfdl:job") == b"kept"
    assert client.client_id() == connection
    assert state_of(home)[0] == process


def test_closing_cuts_other_machines_off(server: EmbeddedServer, connect: Connect) -> None:
    join = server.open(LOOPBACK)
    joined = connect(_target(join))
    joined.ping()

    server.close_to_others()

    with pytest.raises(redis.ConnectionError):
        joined.ping()
    assert server.listens() is None
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", join.listen.port)) != 0


def test_the_password_is_used_again_next_time(server: EmbeddedServer) -> None:
    first = server.open(LOOPBACK)
    server.close_to_others()

    second = server.open(LOOPBACK)

    assert first.password == second.password


def test_a_given_password_counts_from_now_on(server: EmbeddedServer, connect: Connect) -> None:
    before = server.open(LOOPBACK)

    given = server.open(before.listen, SecretStr("it's a #1 pass/word@home"))

    assert connect(_target(given)).ping()
    with pytest.raises(redis.AuthenticationError):
        connect(_target(before)).ping()
    assert "'" not in given.url.get_secret_value()  # it stands between quotes on the join line


def test_a_short_password_is_refused(server: EmbeddedServer) -> None:
    with pytest.raises(UsageError, match="too short"):
        server.open(LOOPBACK, SecretStr("short"))

    assert server.listens() is None


def test_a_port_in_use_is_told_in_one_line(server: EmbeddedServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = ListenAddress("127.0.0.1", taken.getsockname()[1])

        with pytest.raises(QueueUnavailable) as refused:
            server.open(listen)

    assert str(refused.value) == (
        f"cannot listen on {listen}: the port is in use;"
        " choose another one with --listen ADDRESS:PORT"
    )
    assert server.listens() is None


def test_an_address_of_another_machine_is_told_in_one_line(server: EmbeddedServer) -> None:
    with pytest.raises(QueueUnavailable, match="does not have that address"):
        server.open(ListenAddress("192.0.2.1", 0))


def test_a_killed_server_is_brought_back_open(
    server: EmbeddedServer, home: ServerHome, connect: Connect
) -> None:
    join = server.open(LOOPBACK)
    first, _ = state_of(home)

    kill(first)

    assert wait_for(lambda: _lets_in(connect, join))
    assert state_of(home)[0] != first


def _bind_when_free(taken: socket.socket, port: int) -> None:
    """A process that was killed holds its port until the system has cleared it away."""
    deadline = time.monotonic() + 10
    while True:
        try:
            taken.bind(("127.0.0.1", port))
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return


def test_a_killed_server_whose_port_was_taken_stays_private(
    server: EmbeddedServer, home: ServerHome, connect: Connect
) -> None:
    join = server.open(LOOPBACK)
    first, supervisor = state_of(home)
    kill(supervisor)
    kill(first)

    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _bind_when_free(taken, join.listen.port)
        taken.listen()
        again, _ = EmbeddedServer.find_or_start(home)

    assert again.listens() is None
    assert connect(again.target()).ping()


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("0.0.0.0:6381", "0.0.0.0", 6381),  # noqa: S104 - only read here
        (":6381", "0.0.0.0", 6381),  # noqa: S104 - only read here
        ("10.0.0.5", "10.0.0.5", 6380),
        ("[::]:6381", "::", 6381),
        ("::1", "::1", 6380),
        ("node-1.lan:0", "node-1.lan", 0),
    ],
)
def test_an_address_to_listen_on_is_read(text: str, host: str, port: int) -> None:
    assert ListenAddress.parse(text) == ListenAddress(host, port)


@pytest.mark.parametrize("text", ["10.0.0.5:70000", "10.0.0.5:abc", "10.0.0.5:-1", "a b", "a/b"])
def test_an_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--listen"):
        ListenAddress.parse(text)


def test_listening_everywhere_names_addresses_that_others_can_use() -> None:
    hosts = ListenAddress("0.0.0.0", 6380).reachable_hosts()  # noqa: S104 - only read here

    assert hosts
    assert not {"0.0.0.0", "127.0.0.1"} & set(hosts)  # noqa: S104 - only read here


def _lets_in(connect: Callable[[RedisTarget], "redis.Redis"], join: JoinLine) -> bool:
    try:
        return bool(connect(_target(join)).ping())
    except redis.RedisError:
        return False
