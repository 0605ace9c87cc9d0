"""What only a real terminal shows: the first frame, signals, and how the terminal is left."""

import re
import signal
import sys
import time
from collections.abc import Iterator
from os import kill
from pathlib import Path

import pytest

from hfdl_core.queue import RedisClient
from tests.dashboard.answering import is_unread
from tests.dashboard.real_terminal import Terminal
from tests.queue.bench import Bench
from tests.redis_servers import RedisServer, valkey_server

NOBODY = ("--redis-host", "127.0.0.1", "--redis-port", "1")
TOKEN = "hf_thisIsASecretToken123456"
PASSWORD = "a-secret-password"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    options = ("--requirepass", PASSWORD)
    with valkey_server(tmp_path_factory.mktemp("redis"), *options) as running:
        with RedisClient(running.target) as queue:
            # Without a job the screen begins with a question, which takes letters.
            Bench(running, queue).plant([500, 400])
        yield running


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    environ = {"HF_TOKEN": TOKEN, "HFDL_REDIS_PASSWORD": PASSWORD}
    with Terminal(tmp_path, environ=environ) as running:
        yield running


def open_dashboard(terminal: Terminal, server: RedisServer, after: str = "") -> None:
    address = ("--redis-host", "127.0.0.1", "--redis-port", str(server.port))
    terminal.hfdl(*address, after=after)
    terminal.wait_for("redis ●")


def assert_left_as_it_was(terminal: Terminal) -> None:
    assert terminal.fact("alternate_on") == "0"
    assert terminal.fact("mouse_any_flag") == "0"
    assert terminal.fact("cursor_flag") == "1"
    written = [path.read_bytes() for path in terminal.home.rglob("*") if path.is_file()]
    for secret in (TOKEN, PASSWORD):
        assert secret not in terminal.history
        assert not any(secret.encode() in each for each in written)


def test_the_first_frame_does_not_wait_for_redis(terminal: Terminal) -> None:
    terminal.wait_for("$")
    terminal.hfdl(*NOBODY)

    shown = terminal.wait_for("connecting to 127.0.0.1:1")

    assert "1 Overview" in shown
    assert "NO REDIS" in terminal.wait_for("NO REDIS")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_leave_the_terminal_whole(
    terminal: Terminal, server: RedisServer, number: signal.Signals, code: int
) -> None:
    open_dashboard(terminal, server, after="; echo code=$?")

    kill(terminal.pid, number)

    terminal.wait_for(f"code={code}")
    assert_left_as_it_was(terminal)


def test_leaving_is_quick_while_redis_hangs(terminal: Terminal, server: RedisServer) -> None:
    open_dashboard(terminal, server)
    with server.paused():
        terminal.wait_until(lambda: is_unread(server.port), what="a look that hangs")
        terminal.press("q")

        assert terminal.wait_for_shell() <= 1
    assert_left_as_it_was(terminal)


def test_suspend_and_come_back(terminal: Terminal, server: RedisServer) -> None:
    open_dashboard(terminal, server)

    terminal.press("C-z")
    terminal.wait_until(lambda: terminal.fact("alternate_on") == "0", what="the shell's screen")
    assert terminal.fact("mouse_any_flag") == "0"
    terminal.type("fg")

    terminal.wait_until(lambda: terminal.fact("alternate_on") == "1", what="the dashboard again")
    terminal.wait_for("redis ●")
    terminal.press("3")
    terminal.wait_for("[3 Workers")
    terminal.press("q")
    terminal.wait_for_shell()
    assert_left_as_it_was(terminal)


CRASH = """
import sys
from hfdl_core.settings import Settings
from hfdl_tui.dashboard import opening
from hfdl_tui.dashboard.app import HfdlApp

def broken(self, message):
    settings = self.desk.source._settings
    raise ZeroDivisionError("a fault of ours")

HfdlApp.on_looked = broken
sys.exit(opening.run_dashboard(Settings.load({})))
"""


def test_a_fault_ends_with_a_traceback_and_no_secret(
    terminal: Terminal, server: RedisServer, tmp_path: Path
) -> None:
    script = tmp_path / "crash.py"
    script.write_text(CRASH)
    terminal.resize(200, 120)

    root = Path(__file__).parents[2]
    terminal.type(
        f"HFDL_REDIS_PORT={server.port} PYTHONPATH={root} {sys.executable} {script}; echo code=$?"
    )

    shown = terminal.wait_for("code=1")
    assert "a fault of ours" in shown
    assert_left_as_it_was(terminal)


def test_leaving_says_nothing_secret_and_restores_the_title(
    terminal: Terminal, server: RedisServer
) -> None:
    before = terminal.fact("pane_title")
    open_dashboard(terminal, server)

    terminal.press("q")

    terminal.wait_for_shell()
    assert_left_as_it_was(terminal)
    assert terminal.fact("pane_title") == before


@pytest.mark.parametrize("redirection", ["</dev/null", "2>$HOME/file"])
def test_without_a_terminal_it_says_so_and_ends(terminal: Terminal, redirection: str) -> None:
    terminal.wait_for("$")
    began = time.monotonic()
    terminal.hfdl(after=f" {redirection}; echo code=$?; cat $HOME/file 2>/dev/null")

    terminal.wait_for("needs a terminal")
    assert re.search(r"code=2\b", terminal.wait_for("code=2"))
    assert time.monotonic() - began <= 1
    assert "hfdl status --watch" in terminal.screen.replace("\n", " ")
