"""The Redis in use: found or started, checked, and told of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hfdl_core.embedded import choose_redis, linger
from hfdl_core.queue import RedisClient
from hfdl_core.settings import Settings

if TYPE_CHECKING:
    from hfdl_core.embedded import EmbeddedServer

# Another command may be on its way to the same server, so it does not go with the last client.
_LINGER_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class OpenQueue:
    """The queue in use, and what to tell people about it."""

    client: RedisClient
    line: str
    private: bool  # no other machine can reach it
    started_here: bool
    warnings: tuple[str, ...] = ()  # about this server; told after the line
    own: "EmbeddedServer | None" = None  # when it is hfdl's own


@contextmanager
def open_queue(
    settings: Settings, *, may_start: bool, is_brief: bool = False
) -> Iterator[OpenQueue]:
    """Find or start the Redis to use and check it; QueueUnavailable or QueueRefused otherwise.

    `is_brief` is for screens: a Redis that is away is told of at once, not after repeats.
    A server that this call started goes soon after the block when nobody else uses it.
    """
    chosen = choose_redis(settings, may_start=may_start)
    try:
        with RedisClient(chosen.target, client_name="hfdl") as client:
            if is_brief:
                client.be_brief()
            client.ping()
            warnings = client.check_server().warnings
            yield OpenQueue(
                client, chosen.line, chosen.private, chosen.started_here, warnings, chosen.server
            )
    finally:
        if chosen.started_here:
            linger(_LINGER_SECONDS)
