"""Bars on a terminal of any width, with names that would break one."""

import os
import pty
import subprocess
import sys
import threading

import pytest

PROGRAM = """
import sys
from hfdl_tui.cli.bars import Bars
from hfdl_tui.cli.output import tell
from hfdl_core.models import JobState
from tests.cli.samples import TASK, job, worker_status

evil = TASK.model_copy(update={"path": "data/[red]x[/red]\\x1b[2J\\n.bin"})
with Bars() as bars:
    bars.show(job(), worker_status(tasks=(evil,)))
    tell("said meanwhile")
    bars.show(job(), worker_status(tasks=(evil,), reason="the disk is full"))
    bars.show(job(status=JobState.COMPLETED, bytes_completed=1_000_000, files_completed=10),
              worker_status(tasks=()))
"""


def _drawn(columns: int) -> str:
    """What the program writes to a terminal of that width."""
    master, slave = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": str(columns), "LINES": "24"}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stderr=slave, env=environment)
    os.close(slave)
    written: list[bytes] = []
    reader = threading.Thread(target=_read_all, args=(master, written))
    reader.start()
    assert process.wait(30) == 0
    reader.join(10)
    os.close(master)
    return b"".join(written).decode()


def _read_all(terminal: int, written: list[bytes]) -> None:
    try:
        while block := os.read(terminal, 65536):
            written.append(block)
    except OSError:
        return  # Linux says so when the last writer has closed


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_bars_draw_at_any_width(columns: int) -> None:
    drawn = _drawn(columns)

    assert "said meanwhile" in drawn
    assert "the disk is full" in " ".join(drawn.split())
    assert "\x1b[2J" not in drawn


def test_names_are_shown_as_they_are_but_harmless() -> None:
    drawn = _drawn(200)

    assert r"data/[red]x[/red]\x1b[2J\n.bin" in drawn
    assert "100 %" in drawn
    assert "10/10 files" in drawn
