"""Which Redis: said before the verb, after it, in the environment; wrong in every way."""

import os
from pathlib import Path

import pytest

from tests.end_to_end.fleet import Fleet
from tests.redis_servers import RedisServer, valkey_server

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def locked(tmp_path: Path) -> RedisServer:
    return valkey_server(tmp_path / "locked", "--requirepass", "open-sesame")


@pytest.mark.parametrize(
    "arguments",
    [
        "--redis-host 127.0.0.1 --redis-port PORT status",
        "status --redis-host 127.0.0.1 --redis-port PORT",
        "--redis-host 127.0.0.1 status --redis-port PORT",
        "--redis-port 1 status --redis-port PORT",
        "--redis-port 1 --headless-worker --exit-when-idle 0 --redis-port PORT",
        "--log-level DEBUG --redis-port PORT worker --exit-when-idle 0",
    ],
)
def test_both_places_are_equal_and_the_later_one_wins(
    fleet: Fleet, redis: RedisServer, arguments: str
) -> None:
    typed = arguments.replace("PORT", str(redis.port)).split()

    finished = fleet.run(*typed, HFDL_REDIS_URL="redis://127.0.0.1:1")

    assert finished.returncode == 0, finished.stderr
    assert finished.stderr.startswith(f"redis at 127.0.0.1:{redis.port}\n")


def test_the_seed_command_is_understood_word_for_word(fleet: Fleet, redis: RedisServer) -> None:
    command = f"--redis-host 127.0.0.1 --redis-port {redis.port} master acme/data"

    finished = fleet.run(*command.split(), "--output-dir", "./my-downloads")

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("Job ID: ")
    assert finished.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        ("--redis-port 1 status", 3, "redis at 127.0.0.1:1"),
        ("--redis-port 0 status", 2, "--redis-port 0"),
        ("--redis-port -1 status", 2, "--redis-port -1"),
        ("--redis-url http://x status", 2, "--redis-url"),
        ("--log-level LOUD status", 2, "--log-level LOUD"),
        ("--config /no/such/file status", 2, "/no/such/file"),
        ("worker --connections 0", 2, "--connections 0"),
        ("worker --grace -1", 2, "--grace"),
        ("worker --exit-when-idle nan", 2, "--exit-when-idle nan"),
        ("worker --downloader pigeon", 2, "--downloader pigeon"),
        ("worker --ca-file /no/such/file", 2, "--ca-file"),
        ("get acme/nothing", 3, "acme/nothing"),
        ("get a/b/c/d", 2, "a/b/c/d"),
        ("get acme/data --revision nope", 3, "nope"),
        ("get acme/data --include= ", 2, "glob"),
        ("get acme/data -o /dev/null", 2, "/dev/null"),
        ("ls acme/nothing", 3, "acme/nothing"),
        ("ls acme/data nowhere", 2, "nowhere"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    fleet: Fleet, arguments: str, code: int, named: str
) -> None:
    finished = fleet.run(*arguments.split())

    last = finished.stderr.splitlines()[-1]
    assert finished.returncode == code, finished.stderr
    assert last.startswith("hfdl: ")
    assert named in last
    assert "Traceback" not in finished.stderr


def test_debug_shows_where_it_went_wrong(fleet: Fleet) -> None:
    finished = fleet.run("--log-level", "DEBUG", "--redis-port", "1", "status")

    assert finished.returncode == 3
    assert "Traceback" in finished.stderr
    assert finished.stderr.splitlines()[-1].startswith("hfdl: redis at 127.0.0.1:1 ")


def test_a_misspelt_variable_is_an_error(fleet: Fleet) -> None:
    finished = fleet.run("status", HFDL_REDIS_PROT="6379")

    assert finished.returncode == 2
    assert "HFDL_REDIS_PORT" in finished.stderr


def test_what_is_wrong_with_the_server_is_told_after_which_it_is(
    fleet: Fleet, tmp_path: Path
) -> None:
    with valkey_server(tmp_path / "forgetful", "--appendonly", "no") as forgetful:
        finished = fleet.run("status", HFDL_REDIS_URL=forgetful.url)

    first, second = finished.stderr.splitlines()
    assert finished.returncode == 0
    assert first == f"redis at 127.0.0.1:{forgetful.port}"
    assert "appendonly" in second


def test_a_wrong_password_says_so_and_a_right_one_opens(fleet: Fleet, locked: RedisServer) -> None:
    with locked:
        url = f"redis://127.0.0.1:{locked.port}"
        password_file = locked.directory / "password"
        password_file.write_text("open-sesame\n")
        password_file.chmod(0o600)

        none = fleet.run("status", HFDL_REDIS_URL=url)
        wrong = fleet.run("status", "--redis-password", "guess", HFDL_REDIS_URL=url)
        right = fleet.run("status", "--redis-password-file", str(password_file), HFDL_REDIS_URL=url)

    assert (none.returncode, wrong.returncode, right.returncode) == (3, 3, 0)
    assert "--redis-password" in none.stderr
    assert "guess" not in wrong.stderr


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")  # noqa: PTH110
def test_a_password_on_the_command_line_works_warns_and_leaves_the_process_list(
    fleet: Fleet, locked: RedisServer
) -> None:
    with locked:
        port = str(locked.port)
        shared = ["--redis-host", "127.0.0.1", "--redis-port", port]
        worker = fleet.start(
            *shared, "--redis-password", "open-sesame", "worker", machine="seen", HFDL_REDIS_URL=""
        )
        worker.wait_for_line("--redis-password")

        listed = Path(f"/proc/{worker.process.pid}/cmdline").read_text()
        worker.signal(15)

        assert worker.wait() == 0
    assert port in listed
    assert "open-sesame" not in listed + worker.output
