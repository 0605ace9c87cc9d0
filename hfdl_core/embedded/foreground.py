"""`hfdl server`: keeps the own server open to other machines until told to stop."""

import fcntl
import logging
from collections.abc import Callable
from threading import Event
from typing import Final

from pydantic import SecretStr

from hfdl_core.embedded.home import ServerHome, told_as_unavailable
from hfdl_core.embedded.listening import JoinLine, ListenAddress
from hfdl_core.embedded.server import EmbeddedServer
from hfdl_core.embedded.wire import Wire
from hfdl_core.errors import QueueError, QueueUnavailable
from hfdl_core.private_files import locked

logger = logging.getLogger(__name__)

_CHECK_SECONDS: Final = 1.0
_END_SECONDS: Final = 25.0
_SUPERVISOR_AND_US: Final = 2


def serve_foreground(
    listen: ListenAddress,
    password: SecretStr | None,
    on_ready: Callable[[JoinLine], None],
    stop: Event,
    home: ServerHome | None = None,
) -> None:
    """Open this user's server, with the jobs that it holds, and block until `stop` is set.

    It is the same server, data and socket that other commands of this user use, so nothing is
    carried over and nobody is disconnected. Afterwards it is private again, and ends at once
    unless somebody on this machine still uses it. Killed and lost servers are brought back.
    """
    home = home or ServerHome.of_this_machine()
    with told_as_unavailable(home):
        home.prepare()
    with locked(home.foreground_lock, fcntl.LOCK_EX, 0) as alone:
        if not alone:
            raise QueueUnavailable("another `hfdl server` of yours is running; stop it first")
        _serve(home, listen, password, on_ready, stop)


def _serve(
    home: ServerHome,
    listen: ListenAddress,
    password: SecretStr | None,
    on_ready: Callable[[JoinLine], None],
    stop: Event,
) -> None:
    server, _ = EmbeddedServer.find_or_start(home)
    held = server.connect()  # somebody is connected: the server does not end for want of use
    try:
        join = server.open(listen, password)
        on_ready(join)
        while not stop.wait(_CHECK_SECONDS):
            if server.listens() == join.listen and _answers(held):
                continue
            held.close()
            logger.warning("the server was lost: bringing it back", extra={"at": join.listen})
            server, _ = EmbeddedServer.find_or_start(home)
            server.open(join.listen, join.password)
            held = server.connect()
    finally:
        _leave(server, held)


def _answers(held: Wire) -> bool:
    try:
        held.command("PING")
    except OSError:
        return False
    return True


def _leave(server: EmbeddedServer, held: Wire) -> None:
    try:
        server.close_to_others()
        server.linger(0)
        used_here = int(held.facts("clients")["connected_clients"]) > _SUPERVISOR_AND_US
    except (OSError, QueueError) as error:
        logger.warning("the server has gone already: %s", error)
        return
    finally:
        held.close()
    if used_here:
        logger.info("the server goes on, private to this machine, while it is used")
    elif not server.wait_until_gone(_END_SECONDS):
        logger.warning("the server takes long to end; its supervisor sees to it")
