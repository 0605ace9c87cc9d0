"""When the server ends by itself, and when it does not."""

import time

import pytest

from hfdl_core.embedded import EmbeddedServer, ServerHome, linger
from hfdl_core.embedded.idle_clock import IdleClock
from tests.embedded.processes import Connect, kill, processes_of, state_of, wait_for


def test_it_ends_when_nobody_has_been_connected_for_long(home: ServerHome) -> None:
    EmbeddedServer.find_or_start(home, idle_seconds=0.5)

    assert wait_for(lambda: not processes_of(home))
    assert not home.state_file.exists()


def test_it_stays_while_somebody_is_connected(home: ServerHome, connect: Connect) -> None:
    server, _ = EmbeddedServer.find_or_start(home, idle_seconds=0.5)
    client = connect(server.target())
    client.ping()

    time.sleep(1.8)

    assert client.ping()
    client.close()
    assert wait_for(lambda: not processes_of(home))


def test_asked_to_linger_it_ends_soon_after_the_last_client(
    server: EmbeddedServer, home: ServerHome, connect: Connect
) -> None:
    client = connect(server.target())
    client.set("hfdl:job", "kept")

    linger(0.5, home)
    time.sleep(1.5)

    assert client.get("hfdl:job") == b"kept"
    client.close()
    assert wait_for(lambda: not processes_of(home))
    again, _ = EmbeddedServer.find_or_start(home)
    assert connect(again.target()).get("hfdl:job") == b"kept"


def test_asking_a_server_that_is_gone_to_linger_is_harmless(home: ServerHome) -> None:
    linger(0.5, home)

    assert not home.state.exists()


def test_what_was_asked_of_a_killed_server_does_not_bind_the_next(
    server: EmbeddedServer, home: ServerHome, connect: Connect
) -> None:
    process, supervisor = state_of(home)
    kill(supervisor)  # so that nobody takes what is asked
    client = connect(server.target())
    client.rpush("embedded:asks", "stop")
    client.waitaof(1, 0, 5000)
    kill(process)

    EmbeddedServer.find_or_start(home)
    time.sleep(1.2)

    assert EmbeddedServer.find(home) is not None


def test_somebody_who_comes_and_goes_between_two_looks_counts_as_use() -> None:
    now = 0.0
    clock = IdleClock(10, lambda: now)
    clock.note(connected=1, connections_received=1)

    now = 9.0
    clock.note(connected=1, connections_received=2)
    now = 18.0
    clock.note(connected=1, connections_received=2)
    was_over = clock.is_over
    now = 19.0

    assert not was_over
    assert clock.is_over


@pytest.mark.parametrize("limit_seconds", [0, 10])
@pytest.mark.parametrize("clients", [0, 1, 3])
def test_only_a_server_without_clients_is_idle(clients: int, limit_seconds: float) -> None:
    now = 0.0
    clock = IdleClock(limit_seconds, lambda: now)
    clock.note(connected=1 + clients, connections_received=1 + clients)

    now = 11.0

    assert clock.is_over is (clients == 0)
