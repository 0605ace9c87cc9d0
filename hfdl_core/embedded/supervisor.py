"""The small process that owns the own server: starts, watches, restarts and ends it.

`python -m hfdl_core.embedded.supervisor STATE DATA LOG IDLE_SECONDS` leaves its starter at once
and writes one line to the stdout that it was given: `ready`, or why not.
"""

import fcntl
import logging
import os
import signal
import sys
import time
from collections import deque
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Final

from hfdl_core.embedded.asks import Linger, StopNow, forget_old_asks, next_ask
from hfdl_core.embedded.home import ServerHome, ServerState
from hfdl_core.embedded.idle_clock import IdleClock
from hfdl_core.embedded.opening import open_again
from hfdl_core.embedded.server_process import DataInUse, ServerProcess
from hfdl_core.embedded.wire import Refused
from hfdl_core.errors import QueueUnavailable
from hfdl_core.private_files import locked

logger = logging.getLogger("hfdl.supervisor")

READY: Final = "ready"

_WATCH_SECONDS: Final = 1.0
_OTHER_SUPERVISOR_SECONDS: Final = 2.0
_STARTER_SECONDS: Final = 2.0
_LONGEST_LOG_BYTES: Final = 4 * 1024 * 1024
_RESTARTS: Final = 5
_RESTARTS_WITHIN_SECONDS: Final = 60.0


class Supervisor:
    """Holds one server for as long as somebody uses it."""

    def __init__(self, home: ServerHome, idle_seconds: float) -> None:
        self._home = home
        self._idle = IdleClock(idle_seconds, time.monotonic)
        self._restarts: deque[float] = deque(maxlen=_RESTARTS)
        self._asked_to_end = False
        self._server = self._start_or_adopt()

    def run(self) -> None:
        """Blocks until the server has ended for good."""
        while not self._asked_to_end:
            try:
                self._watch()
                if self._idle.is_over and self._end_unless_used():
                    return
            except OSError:
                self._recover()
        with locked(self._home.start_lock, fcntl.LOCK_EX, _STARTER_SECONDS):
            self._end()

    def end(self, _signal: int, _frame: FrameType | None) -> None:
        """A signal handler."""
        self._asked_to_end = True

    def _start_or_adopt(self) -> ServerProcess:
        known = self._home.read_state()
        try:
            # Not `start` first: it would wait for the data of a server that is alive and well.
            server = ServerProcess.adopt(self._home, Path(known.socket)) if known else None
        except OSError:
            server = None
        if server is None:
            # What a server that is gone had opened stays closed until somebody opens it again.
            self._home.opened_file.unlink(missing_ok=True)
            server = self._start()
        forget_old_asks(server.wire)
        self._write_state(server)
        logger.info("the server runs as process %d at %s", server.pid, server.socket)
        return server

    def _start(self) -> ServerProcess:
        try:
            return ServerProcess.start(self._home)
        except DataInUse as error:
            raise QueueUnavailable(
                f"another server uses {self._home.data} and does not answer;"
                f" end it (fuser {self._home.data_lock} tells its process) and try again"
            ) from error

    def _write_state(self, server: ServerProcess) -> None:
        self._home.write_state(
            ServerState(
                socket=str(server.socket),
                server_pid=server.pid,
                supervisor_pid=os.getpid(),
                started_at=datetime.now(UTC).isoformat(timespec="seconds"),
                version=version("hfdl-tui"),
            )
        )

    def _watch(self) -> None:
        ask = next_ask(self._server.wire, _WATCH_SECONDS)
        if isinstance(ask, StopNow):
            self._asked_to_end = True
        elif isinstance(ask, Linger):
            self._idle.limit_seconds = ask.seconds
        self._note_use()
        if not self._server.socket.exists():
            # Nobody can find the server any more, so nobody could be told to use it.
            logger.warning(
                "the socket has been removed: ending", extra={"path": self._server.socket}
            )
            self._asked_to_end = True

    def _note_use(self) -> None:
        clients, stats = self._server.wire.facts("clients"), self._server.wire.facts("stats")
        self._idle.note(int(clients["connected_clients"]), int(stats["total_connections_received"]))

    def _recover(self) -> None:
        """The connection broke: the server has died, or is only slow."""
        if self._asked_to_end:
            return  # whoever ends us has ended it, too
        try:
            self._server.reconnect()
        except (FileNotFoundError, ConnectionRefusedError, ConnectionResetError):
            self._restart()
        except OSError as error:
            logger.warning("the server does not answer: %s", error)
            time.sleep(_WATCH_SECONDS)

    def _restart(self) -> None:
        now = time.monotonic()
        if len(self._restarts) == _RESTARTS and now - self._restarts[0] < _RESTARTS_WITHIN_SECONDS:
            raise QueueUnavailable(f"the server died {_RESTARTS} times within a minute")
        self._restarts.append(now)
        logger.warning("the server has died: starting it again")
        self._server.bury()
        self._server = self._start()
        self._write_state(self._server)
        try:
            open_again(self._server.wire, self._home)
        except Refused as error:
            logger.warning("the server stays closed to other machines: %s", error)
            self._home.opened_file.unlink(missing_ok=True)

    def _end_unless_used(self) -> bool:
        """Whether it ended; nobody can begin to use the server between last look and end."""
        with locked(self._home.start_lock, fcntl.LOCK_EX, 0) as nobody_looks_for_it:
            if not nobody_looks_for_it:
                return False
            self._note_use()
            if not self._idle.is_over:
                return False
            self._end()
            return True

    def _end(self) -> None:
        self._home.opened_file.unlink(missing_ok=True)
        if self._server.shut_down():
            self._home.state_file.unlink(missing_ok=True)
            logger.info("the server has ended")
        else:
            logger.error("the server has not ended in time; it is left to the next supervisor")


def main(arguments: list[str]) -> int:
    state, data, log, idle_seconds = arguments
    home = ServerHome(Path(state), Path(data), Path(log))
    if os.fork():
        os._exit(0)  # the starter reaps this one; the other belongs to nobody and leaves no zombie
    os.chdir("/")
    os.umask(0o077)
    _log_to(home.log)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with locked(home.supervisor_lock, fcntl.LOCK_EX, _OTHER_SUPERVISOR_SECONDS) as alone:
        if not alone:
            _announce(READY)  # by the one that was quicker
            return 0
        try:
            _supervise(home, float(idle_seconds))
        except (QueueUnavailable, Refused, OSError) as error:
            logger.error("%s", error)  # noqa: TRY400 - one line; these are no bugs
            _announce(str(error))
            return 1
    return 0


def _supervise(home: ServerHome, idle_seconds: float) -> None:
    supervisor = Supervisor(home, idle_seconds)
    signal.signal(signal.SIGTERM, supervisor.end)
    signal.signal(signal.SIGINT, supervisor.end)
    _announce(READY)
    supervisor.run()


def _log_to(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LONGEST_LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
    logging.basicConfig(
        filename=log, level=logging.INFO, format="%(process)d:S %(asctime)s * %(message)s"
    )
    # What Python itself has to say (a traceback) goes there, too.
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(descriptor, sys.stderr.fileno())
    os.close(descriptor)


def _announce(text: str) -> None:
    """Tell the starter, once, and let go of its pipe."""
    try:
        os.write(1, text.encode())
    except OSError:
        logger.info("nobody waits for this supervisor any more")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
