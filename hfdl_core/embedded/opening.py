"""Opens the running own server to other machines, and closes it again, without a restart."""

import json
from dataclasses import asdict, dataclass

from hfdl_core.embedded.access import admit_joiners, dismiss_joiners, join_password
from hfdl_core.embedded.home import ServerHome
from hfdl_core.embedded.wire import Wire
from hfdl_core.private_files import write_private


@dataclass(frozen=True, slots=True)
class Opened:
    """Where the server listens to other machines."""

    host: str
    port: int


def open_to_others(wire: Wire, home: ServerHome, where: Opened, password: str | None) -> str:
    """Returns the password with which others enter.

    Refused when the address cannot be taken; the server is then as private as before. Repeating
    it moves the server to the new address or gives it the new password.
    """
    secret = join_password(home, password)
    wire.command("CONFIG", "SET", "bind", where.host, "port", where.port)
    admit_joiners(wire, secret)
    write_private(home.opened_file, json.dumps(asdict(where)))
    return secret


def close_to_others(wire: Wire, home: ServerHome) -> None:
    """Only this user's commands on this machine reach the server from now on."""
    if read_opened(home) is None:
        return
    home.opened_file.unlink(missing_ok=True)
    wire.command("CONFIG", "SET", "port", 0)
    dismiss_joiners(wire)


def open_again(wire: Wire, home: ServerHome) -> None:
    """After a restart of the server. Refused when the address has been taken meanwhile."""
    where = read_opened(home)
    if where is not None:
        open_to_others(wire, home, where, None)


def read_opened(home: ServerHome) -> Opened | None:
    try:
        return Opened(**json.loads(home.opened_file.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
