"""Nobody else on the machine can enter the server or read its secrets."""

import os
from pathlib import Path

import pytest
import redis

from hfdl_core.embedded import EmbeddedServer, ListenAddress, ServerHome
from hfdl_core.private_files import private_directory, write_private
from hfdl_core.redis_target import RedisTarget
from tests.embedded.processes import Connect, processes_of


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_every_file_is_for_this_user_only(server: EmbeddedServer, home: ServerHome) -> None:
    server.open(ListenAddress("127.0.0.1", 0))

    directories = {_mode(home.state), _mode(home.data)}
    files = {
        path.name: oct(_mode(path))
        for folder in (home.state, home.data)
        for path in folder.rglob("*")
        if path.is_file()
    }

    assert directories == {0o700}
    assert set(files.values()) == {"0o600"}
    assert {"state.json", "opened.json", "own-password", "join-password"} <= files.keys()
    assert _mode(home.log) == 0o600
    socket = server.target().unix_socket
    assert socket is not None
    assert _mode(socket) == 0o700


def test_no_secret_stands_in_a_process_list_or_log(
    server: EmbeddedServer, home: ServerHome
) -> None:
    server.open(ListenAddress("127.0.0.1", 0))
    secrets = [
        path.read_text().encode() for path in (home.own_password_file, home.join_password_file)
    ]

    shown = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in processes_of(home)]
    shown += [Path(f"/proc/{pid}/environ").read_bytes() for pid in processes_of(home)]
    shown += [home.log.read_bytes(), home.state_file.read_bytes(), home.opened_file.read_bytes()]

    assert len(processes_of(home)) == 2
    assert not [text for text in shown for secret in secrets if secret in text]


def test_no_secret_shows_in_a_repr(server: EmbeddedServer, home: ServerHome) -> None:
    join = server.open(ListenAddress("127.0.0.1", 0))

    shown = f"{server!r} {server.target()!r} {join!r} {server.describe()}"

    assert home.own_password_file.read_text() not in shown
    assert home.join_password_file.read_text() not in shown


def test_whoever_has_no_password_is_refused_on_the_socket_too(
    server: EmbeddedServer, connect: Connect
) -> None:
    stranger = connect(RedisTarget(unix_socket=server.target().unix_socket))

    with pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_a_directory_left_open_is_narrowed(tmp_path: Path) -> None:
    loose = tmp_path / "loose"
    loose.mkdir()
    loose.chmod(0o755)

    private_directory(loose)

    assert _mode(loose) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 65534, 65534)

    with pytest.raises(PermissionError, match="another user"):
        private_directory(theirs)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link away")
def test_a_link_that_somebody_else_put_there_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    os.chown(link, 65534, 65534, follow_symlinks=False)

    with pytest.raises(PermissionError, match="another user"):
        private_directory(link)


def test_a_private_file_is_replaced_whole_and_stays_private(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)

    write_private(path, "new")

    assert path.read_text() == "new"
    assert _mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]
