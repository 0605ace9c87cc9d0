"""What the tests of gathered jobs ask again and again."""

import json
from pathlib import Path
from typing import Any

from hfdl_tui.demo.hub import Content, GeneratedContent, PretendHub, Role
from tests.end_to_end.fleet import Fleet, HfdlProcess, wait_until

MIB = 1 << 20
HERE = "127.0.0.1"


def big(size_mib: int, seed: str = "big") -> GeneratedContent:
    return GeneratedContent(size_mib * MIB, seed)


def read_all(content: Content | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.read(0, content.size)


def sent(hub: PretendHub) -> int:
    """Bytes of files that left the Hub so far."""
    return hub.bytes_sent(role=Role.CDN)


def wait_for_bytes(fleet: Fleet, size: int, seconds: float = 40) -> None:
    wait_until(lambda: sent(fleet.hub) >= size, seconds, fleet.logs)


def job_of(running: HfdlProcess) -> str:
    """The id of the job that a running `get` or `master` has made or found."""
    running.wait_for_line("job ")
    return running.output.partition("job ")[2].split()[0]


def workers(fleet: Fleet, **extra: str) -> dict[str, dict[str, Any]]:
    """Every worker by its id, as programs read it."""
    told = json.loads(fleet.run("workers", "--json", **extra).stdout)
    return {worker["worker_id"]: worker for worker in told}


def wait_for_worker(fleet: Fleet, worker: str, status: str, **extra: str) -> None:
    def is_so() -> bool:
        return workers(fleet, **extra).get(worker, {}).get("status") == status

    wait_until(is_so, 30, fleet.logs)


def background_logs(fleet: Fleet, machine: str = "master") -> list[Path]:
    """Of the collectors that were started in the background there."""
    return sorted((fleet.base / machine / "home").rglob("collect-*.log"))
