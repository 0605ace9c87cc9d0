"""Names that tell whose a namespace is, so that those of dead runs can be taken away."""

import itertools
import os
import shutil
import tempfile
from pathlib import Path

from tests.netlab.namespace import MOUNTED, remove_namespace

_PREFIX = "hfdl-lab"
DIRECTORIES = Path(tempfile.gettempdir())
_START_TIME = 19  # in /proc/PID/stat after the name: the field by which a reused id is told
_numbers = itertools.count(1)


def new_prefix() -> str:
    """What the names of one laboratory begin with; no other one, here or elsewhere, has it."""
    pid = os.getpid()
    return f"{_PREFIX}-{pid}-{_started(pid)}-{next(_numbers)}-"


def remove_leftovers() -> list[str]:
    """Take away the namespaces of runs that are dead, with what still runs in them."""
    stale = [name for name in namespaces() if not _is_alive(name)]
    for name in stale:
        remove_namespace(name)
    for directory in DIRECTORIES.glob(f"{_PREFIX}-*"):
        if not _is_alive(directory.name):
            shutil.rmtree(directory)
    return stale


def namespaces(prefix: str = f"{_PREFIX}-") -> list[str]:
    if not MOUNTED.is_dir():
        return []
    return sorted(path.name for path in MOUNTED.iterdir() if path.name.startswith(prefix))


def _is_alive(name: str) -> bool:
    pid, started = name.removeprefix(f"{_PREFIX}-").split("-")[:2]
    return started == _started(int(pid))


def _started(pid: int) -> str:
    try:
        line = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return line.rpartition(")")[2].split()[_START_TIME]
