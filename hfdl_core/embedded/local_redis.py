"""Finds out whether a Redis on this machine may be used unasked."""

from dataclasses import dataclass
from typing import Final

from hfdl_core.embedded.wire import Refused, Wire
from hfdl_core.redis_target import RedisTarget

_PATIENCE_SECONDS: Final = 0.3
_OLDEST_MAJOR: Final = 7


@dataclass(frozen=True, slots=True)
class LocalRedis:
    """What was met; `reason` says why it cannot be used, empty when it can."""

    target: RedisTarget
    reason: str = ""


def meet(target: RedisTarget) -> LocalRedis | None:
    """None when nothing that speaks Redis answers in time."""
    try:
        with Wire((target.host, target.port), patience_seconds=_PATIENCE_SECONDS) as wire:
            return LocalRedis(target, _why_not(wire, target))
    except OSError:
        return None


def _why_not(wire: Wire, target: RedisTarget) -> str:
    where = target.describe()
    try:
        if target.password is not None:
            who = [target.username] if target.username else []
            wire.command("AUTH", *who, target.password.get_secret_value())
        wire.command("PING")
        version = wire.facts("server")["redis_version"]
    except Refused as error:
        return _refusal(where, error)
    except KeyError:
        return f"{where} does not tell its version"
    if int(version.partition(".")[0]) < _OLDEST_MAJOR:
        return f"{where} is too old ({version}, {_OLDEST_MAJOR} is needed)"
    return ""


def _refusal(where: str, error: Refused) -> str:
    match error.code:
        case "LOADING":
            return ""  # it is there, and soon ready
        case "NOAUTH":
            return f"{where} wants a password (HFDL_REDIS_PASSWORD)"
        case "WRONGPASS" | "ERR":
            return f"{where} refuses this password (HFDL_REDIS_PASSWORD)"
        case _:
            return f"{where} refuses us ({error.code})"
