"""A worker whose process lives is never taken for dead, and a dead one never for alive."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from hfdl_core.machine import WorkerMarks

_RUNNING = """
import sys, time
from pathlib import Path
from hfdl_core.machine import WorkerMarks
with WorkerMarks(Path(sys.argv[1])).marked("w/1"):
    print("marked", flush=True)
    time.sleep(60)
"""


def _start(directory: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", _RUNNING, str(directory)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "marked\n"
    return process


def test_a_killed_worker_is_dead_until_it_is_forgotten(tmp_path: Path) -> None:
    marks = WorkerMarks(tmp_path / "marks")
    with _start(tmp_path / "marks") as process:
        while_it_ran = marks.dead()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

        assert (while_it_ran, marks.dead()) == ([], ["w/1"])

    marks.forget("w/1")
    assert marks.dead() == []


def test_a_worker_that_left_in_order_leaves_nothing(tmp_path: Path) -> None:
    marks = WorkerMarks(tmp_path / "marks")

    with marks.marked("w/1"):
        pass

    assert marks.dead() == []
    assert list((tmp_path / "marks").iterdir()) == []


def test_looking_never_makes_a_live_worker_seem_dead(tmp_path: Path) -> None:
    marks = WorkerMarks(tmp_path / "marks")
    over = threading.Event()
    seen: list[list[str]] = []

    def look() -> None:
        while not over.is_set():
            seen.append(WorkerMarks(tmp_path / "marks").dead())

    lookers = [threading.Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    for number in range(200):
        with marks.marked(f"w/{number}"):
            assert f"w/{number}" not in marks.dead()
    over.set()
    for looker in lookers:
        looker.join()

    assert len(seen) > 3
    assert list((tmp_path / "marks").iterdir()) == []
