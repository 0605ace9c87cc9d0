"""Whether a process of this machine lives."""

import os
from pathlib import Path
from typing import Final

_DEAD: Final = frozenset({"Z", "X"})


def process_runs(pid: int) -> bool:
    """Also True when nothing is known for certain: somebody else's, or a number that is none."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return not _is_dead(pid)


def _is_dead(pid: int) -> bool:
    """A container without an init keeps its dead for ever; only Linux tells them apart."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] in _DEAD
