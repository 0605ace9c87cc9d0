"""Ends every process of a demo, whoever started it, and removes the demo's directory."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_PS: Final = ("ps", "-axEww", "-o", "pid=,command=")  # with environments, where there is no /proc
_GIVE_UP_SECONDS: Final = 20.0
_PAUSE_SECONDS: Final = 0.05
_WORKS_IN: Final = "works in "
# A process that is just being started shows its starter's environment for a moment.
_EMPTY_LOOKS: Final = 3


def sweep(root: Path) -> None:
    """Kill until nobody is left, then remove; a directory that is gone already is fine."""
    give_up_at = time.monotonic() + _GIVE_UP_SECONDS
    empty_looks = 0
    while empty_looks < _EMPTY_LOOKS and time.monotonic() < give_up_at:
        found = processes_of(root)
        for pid in found:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
                os.kill(pid, signal.SIGKILL)
        empty_looks = 0 if found else empty_looks + 1
        time.sleep(_PAUSE_SECONDS)
    if root.exists():
        shutil.rmtree(root)


def processes_of(root: Path) -> list[int]:
    """All that run in the environment of the demo in `root`, and its server, which has none.

    By the environment, not by parents or groups: collectors and servers are made to outlive both.
    """
    everybody = _by_ps(root) if sys.platform == "darwin" else _by_proc()
    marks = (f"XDG_STATE_HOME={root}/", f"{_WORKS_IN}{root}/")
    return [
        pid for pid, told in everybody if pid != os.getpid() and any(mark in told for mark in marks)
    ]


def _by_proc() -> Iterator[tuple[int, str]]:
    """Process ids, each with its environment, or where it works when it has none."""
    for folder in _PROC.glob("[0-9]*"):
        try:
            told = os.fsdecode((folder / "environ").read_bytes())
            if not told:
                told = f"{_WORKS_IN}{(folder / 'cwd').readlink()}"
        except OSError:
            continue  # somebody else's, or it has just ended
        yield int(folder.name), told


def _by_ps(root: Path) -> Iterator[tuple[int, str]]:
    """The same; the server is known by what its supervisor wrote down of it."""
    listed = subprocess.run(_PS, capture_output=True, check=True)
    servers = _written_down(root)
    for line in os.fsdecode(listed.stdout).splitlines():
        pid, _, told = line.strip().partition(" ")
        is_server = int(pid) in servers and "valkey-server" in told
        yield int(pid), f"{_WORKS_IN}{root}/" if is_server else told


def _written_down(root: Path) -> set[int]:
    states = root.glob("state/hfdl/server/*/state.json")
    return {json.loads(state.read_text(encoding="utf-8"))["server_pid"] for state in states}
