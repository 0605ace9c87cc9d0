"""What each ended lease's holder was told first, for judging repeats without asking the queue."""

from dataclasses import dataclass, field
from typing import Final

REMEMBERED_MS: Final = 600_000
_MARGIN_MS: Final = 1_000


@dataclass(frozen=True, slots=True)
class FirstEnding:
    verb: str
    attempt: int  # of a failure
    at_ms: float


@dataclass(slots=True)
class Endings:
    """By token; forgets everything when Redis went back in time, for the queue then does, too."""

    _by_token: dict[str, FirstEnding] = field(default_factory=dict)
    _is_complete: bool = True

    def note(self, token: str, verb: str, attempt: int, at_ms: float) -> None:
        self._by_token.setdefault(token, FirstEnding(verb, attempt, at_ms))

    def forget_all(self) -> None:
        """From now on a first answer that is not known here may still be known to the queue."""
        self._by_token.clear()
        self._is_complete = False

    def allowed(self, token: str, verb: str, now_ms: float) -> set[tuple[str, int]]:
        """The answers (outcome, attempt) that a repeat may get."""
        first = self._by_token.get(token)
        if first is None:
            return {("lost", 0)} if self._is_complete else _ANYTHING
        if first.verb != verb:
            return {("lost", 0)}
        already = ("already", first.attempt)
        is_sure = now_ms - first.at_ms < REMEMBERED_MS - _MARGIN_MS
        return {already} if is_sure else {already, ("lost", 0)}


_ANYTHING: Final = {("lost", 0), *(("already", attempt) for attempt in range(100))}
