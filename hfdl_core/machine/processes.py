"""Whether a process of this machine lives."""

import os


def process_runs(pid: int) -> bool:
    """Also True when nothing is known for certain: somebody else's, or a number that is none."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
