"""The own server as hfdl's commands see it: found, started, opened, told to end."""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, Self

from pydantic import SecretStr

from hfdl_core.embedded.access import OWN_USER, enter, join_password, own_password
from hfdl_core.embedded.asks import Ask, Linger, StopNow, ask
from hfdl_core.embedded.home import ServerHome, told_as_unavailable
from hfdl_core.embedded.listening import JoinLine, ListenAddress
from hfdl_core.embedded.opening import Opened, close_to_others, open_to_others, read_opened
from hfdl_core.embedded.supervisor import READY
from hfdl_core.embedded.wire import Refused, Wire
from hfdl_core.errors import QueueRefused, QueueUnavailable, UsageError
from hfdl_core.private_files import locked, open_private
from hfdl_core.redis_target import RedisTarget

IDLE_SECONDS: Final = 600.0

_START_SECONDS: Final = 60.0  # a log of a million files takes a few seconds to load
_LOOK_SECONDS: Final = 30.0
_ANSWER_SECONDS: Final = 3.0
_PAUSE_SECONDS: Final = 0.05
_ENOUGH_PASSWORD: Final = 8


class EmbeddedServer:
    """A handle, not an owner: the server lives on in its supervisor when this one is dropped."""

    def __init__(self, home: ServerHome, socket: Path) -> None:
        self._home = home
        self._socket = socket

    @classmethod
    def find(cls, home: ServerHome | None = None) -> Self | None:
        """This user's running server; one that lost its supervisor gets a new one.

        QueueUnavailable when it is there but does not answer.
        """
        home = home or ServerHome.of_this_machine()
        with told_as_unavailable(home):
            if not home.state.is_dir():
                return None
            with locked(home.start_lock, fcntl.LOCK_SH, _LOOK_SECONDS):
                found = cls._look(home)
            if found is not None and not _is_supervised(home):
                return cls.find_or_start(home)[0]
            return found

    @classmethod
    def find_or_start(
        cls, home: ServerHome | None = None, *, idle_seconds: float = IDLE_SECONDS
    ) -> tuple[Self, bool]:
        """The server, and whether this call started it. Ten at once get one server."""
        home = home or ServerHome.of_this_machine()
        with told_as_unavailable(home):
            home.prepare()
            with locked(home.start_lock, fcntl.LOCK_EX, _START_SECONDS) as my_turn:
                if not my_turn:
                    raise QueueUnavailable(
                        f"another command is still starting hfdl's own server; see {home.log}"
                    )
                before = cls._look(home)
                if before is not None and _is_supervised(home):
                    return before, False
                _start_supervisor(home, idle_seconds)
                found = cls._look(home)
        if found is None:
            raise QueueUnavailable(f"hfdl's own server ended at once; see {home.log}")
        return found, before is None

    def target(self) -> RedisTarget:
        """For this user's commands on this machine."""
        password = SecretStr(own_password(self._home))
        return RedisTarget(unix_socket=self._socket, username=OWN_USER, password=password)

    def listens(self) -> ListenAddress | None:
        """Where other machines reach it; None while it is private."""
        opened = read_opened(self._home)
        return None if opened is None else ListenAddress(opened.host, opened.port)

    def join_line(self) -> JoinLine | None:
        """How other machines reach it; None while it is private."""
        listens = self.listens()
        if listens is None:
            return None
        with told_as_unavailable(self._home):
            secret = join_password(self._home, None)
        return JoinLine(listens, listens.reachable_hosts(), SecretStr(secret))

    def describe(self) -> str:
        listens = self.listens()
        whose = "private to this machine" if listens is None else f"other machines: {listens}"
        return f"hfdl's own server ({whose})"

    def open(self, listen: ListenAddress, password: SecretStr | None = None) -> JoinLine:
        """Let other machines in, with a password: the one given, else last time's, else a new one.

        Nothing is restarted and no job is touched. Repeating it moves the server. QueueUnavailable
        when the address cannot be listened on, UsageError for a password that is too short.
        """
        given = None if password is None else password.get_secret_value()
        if given is not None and len(given) < _ENOUGH_PASSWORD:
            raise UsageError(
                f"the password for other machines is too short: at least {_ENOUGH_PASSWORD} letters"
            )
        if listen != self.listens():
            listen = listen.free()
        with told_as_unavailable(self._home), self.connect() as wire:
            try:
                where = Opened(listen.host, listen.port)
                secret = open_to_others(wire, self._home, where, given)
            except Refused as error:
                raise QueueUnavailable(f"cannot listen on {listen}: {error}") from error
        return JoinLine(listen, listen.reachable_hosts(), SecretStr(secret))

    def close_to_others(self) -> None:
        """Cut other machines off; this user's own commands go on."""
        with told_as_unavailable(self._home), self.connect() as wire:
            close_to_others(wire, self._home)

    def linger(self, seconds: float) -> None:
        """End so long after the last client has gone, instead of after ten minutes."""
        self._ask(Linger(seconds))

    def stop(self, patience_seconds: float = 30.0) -> bool:
        """End it now, its data safe on disk; whether it ended in time."""
        self._ask(StopNow())
        return self.wait_until_gone(patience_seconds)

    def wait_until_gone(self, patience_seconds: float) -> bool:
        give_up_at = time.monotonic() + patience_seconds
        while time.monotonic() < give_up_at:
            # The supervisor removes it as its last act, when the data is safe.
            if not self._home.state_file.exists():
                return True
            time.sleep(_PAUSE_SECONDS)
        return False

    def connect(self) -> Wire:
        """A connection of this user; the caller closes it."""
        with told_as_unavailable(self._home):
            return _entered(self._home, self._socket)

    def _ask(self, what: Ask) -> None:
        with told_as_unavailable(self._home), self.connect() as wire:
            ask(wire, what)

    @classmethod
    def _look(cls, home: ServerHome) -> Self | None:
        """The caller holds the start lock. Waits while the server loads its log."""
        state = home.read_state()
        if state is None:
            return None
        give_up_at = time.monotonic() + _START_SECONDS
        while time.monotonic() < give_up_at:
            try:
                _entered(home, Path(state.socket)).close()
                return cls(home, Path(state.socket))
            except (FileNotFoundError, ConnectionError):
                if not _is_supervised(home):
                    return None  # the state is of a server that has gone
            except TimeoutError:
                break
            except Refused as error:
                if error.code != "LOADING":
                    raise QueueRefused(f"hfdl's own server refuses us: {error}") from error
            time.sleep(_PAUSE_SECONDS)  # it loads its log, or its supervisor starts it again
        raise QueueUnavailable(
            f"hfdl's own server (process {state.server_pid}) does not answer;"
            f" end it with kill {state.server_pid} and try again"
        )


def _entered(home: ServerHome, socket: Path) -> Wire:
    wire = Wire(socket, patience_seconds=_ANSWER_SECONDS)
    try:
        enter(wire, home)
        wire.command("PING")
    except (OSError, Refused):
        wire.close()
        raise
    return wire


def _is_supervised(home: ServerHome) -> bool:
    with locked(home.supervisor_lock, fcntl.LOCK_SH, 0) as nobody_holds_it:
        return not nobody_holds_it


def _start_supervisor(home: ServerHome, idle_seconds: float) -> None:
    """Returns when it has announced that its server answers."""
    # -P: a folder hfdl_core in the user's working directory must not be run instead.
    command = [sys.executable, "-P", "-m", "hfdl_core.embedded.supervisor"]
    paths = [str(path) for path in (home.state, home.data, home.log)]
    with os.fdopen(open_private(home.log), "ab") as log:
        starter = subprocess.Popen(
            [*command, *paths, str(idle_seconds)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    try:
        announced, _ = starter.communicate(timeout=_START_SECONDS)
    except subprocess.TimeoutExpired as error:
        _let_go(starter)
        raise QueueUnavailable(
            f"hfdl's own server did not answer within {_START_SECONDS:.0f} s; see {home.log}"
        ) from error
    text = announced.decode(errors="replace").strip()
    if text != READY:
        raise QueueUnavailable(text or f"hfdl's own server did not start; see {home.log}")


def _let_go(starter: "subprocess.Popen[bytes]") -> None:
    assert starter.stdout is not None  # noqa: S101 - asked for when it was made
    starter.stdout.close()
    starter.wait()
