"""Which processes of a server's home are alive, and how to kill them."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import redis

from hfdl_core.embedded import ServerHome
from hfdl_core.redis_target import RedisTarget

Connect = Callable[[RedisTarget], redis.Redis]


def wait_for(happened: Callable[[], bool], seconds: float = 10.0) -> bool:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if happened():
            return True
        time.sleep(0.02)
    return False


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):  # gone, or going while it was read
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: not is_alive(pid))


def processes_of(home: ServerHome) -> list[int]:
    """Every process whose arguments or open files belong to this home."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes()
            working_directory = (folder / "cwd").readlink()
        except OSError:
            continue
        if str(home.state).encode() in arguments or working_directory == home.data:
            found.append(int(folder.name))
    return [pid for pid in found if pid != os.getpid() and is_alive(pid)]


def state_of(home: ServerHome) -> tuple[int, int]:
    """Process ids of server and supervisor."""
    state = home.read_state()
    assert state is not None
    return state.server_pid, state.supervisor_pid
