"""Who this machine is: an id that stays, a name for people, an id for each start."""

import fcntl
import hashlib
import os
import secrets
import socket
from pathlib import Path
from typing import Final

from hfdl_core.machine.directories import state_dir
from hfdl_core.private_files import locked, private_directory, write_private

_ID_DIGITS: Final = 16
_SYSTEM_ID_FILES: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_OWN_ID_FILE: Final = "machine-id"
_LOCK_PATIENCE_SECONDS: Final = 5.0


def machine_id() -> str:
    """16 hex digits that stay the same for this user on this machine.

    Made of two halves, because each alone lies: containers of one image share /etc/machine-id,
    and machines with one network home share the id stored in the state directory.
    """
    parts = ("hfdl", _system_id(), str(os.geteuid()), _own_id(state_dir()))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_ID_DIGITS]


def host_name() -> str:
    return socket.gethostname()


def new_boot_id() -> str:
    """Tells two starts of the same worker apart."""
    return secrets.token_hex(4)


def _system_id() -> str:
    for path in _SYSTEM_ID_FILES:
        if path.is_file():
            return path.read_text(encoding="utf-8").strip()
    return ""


def _own_id(state: Path) -> str:
    stored = state / _OWN_ID_FILE
    try:
        return _stored_once(stored)
    except OSError:
        # A machine that cannot store anything (a read-only container) still has a name; it is
        # enough to tell it from its neighbours for as long as it runs.
        return host_name()


def _stored_once(path: Path) -> str:
    private_directory(path.parent)
    with locked(path.with_suffix(".lock"), fcntl.LOCK_EX, _LOCK_PATIENCE_SECONDS):
        if not path.is_file():
            write_private(path, secrets.token_hex(16))
    return path.read_text(encoding="utf-8").strip()
