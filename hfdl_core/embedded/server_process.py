"""The server process as its supervisor holds it: started or adopted, entered, shut down."""

import fcntl
import logging
import os
import subprocess
import time
from pathlib import Path
from typing import Final, Self

from hfdl_core.embedded.access import enter, own_password
from hfdl_core.embedded.binary import server_binary
from hfdl_core.embedded.configuration import configuration
from hfdl_core.embedded.home import ServerHome
from hfdl_core.embedded.wire import Refused, Wire
from hfdl_core.errors import QueueUnavailable
from hfdl_core.private_files import locked, open_private, take_lock

logger = logging.getLogger(__name__)

_FIRST_PAUSE_SECONDS: Final = 0.003
_LONGEST_PAUSE_SECONDS: Final = 0.1
# After kill -9 of a server its child that rewrites the log may live on for a moment.
_OLD_CHILDREN_SECONDS: Final = 15.0
_SHUTDOWN_SECONDS: Final = 20.0
_ANSWER_SECONDS: Final = 5.0


class DataInUse(Exception):
    """A server lives on this data directory already."""


class ServerProcess:
    """One running server, with a connection of our own into it."""

    def __init__(self, home: ServerHome, socket: Path, child: subprocess.Popen[bytes] | None):
        self._home = home
        self._child = child
        self.socket = socket
        self.wire = _entered(home, socket, child)
        self.pid = int(self.wire.facts("server")["process_id"])

    @classmethod
    def start(cls, home: ServerHome, *, patience_seconds: float = _OLD_CHILDREN_SECONDS) -> Self:
        """Start one on our data; returns once its log is loaded.

        DataInUse when another server holds the data; QueueUnavailable when it does not come up.
        """
        program, socket = server_binary(), home.new_socket()
        settings = configuration(socket, home.data, own_password(home))
        lock = open_private(home.data_lock)
        try:
            if not take_lock(lock, fcntl.LOCK_EX, patience_seconds):
                raise DataInUse
            # The server inherits the lock: it is held for exactly as long as the server lives.
            child = _spawn(program, home, settings, lock)
        finally:
            os.close(lock)
        return cls(home, socket, child)

    @classmethod
    def adopt(cls, home: ServerHome, socket: Path) -> Self:
        """Take over a server whose supervisor is gone. OSError when nobody answers there."""
        return cls(home, socket, None)

    def reconnect(self) -> None:
        """A new connection after the old one broke. OSError when nobody answers."""
        self.wire.close()
        self.wire = _entered(self._home, self.socket, None)

    def shut_down(self) -> bool:
        """End it with its log on disk; whether it ended in time."""
        logger.info("shutting the server down")
        for how in ("", "FORCE"):  # forced only when the disk does not take the log any more
            try:
                self.wire.command("SHUTDOWN", *how.split(), patience_seconds=_SHUTDOWN_SECONDS)
            except Refused as error:
                logger.warning("the server refuses to end", extra={"reason": str(error)})
            except OSError:
                break  # how a server says goodbye
        self.wire.close()
        with locked(self._home.data_lock, fcntl.LOCK_EX, _SHUTDOWN_SECONDS) as ended:
            if ended:
                self.bury()
            return ended

    def bury(self) -> None:
        """Let go of a server that has ended; a child is reaped, so that no zombie stays."""
        self.wire.close()
        if self._child is not None:
            self._child.wait(_ANSWER_SECONDS)


def _spawn(program: Path, home: ServerHome, settings: str, lock: int) -> subprocess.Popen[bytes]:
    with os.fdopen(open_private(home.log), "ab") as log:
        child = subprocess.Popen(
            [program, "-"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=home.data,
            env={},  # our own may hold tokens
            pass_fds=(lock,),
        )
    assert child.stdin is not None  # noqa: S101 - asked for above
    with child.stdin:
        child.stdin.write(settings.encode())
    return child


def _entered(home: ServerHome, socket: Path, child: subprocess.Popen[bytes] | None) -> Wire:
    """Wait until the server answers; loading a big log may take a while."""
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            wire = Wire(socket, patience_seconds=_ANSWER_SECONDS)
        except (FileNotFoundError, ConnectionRefusedError):
            if child is None:
                raise
        else:
            if _is_ready(wire, home):
                return wire
        if child is not None and child.poll() is not None:
            raise QueueUnavailable(
                f"hfdl's own server does not start ({last_complaint(home.log)}); see {home.log}"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)


def _is_ready(wire: Wire, home: ServerHome) -> bool:
    """Closes the connection when not."""
    try:
        enter(wire, home)
        wire.command("CLIENT", "SETNAME", "hfdl-supervisor")
        wire.command("PING")
    except Refused as error:
        wire.close()
        if error.code != "LOADING":
            raise QueueUnavailable(f"hfdl's own server refuses its supervisor: {error}") from error
        return False
    except OSError:
        wire.close()
        raise
    return True


def last_complaint(log: Path) -> str:
    """The last line that the server marked as a warning (a lone # before the text)."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-50:]
    complaints = [line.partition(" # ")[2] for line in lines if " # " in line]
    return complaints[-1].strip() if complaints else "it says nothing"
