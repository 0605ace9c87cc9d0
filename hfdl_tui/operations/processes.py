"""Starts hfdl commands that outlive the terminal, each with a log of its own."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.errors import CollectorAway, HfdlError, OutputRefused
from hfdl_core.machine import log_dir
from hfdl_core.private_files import open_private
from hfdl_core.settings import Settings
from hfdl_tui.operations.environment import environment_for

# -P: a folder hfdl_tui in the user's working directory must not be run instead.
PROGRAM: Final = (sys.executable, "-P", "-m", "hfdl_tui")
_START_SECONDS: Final = 15.0
_LOOK_SECONDS: Final = 0.1


def start_until(
    arguments: Sequence[str],
    log_name: str,
    settings: Settings,
    queue: OpenQueue,
    is_at_work: Callable[[], bool],
) -> Path:
    """Its log once it is at work; CollectorAway or OutputRefused when it does not come to that."""
    log = log_dir() / log_name
    process = _start(arguments, log, settings, queue)
    # Reaped when it ends: a zombie would be taken for a process that lives.
    threading.Thread(target=process.wait, name=f"reaps {process.pid}", daemon=True).start()
    give_up_at = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up_at:
        if is_at_work():
            return log
        if process.poll() is not None:
            raise CollectorAway(f"`hfdl {arguments[0]}` ended at once; see {log}")
        time.sleep(_LOOK_SECONDS)
    raise CollectorAway(f"`hfdl {arguments[0]}` does not start; see {log}")


def _start(
    arguments: Sequence[str], log: Path, settings: Settings, queue: OpenQueue
) -> "subprocess.Popen[bytes]":
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        descriptor = open_private(log)
    except OSError as error:
        raise refused(log.parent, error) from error
    with os.fdopen(descriptor, "ab") as output:
        return subprocess.Popen(
            [*PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment_for(os.environ, settings, queue),
            start_new_session=True,  # it does not go with this terminal
        )


def refused(place: Path, error: OSError) -> HfdlError:
    """What to say of a place of hfdl's own that cannot be written."""
    return OutputRefused(
        f"cannot write to {place}: {error.strerror or error}; set XDG_STATE_HOME to a directory "
        "that can be written"
    )
