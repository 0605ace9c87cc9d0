"""Which Redis a command uses when it may use several."""

import logging
from dataclasses import dataclass, replace
from typing import Final, Protocol

from pydantic import SecretStr

from hfdl_core.embedded.home import ServerHome
from hfdl_core.embedded.local_redis import LocalRedis, meet
from hfdl_core.embedded.server import EmbeddedServer
from hfdl_core.errors import QueueError, QueueUnavailable
from hfdl_core.redis_target import RedisTarget

logger = logging.getLogger(__name__)

USUAL_REDIS: Final = RedisTarget()


class RedisSettings(Protocol):
    """What the choice needs of the settings."""

    @property
    def redis_username(self) -> str | None: ...

    @property
    def redis_password(self) -> SecretStr | None: ...

    def redis_target(self) -> RedisTarget | None: ...


@dataclass(frozen=True, slots=True)
class ChosenRedis:
    """Where the queue is."""

    target: RedisTarget
    line: str  # the first line of output: which one it is
    private: bool = False  # no other machine can reach it
    started_here: bool = False
    server: EmbeddedServer | None = None  # when it is hfdl's own


def choose_redis(
    settings: RedisSettings,
    *,
    may_start: bool,
    usual: RedisTarget = USUAL_REDIS,
    home: ServerHome | None = None,
) -> ChosenRedis:
    """The configured one; else the running own server; else the usual local one; else a new one.

    QueueUnavailable when none is there and none may be started.
    """
    configured = settings.redis_target()
    if configured is not None:
        return ChosenRedis(configured, configured.describe())
    running = EmbeddedServer.find(home)
    if running is not None:
        return _own(running)
    met = meet(replace(usual, username=settings.redis_username, password=settings.redis_password))
    if met is not None and not met.reason:
        return ChosenRedis(met.target, met.target.describe())
    if not may_start:
        raise QueueUnavailable(_nothing_here(met))
    started, started_here = EmbeddedServer.find_or_start(home)
    chosen = _own(started)
    line = f"{chosen.line}; {met.reason}" if met is not None else chosen.line
    return replace(chosen, line=line, started_here=started_here)


def linger(seconds: float, home: ServerHome | None = None) -> None:
    """Let the own server end so long after its last client; nothing to do when it has gone."""
    try:
        running = EmbeddedServer.find(home)
        if running is not None:
            running.linger(seconds)
    except QueueError as error:
        logger.info("the server was not asked to end soon: %s", error)


def _own(server: EmbeddedServer) -> ChosenRedis:
    return ChosenRedis(
        target=server.target(),
        line=server.describe(),
        private=server.listens() is None,
        server=server,
    )


def _nothing_here(met: LocalRedis | None) -> str:
    found = "no queue runs on this machine" if met is None else met.reason
    return f"{found}; start one with `hfdl get REPO` or `hfdl server`, or set HFDL_REDIS_URL"
