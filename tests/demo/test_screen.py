import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_core.errors import ExitCode
from hfdl_tui.demo.repo import REPO_ID
from tests.demo.processes import environment_of_a_user, place_named_in, traces_of

pytestmark = pytest.mark.end_to_end

START_SECONDS = 30.0
ROWS, COLUMNS = 36, 120


class Terminal:
    """A demo with its dashboard on a terminal of its own."""

    def __init__(self, home: Path) -> None:
        self._here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.shown = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hfdl_tui", "demo"],
            env={**environment_of_a_user(home), "TERM": "xterm-256color"},
            cwd=home,
            stdin=there,
            stdout=there,
            stderr=there,
        )
        os.close(there)

    def read_until(self, wanted: bytes, seconds: float) -> None:
        give_up_at = time.monotonic() + seconds
        while wanted not in self.shown:
            assert time.monotonic() < give_up_at, f"no {wanted!r} in {self.shown!r}"
            if select.select([self._here], [], [], 0.1)[0]:
                self.shown += self._read()

    def wait(self) -> int:
        """Its exit code; a terminal that nobody reads would hold its last words up."""
        while self._read():
            pass
        return self.process.wait()

    def press(self, key: bytes) -> None:
        os.write(self._here, key)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._here)

    def _read(self) -> bytes:
        try:
            return os.read(self._here, 65536)
        except OSError:
            return b""  # how a terminal says that nobody writes to it any more


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    yield opened
    opened.close()


def test_the_dashboard_opens_on_the_demos_job_and_q_leaves_nothing(terminal: Terminal) -> None:
    terminal.read_until(REPO_ID.encode(), START_SECONDS)
    terminal.press(b"q")

    code = terminal.wait()

    assert code == ExitCode.COMPLETE, terminal.shown
    assert traces_of(place_named_in(terminal.shown.decode(errors="replace"))) == []
