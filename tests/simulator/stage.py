"""The real server on which simulations play, and the clients that speak to it."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from hfdl_core.queue import RedisClient
from hfdl_core.redis_target import RedisTarget
from tests.redis_servers import Flavour, RedisServer, server_of


@dataclass(frozen=True, slots=True)
class Stage:
    """One server for many simulations, each with clients and a job of its own."""

    server: RedisServer
    socket: Path

    @contextmanager
    def clients(self) -> Iterator["ClientMaker"]:
        with ExitStack() as stack:
            yield ClientMaker(self.socket, stack)


@dataclass(frozen=True, slots=True)
class ClientMaker:
    socket: Path
    _closing: ExitStack

    def __call__(self, name: str) -> RedisClient:
        target = RedisTarget(unix_socket=self.socket)
        return self._closing.enter_context(RedisClient(target, client_name=name))


@contextmanager
def open_stage(flavour: Flavour = Flavour.VALKEY) -> Iterator[Stage]:
    """A unix socket saves a third of the time; its path must stay short."""
    with tempfile.TemporaryDirectory(prefix="hfdl-sim-") as directory:
        socket = Path(directory) / "s"
        with server_of(flavour, Path(directory), "--unixsocket", str(socket)) as server:
            yield Stage(server, socket)
