"""hfdl's own Redis-compatible server, one per user and machine, and the choice of which to use.

The names load when they are first used: the server's supervisor runs in this package and must
start without the weight of what its clients need.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hfdl_core.embedded.choice import ChosenRedis, choose_redis, linger
    from hfdl_core.embedded.foreground import serve_foreground
    from hfdl_core.embedded.home import ServerHome
    from hfdl_core.embedded.listening import DEFAULT_LISTEN, JoinLine, ListenAddress
    from hfdl_core.embedded.server import EmbeddedServer

__all__ = [
    "DEFAULT_LISTEN",
    "ChosenRedis",
    "EmbeddedServer",
    "JoinLine",
    "ListenAddress",
    "ServerHome",
    "choose_redis",
    "linger",
    "serve_foreground",
]

_HOMES = {
    "DEFAULT_LISTEN": "listening",
    "ChosenRedis": "choice",
    "EmbeddedServer": "server",
    "JoinLine": "listening",
    "ListenAddress": "listening",
    "ServerHome": "home",
    "choose_redis": "choice",
    "linger": "choice",
    "serve_foreground": "foreground",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
