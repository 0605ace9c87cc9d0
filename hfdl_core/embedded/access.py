"""Who may enter the own server: this user's commands, and, once opened, other machines."""

import fcntl
import hashlib
import secrets
from pathlib import Path
from typing import Final

from hfdl_core.embedded.home import ServerHome
from hfdl_core.embedded.wire import Wire
from hfdl_core.private_files import locked, write_private

OWN_USER: Final = "hfdl"
JOINER: Final = "default"  # the user of a URL that names none

# Everything a worker or a reader does, on hfdl's keys only. It cannot stop, empty or reconfigure
# the server, nor see who else is connected.
_JOINER_MAY: Final = ("~hfdl:*", "&hfdl:*", "+@all", "-@dangerous", "+info", "+config|get")

_LOCK_PATIENCE_SECONDS: Final = 5.0


def own_password(home: ServerHome) -> str:
    """Made once; known to whoever can read this user's files."""
    return _made_once(home, home.own_password_file)


def join_password(home: ServerHome, given: str | None) -> str:
    """The one given, else the one used last time, else a new one; kept for next time."""
    if given is None:
        return _made_once(home, home.join_password_file)
    write_private(home.join_password_file, given)
    return given


def own_user_line(password: str) -> str:
    """The line of the server's configuration; a hash, so that the password is in no file of it."""
    return f"user {OWN_USER} on {_hashed(password)} ~* &* +@all"


def enter(wire: Wire, home: ServerHome) -> None:
    """Refused when the password is not this server's."""
    wire.command("AUTH", OWN_USER, own_password(home))


def admit_joiners(wire: Wire, password: str) -> None:
    wire.command("ACL", "SETUSER", JOINER, "reset", "on", _hashed(password), *_JOINER_MAY)


def dismiss_joiners(wire: Wire) -> None:
    """Nobody of them can enter any more, and those inside are cut off."""
    wire.command("ACL", "SETUSER", JOINER, "reset")
    wire.command("CLIENT", "KILL", "USER", JOINER)


def _made_once(home: ServerHome, path: Path) -> str:
    with locked(home.state / "password.lock", fcntl.LOCK_EX, _LOCK_PATIENCE_SECONDS):
        if not path.is_file():
            write_private(path, secrets.token_urlsafe(24))
        return path.read_text(encoding="utf-8")


def _hashed(password: str) -> str:
    return "#" + hashlib.sha256(password.encode()).hexdigest()
