"""Faults on demand: rules that say which answers go wrong, when, and in which way."""

import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, Literal, TypeAlias
from urllib.parse import unquote

from pydantic import Field

from hfdl_tui.demo.hub.exchange import Request, Role, Span


@dataclass(frozen=True, slots=True)
class Status:
    """Answer with another status instead."""

    code: int
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "injected fault"
    kind: Literal["status"] = "status"


@dataclass(frozen=True, slots=True)
class Cut:
    """Reset the connection after `after` body bytes."""

    after: int
    kind: Literal["cut"] = "cut"


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection politely after `after` body bytes, though more were announced."""

    after: int
    kind: Literal["close"] = "close"


@dataclass(frozen=True, slots=True)
class ShortBody:
    """Announce and send only the first `length` bytes of what was asked for."""

    length: int
    kind: Literal["short_body"] = "short_body"


@dataclass(frozen=True, slots=True)
class Corrupt:
    """Flip `length` bytes at `offset` of the file, or the body's first ones without an offset.

    With an offset the rule is only for answers that carry that byte.
    """

    offset: int | None = None
    length: int = 1
    kind: Literal["corrupt"] = "corrupt"


@dataclass(frozen=True, slots=True)
class Stall:
    """Send nothing for `seconds` once `after` body bytes are out, then go on."""

    seconds: float
    after: int = 0
    kind: Literal["stall"] = "stall"


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait `seconds` before answering."""

    seconds: float
    kind: Literal["delay"] = "delay"


@dataclass(frozen=True, slots=True)
class Drop:
    """Reset the connection without an answer."""

    kind: Literal["drop"] = "drop"


@dataclass(frozen=True, slots=True)
class IgnoreRange:
    """Answer 200 with the whole file, as if no range had been asked for."""

    kind: Literal["ignore_range"] = "ignore_range"


@dataclass(frozen=True, slots=True)
class WrongContentRange:
    """Let Content-Range claim a range that begins `shift` bytes later than the one sent."""

    shift: int = 1
    kind: Literal["wrong_content_range"] = "wrong_content_range"


Action: TypeAlias = Annotated[
    Status
    | Cut
    | Close
    | ShortBody
    | Corrupt
    | Stall
    | Delay
    | Drop
    | IgnoreRange
    | WrongContentRange,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule: `action` befalls the requests that match every other field.

    `path` is a glob over the decoded URL path or the file's path in its repo. The rule sleeps
    until its `first` matching request (1 is the next one), then fires at most `times` times
    (None: for ever), each time with `probability`.
    """

    action: Action
    role: Role | None = None
    method: str | None = None
    path: str = "*"
    client: str | None = None
    first: int = 1
    times: int | None = None
    probability: float = 1.0


@dataclass(slots=True)
class _Armed:
    fault: Fault
    chance: random.Random
    seen: int = 0
    fired: int = 0

    def fires(self, request: Request, span: Span) -> bool:
        fault = self.fault
        if not _matches(fault, request) or not _reaches(fault.action, span):
            return False
        self.seen += 1
        spent = fault.times is not None and self.fired >= fault.times
        if self.seen < fault.first or spent or self.chance.random() >= fault.probability:
            return False
        self.fired += 1
        return True


class FaultBook:
    """The rules in force; may be changed from any thread while the Hub runs."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._lock = threading.Lock()
        self._armed: dict[int, _Armed] = {}
        self._added = 0

    def add(self, fault: Fault) -> int:
        """Put a rule in force and return the number by which it is removed."""
        with self._lock:
            self._added += 1
            # Not for secrets: the same seed gives the same faults again.
            chance = random.Random(f"{self._seed}:{self._added}")  # noqa: S311
            self._armed[self._added] = _Armed(fault, chance)
            return self._added

    def remove(self, number: int) -> None:
        with self._lock:
            self._armed.pop(number, None)

    def clear(self) -> None:
        with self._lock:
            self._armed.clear()

    def fired(self, number: int) -> int:
        """Tell how often a rule in force has fired; 0 once it was removed."""
        with self._lock:
            armed = self._armed.get(number)
            return armed.fired if armed else 0

    def in_force(self) -> dict[int, Fault]:
        with self._lock:
            return {number: armed.fault for number, armed in self._armed.items()}

    def strike(self, request: Request, span: Span) -> Sequence[Action]:
        """Count a request against every rule and return what befalls it, in rule order."""
        with self._lock:
            return [
                armed.fault.action for armed in self._armed.values() if armed.fires(request, span)
            ]


def _matches(fault: Fault, request: Request) -> bool:
    names = (unquote(request.path), request.file)
    return (
        fault.role in {None, request.role}
        and fault.method in {None, request.method}
        and fault.client in {None, request.client}
        and any(fnmatchcase(name, fault.path) for name in names)
    )


def _reaches(action: Action, span: Span) -> bool:
    match action:
        case Corrupt(offset=None):
            return span.length > 0
        case Corrupt(offset=int(offset)):
            return span.start <= offset < span.end
        case _:
            return True
