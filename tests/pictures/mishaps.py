"""What goes wrong in the pictures, on purpose: answers of the pretend Hub, and the server."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from hfdl_core.embedded import ServerHome

_SECONDS = 5.0


@contextmanager
def hub_falters(endpoint: str, path: str, times: int) -> Iterator[None]:
    """So many answers that should carry bytes of such files are errors that may pass."""
    faults = f"{endpoint}/_pretend/faults"
    rule = {"action": {"kind": "status", "code": 500}, "role": "cdn", "path": path, "times": times}
    answer = requests.post(faults, json=rule, timeout=_SECONDS)
    answer.raise_for_status()
    try:
        yield
    finally:
        requests.delete(f"{faults}/{answer.json()['id']}", timeout=_SECONDS).raise_for_status()


@contextmanager
def server_hangs() -> Iterator[None]:
    """hfdl's own server of this environment answers nobody."""
    state = json.loads(ServerHome.of_this_machine().state_file.read_text(encoding="utf-8"))
    os.kill(state["server_pid"], signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(state["server_pid"], signal.SIGCONT)
