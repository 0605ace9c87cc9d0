"""A machine whose operator orders through a process that ends, and what that leaves running."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end.fleet import Fleet


@dataclass(frozen=True, slots=True)
class Answer:
    """How an order went."""

    outcome: dict[str, Any]
    told: list[str]

    @property
    def text(self) -> str:
        return str(self.outcome["text"])

    @property
    def job(self) -> str:
        return str(self.outcome["job_id"])


def order(fleet: Fleet, *words: str, machine: str = "master", **extra: str) -> Answer:
    """Have the order carried out by a process that has ended when this returns."""
    finished = subprocess.run(
        [sys.executable, "-m", "tests.operations.ordering", *words],
        env=fleet.environment(machine, **extra),
        cwd=fleet.machine(machine),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.stdout, finished.stderr
    *told, last = finished.stdout.splitlines()
    return Answer(json.loads(last), told)


def left_running(fleet: Fleet, verb: str) -> list[int]:
    """Process ids of what orders left running on the machines of this fleet."""
    return [
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdecimal() and _is_ours(fleet, process, verb)
    ]


def logs(fleet: Fleet) -> str:
    """All that is left to read when something went wrong."""
    found = [path for path in fleet.base.rglob("*.log") if path.is_file()]
    return "\n".join(f"--- {path}\n{path.read_text(errors='replace')}" for path in found)


def _is_ours(fleet: Fleet, process: Path, verb: str) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        environment = (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False  # it has just ended, or is somebody else's
    home = f"HOME={fleet.base}".encode()
    return (
        b"-P" in words
        and verb.encode() in words
        and any(line.startswith(home) for line in environment)
    )
