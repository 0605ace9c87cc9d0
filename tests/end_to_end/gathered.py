"""What the tests of gathered jobs ask again and again."""

import json
from pathlib import Path
from typing import Any

from hfdl_tui.demo.hub import Content, GeneratedContent, PretendHub, Role
from tests.end_to_end.fleet import Fleet, HfdlProcess, wait_until

MIB = 1 << 20
HERE = "127.0.0.1"

Files = dict[str, bytes | Path | Content]


def big(size_mib: int, seed: str = "big") -> GeneratedContent:
    return GeneratedContent(size_mib * MIB, seed)


def read_all(content: Content | Path | bytes) -> bytes:
    """What a file of the Hub holds."""
    if isinstance(content, Content):
        return content.read(0, content.size)
    return content if isinstance(content, bytes) else content.read_bytes()


def sent(hub: PretendHub) -> int:
    """Bytes of files that left the Hub so far."""
    return hub.bytes_sent(role=Role.CDN)


def wait_for_bytes(fleet: Fleet, size: int, seconds: float = 40) -> None:
    wait_until(lambda: sent(fleet.hub) >= size, seconds, fleet.logs)


def job_of(running: HfdlProcess) -> str:
    """The id of the job that a running `get` or `master` has made or found."""
    running.wait_for_line("job ")
    return running.output.partition("job ")[2].split()[0]


def workers(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Every worker by its id, as programs read it."""
    told = json.loads(fleet.run("workers", "--json").stdout)
    return {worker["worker_id"]: worker for worker in told}


def wait_for_worker(fleet: Fleet, worker: str, status: str) -> None:
    def is_so() -> bool:
        return workers(fleet).get(worker, {}).get("status") == status

    wait_until(is_so, 30, fleet.logs)


def background_collectors(fleet: Fleet) -> list[int]:
    """Process ids of those that commands of this fleet left running."""
    return [
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdecimal() and _is_collector_of(fleet, process)
    ]


def _is_collector_of(fleet: Fleet, process: Path) -> bool:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        environment = (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False  # it has just ended, or is somebody else's
    home = f"HOME={fleet.base}".encode()
    is_ours = any(line.startswith(home) for line in environment)
    return is_ours and words[-3:-2] == [b"collect"]
