"""How long one request waits for a Hub that is away or busy."""

import logging
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

logger = logging.getLogger(__name__)

# `"api";r=0;t=55`: no request is left in this window, which ends in 55 s.
_RATE_LIMIT: Final = re.compile(r'"\w+"\s*;\s*r=(\d{1,9})\s*;\s*t=(\d{1,9})')
_WHOLE_SECONDS: Final = re.compile(r"\d{1,9}")
_WORTH_TELLING_SECONDS: Final = 2.0


@dataclass(frozen=True)
class RetryPatience:
    """Bounds of waiting, in seconds; time and chance come in from outside.

    Where the Hub says how long to wait, that is slept and does not count as waiting in vain: its
    quotas are windows of 5 minutes, and a listing of a million files outlasts an anonymous one.
    """

    seconds: float = 120.0
    first_contact_seconds: float = 20.0  # until the Hub has answered once: its name may be wrong
    longest_asked_seconds: float = 310.0
    asked_waits: int = 3  # in a row, for one request
    first_delay_seconds: float = 0.5
    longest_delay_seconds: float = 15.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: random.Random = field(default_factory=random.Random)


class Waiting:
    """The waits of one request."""

    def __init__(self, patience: RetryPatience, *, had_contact: bool) -> None:
        self._patience = patience
        self._bound = patience.seconds if had_contact else patience.first_contact_seconds
        self._began = patience.clock()
        self._delays = 0
        self._asked_waits = 0

    def after_busy(self, reason: str, asked_seconds: float | None) -> bool:
        """Wait as the server asked; False, without waiting, when patience is at its end."""
        # An answer is contact enough.
        self._bound = self._patience.seconds
        if asked_seconds is None or self._asked_waits == self._patience.asked_waits:
            return self.after_fault(reason)
        if asked_seconds > self._patience.longest_asked_seconds:
            return False
        self._asked_waits += 1
        self._sleep(reason, asked_seconds)
        self._began += asked_seconds
        return True

    def after_fault(self, reason: str) -> bool:
        """Wait a little longer each time; False, without waiting, when patience is at its end."""
        ceiling = min(
            self._patience.longest_delay_seconds,
            self._patience.first_delay_seconds * 2.0 ** min(self._delays, 32),
        )
        # At least half: a delay of next to nothing would not let a server recover.
        delay = ceiling * self._patience.chance.uniform(0.5, 1.0)
        if self._patience.clock() + delay - self._began > self._bound:
            return False
        self._delays += 1
        self._sleep(reason, delay)
        return True

    def _sleep(self, reason: str, seconds: float) -> None:
        level = logging.WARNING if seconds >= _WORTH_TELLING_SECONDS else logging.INFO
        logger.log(level, "%s; trying again in %.0f s", reason, seconds)
        self._patience.sleep(seconds)


def asked_wait_seconds(headers: Mapping[str, str]) -> float | None:
    """How long a busy server asks us to wait; None when it does not say.

    The quota's headers stand on every answer and count only when nothing is left of it.
    """
    limit = _RATE_LIMIT.search(headers.get("RateLimit", ""))
    if limit and int(limit[1]) == 0:
        return float(limit[2]) + 1
    retry_after = headers.get("Retry-After", "").strip()
    return float(retry_after) if _WHOLE_SECONDS.fullmatch(retry_after) else None
