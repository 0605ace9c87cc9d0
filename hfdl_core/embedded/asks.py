"""What commands ask of the supervisor: words in a list that only this user's commands reach."""

from dataclasses import dataclass
from typing import Final

from hfdl_core.embedded.wire import Wire

# Not under hfdl:, where joined machines may write.
_LIST: Final = "embedded:asks"
_STOP: Final = "stop"
_LATE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Linger:
    """From now on, end this long after the last client has gone."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StopNow:
    """End, whoever is connected."""


Ask = Linger | StopNow


def ask(wire: Wire, what: Ask) -> None:
    wire.command("RPUSH", _LIST, _STOP if isinstance(what, StopNow) else str(what.seconds))


def next_ask(wire: Wire, wait_seconds: float) -> Ask | None:
    """None when nobody asks within the wait."""
    answer = wire.command(
        "BLPOP", _LIST, str(wait_seconds), patience_seconds=wait_seconds + _LATE_SECONDS
    )
    if not isinstance(answer, list):
        return None
    word = str(answer[1])
    return StopNow() if word == _STOP else Linger(float(word))


def forget_old_asks(wire: Wire) -> None:
    """The list outlives a server that was killed; what it asked for is over."""
    wire.command("DEL", _LIST)
