"""One server for each user, started once, found by every command."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hfdl_core.embedded import EmbeddedServer, ServerHome
from hfdl_core.errors import QueueUnavailable
from tests.embedded.processes import Connect, is_alive, processes_of, state_of, wait_for

_START_AND_EXIT = """
import sys
from pathlib import Path
from hfdl_core.embedded import EmbeddedServer, ServerHome
home = ServerHome(*(Path(argument) for argument in sys.argv[1:]))
server, started_here = EmbeddedServer.find_or_start(home)
print(home.read_state().server_pid, started_here)
"""


def _command(home: ServerHome) -> list[str]:
    paths = (home.state, home.data, home.log)
    return [sys.executable, "-c", _START_AND_EXIT, *(str(path) for path in paths)]


def test_nothing_is_found_before_anything_was_started(home: ServerHome) -> None:
    found = EmbeddedServer.find(home)

    assert found is None
    assert not home.state.exists()


def test_a_started_server_answers_and_is_found_again(home: ServerHome, connect: Connect) -> None:
    server, started_here = EmbeddedServer.find_or_start(home)
    again, started_again = EmbeddedServer.find_or_start(home)
    found = EmbeddedServer.find(home)

    assert (started_here, started_again) == (True, False)
    assert found is not None
    assert server.target() == again.target() == found.target()
    assert connect(server.target()).ping()


def test_starting_takes_less_than_a_second(home: ServerHome) -> None:
    EmbeddedServer.find_or_start(home)[0].stop()

    began = time.perf_counter()
    EmbeddedServer.find_or_start(home)

    assert time.perf_counter() - began < 1.0  # 0.12 s when nothing else runs


def test_commands_that_start_it_at_once_get_one_server(home: ServerHome) -> None:
    commands = [
        subprocess.Popen(_command(home), stdout=subprocess.PIPE, text=True) for _ in range(10)
    ]

    lines = [command.communicate(timeout=60)[0].split() for command in commands]

    assert len({pid for pid, _ in lines}) == 1
    assert sorted(started for _, started in lines) == ["False"] * 9 + ["True"]
    assert len(processes_of(home)) == 2  # the server and its supervisor


def test_it_outlives_the_command_that_started_it_and_leaves_no_zombie(home: ServerHome) -> None:
    done = subprocess.run(_command(home), capture_output=True, text=True, check=True, timeout=30)

    server, supervisor = state_of(home)
    assert done.stdout.split()[0] == str(server)
    assert is_alive(server)
    assert os.getsid(supervisor) not in {os.getsid(0), supervisor}
    assert not _zombies_of(os.getpid())


def test_a_long_lived_starter_keeps_no_zombie(home: ServerHome) -> None:
    server, _ = EmbeddedServer.find_or_start(home)
    server.stop()

    assert not _zombies_of(os.getpid())


def test_a_server_can_be_stopped_and_keeps_its_data(home: ServerHome, connect: Connect) -> None:
    first, _ = EmbeddedServer.find_or_start(home)
    connect(first.target()).set("hfdl:job", "kept")

    ended = first.stop()

    assert ended
    assert wait_for(lambda: not processes_of(home))
    assert EmbeddedServer.find(home) is None
    second, started_here = EmbeddedServer.find_or_start(home)
    assert started_here
    assert connect(second.target()).get("hfdl:job") == b"kept"


def test_it_keeps_everything_and_evicts_nothing(server: EmbeddedServer, connect: Connect) -> None:
    client = connect(server.target())

    settings = client.config_get("maxmemory-policy", "appendonly", "appendfsync", "port")

    assert settings == {
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "port": "0",
    }


def test_a_state_that_cannot_be_read_is_started_over(home: ServerHome) -> None:
    home.prepare()
    home.state_file.write_text("{half a")

    server, started_here = EmbeddedServer.find_or_start(home)

    assert started_here
    assert server.target().unix_socket == home.state / "redis.sock"


def test_a_state_from_before_a_reboot_is_noticed(home: ServerHome, connect: Connect) -> None:
    server, _ = EmbeddedServer.find_or_start(home)
    stale = home.state_file.read_text().replace(str(state_of(home)[0]), str(os.getpid()))
    server.stop()
    home.state_file.write_text(stale)  # its process id belongs to somebody else now

    found = EmbeddedServer.find(home)
    fresh, started_here = EmbeddedServer.find_or_start(home)

    assert found is None
    assert started_here
    assert connect(fresh.target()).ping()


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(
    tmp_path: Path, connect: Connect
) -> None:
    deep = tmp_path / ("x" * 100)
    home = ServerHome(deep / "state", deep / "data", tmp_path / "server.log")

    server, _ = EmbeddedServer.find_or_start(home)

    socket = server.target().unix_socket
    assert socket is not None
    assert deep not in socket.parents
    assert socket.parent.stat().st_mode & 0o777 == 0o700
    assert connect(server.target()).ping()
    assert server.stop()


def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    home = ServerHome(tmp_path / "file" / "state", tmp_path / "data", tmp_path / "server.log")

    with pytest.raises(QueueUnavailable) as refused:
        EmbeddedServer.find_or_start(home)

    assert str(tmp_path / "file") in str(refused.value)
    assert "XDG_STATE_HOME" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_damaged_data_is_told_with_the_servers_own_words(home: ServerHome) -> None:
    server, _ = EmbeddedServer.find_or_start(home)
    server.stop()
    (manifest,) = home.data.glob("appendonlydir/*.manifest")
    manifest.write_text("nonsense\n")

    with pytest.raises(QueueUnavailable) as refused:
        EmbeddedServer.find_or_start(home)

    assert "does not start" in str(refused.value)
    assert str(home.log) in str(refused.value)


def _zombies_of(parent: int) -> list[str]:
    zombies = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, owner = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state == "Z" and int(owner) == parent:
            zombies.append(stat.parent.name)
    return zombies
