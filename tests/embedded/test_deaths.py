"""What is left when the server, its supervisor or both are killed."""

import os
import signal

import pytest

from hfdl_core.embedded import EmbeddedServer, ListenAddress, ServerHome
from hfdl_core.embedded.server_process import DataInUse, ServerProcess
from hfdl_core.errors import QueueUnavailable
from tests.embedded.processes import (
    Connect,
    is_alive,
    kill,
    processes_of,
    state_of,
    wait_for,
)


def test_a_killed_server_is_brought_back_with_its_data(
    server: EmbeddedServer, home: ServerHome, connect: Connect
) -> None:
    client = connect(server.target())
    client.set("hfdl:job", "kept")
    client.waitaof(1, 0, 5000)
    first, supervisor = state_of(home)

    kill(first)

    assert wait_for(lambda: state_of(home)[0] != first)
    assert client.get("hfdl:job") == b"kept"  # the same address, through its own reconnect
    assert state_of(home)[1] == supervisor


def test_a_server_found_while_it_is_brought_back_is_waited_for(
    server: EmbeddedServer, home: ServerHome
) -> None:
    kill(state_of(home)[0])

    found = EmbeddedServer.find(home)

    assert found is not None
    assert found.target() == server.target()


def test_a_server_that_dies_again_and_again_is_given_up(
    server: EmbeddedServer, home: ServerHome
) -> None:
    _, supervisor = state_of(home)

    for _ in range(6):
        kill(state_of(home)[0])
        wait_for(lambda: not is_alive(supervisor) or is_alive(state_of(home)[0]), 5)

    assert wait_for(lambda: not is_alive(supervisor))
    assert EmbeddedServer.find(home) is None
    assert "died 5 times" in home.log.read_text()


def test_the_next_command_gives_an_orphaned_server_a_new_supervisor(
    server: EmbeddedServer, home: ServerHome, connect: Connect
) -> None:
    client = connect(server.target())
    client.set("hfdl:job", "kept")
    orphan, supervisor = state_of(home)
    kill(supervisor)

    found = EmbeddedServer.find(home)

    assert found is not None
    adopted, successor = state_of(home)
    assert adopted == orphan
    assert successor != supervisor
    assert client.get("hfdl:job") == b"kept"
    assert len(processes_of(home)) == 2


def test_an_adopted_server_is_brought_back_too(server: EmbeddedServer, home: ServerHome) -> None:
    kill(state_of(home)[1])
    EmbeddedServer.find(home)
    adopted, _ = state_of(home)

    kill(adopted)

    assert wait_for(lambda: state_of(home)[0] != adopted)
    assert EmbeddedServer.find(home) is not None


def test_an_adopted_server_can_be_stopped(server: EmbeddedServer, home: ServerHome) -> None:
    kill(state_of(home)[1])
    found = EmbeddedServer.find(home)

    assert found is not None
    assert found.stop()
    assert wait_for(lambda: not processes_of(home))


def test_when_both_are_killed_the_next_command_starts_anew_with_the_data(
    server: EmbeddedServer, home: ServerHome, connect: Connect
) -> None:
    client = connect(server.target())
    client.set("hfdl:job", "kept")
    client.waitaof(1, 0, 5000)
    process, supervisor = state_of(home)
    kill(supervisor)
    kill(process)

    again, started_here = EmbeddedServer.find_or_start(home)

    assert started_here
    assert connect(again.target()).get("hfdl:job") == b"kept"


def test_what_was_open_before_both_were_killed_stays_closed(
    server: EmbeddedServer, home: ServerHome
) -> None:
    server.open(ListenAddress("127.0.0.1", 0))
    process, supervisor = state_of(home)
    kill(supervisor)
    kill(process)

    again, _ = EmbeddedServer.find_or_start(home)

    assert again.listens() is None


def test_two_servers_never_share_the_data(server: EmbeddedServer, home: ServerHome) -> None:
    with pytest.raises(DataInUse):
        ServerProcess.start(home, patience_seconds=0.1)


def test_a_server_that_hangs_is_named_and_not_doubled(
    server: EmbeddedServer, home: ServerHome
) -> None:
    process, supervisor = state_of(home)
    kill(supervisor)
    os.kill(process, signal.SIGSTOP)

    with pytest.raises(QueueUnavailable) as refused:
        EmbeddedServer.find_or_start(home)

    assert f"process {process}" in str(refused.value)
    assert processes_of(home) == [process]


def test_a_supervisor_told_to_end_ends_its_server_with_the_data_on_disk(
    server: EmbeddedServer, home: ServerHome, connect: Connect
) -> None:
    connect(server.target()).set("hfdl:job", "kept")
    process, supervisor = state_of(home)

    os.kill(supervisor, signal.SIGTERM)

    assert wait_for(lambda: not is_alive(process) and not is_alive(supervisor))
    assert not home.state_file.exists()
    again, _ = EmbeddedServer.find_or_start(home)
    assert connect(again.target()).get("hfdl:job") == b"kept"


def test_server_and_supervisor_told_to_end_at_once_stay_ended(
    server: EmbeddedServer, home: ServerHome
) -> None:
    process, supervisor = state_of(home)

    os.kill(supervisor, signal.SIGTERM)
    os.kill(process, signal.SIGTERM)  # as a service manager does to a whole group

    assert wait_for(lambda: not processes_of(home))
    assert not home.state_file.exists()


def test_a_socket_that_was_removed_ends_the_server_that_nobody_can_find(
    server: EmbeddedServer, home: ServerHome
) -> None:
    socket = server.target().unix_socket
    assert socket is not None

    socket.unlink()

    assert wait_for(lambda: not processes_of(home))
    assert EmbeddedServer.find_or_start(home)[1]
