"""How long to wait after a failure, and when to stop trying; pure, with time and chance given."""

import random
import threading
from collections.abc import Callable
from typing import Final

from hfdl_core.errors import HfdlError, ServerBusy

# A server that asks for more is misconfigured or hostile; the Hub's own window is 300 s.
_LONGEST_ASKED_SECONDS: Final = 600.0


class RetryPolicy:
    """Exponential backoff with full jitter: a fleet that failed together does not return together.

    The n-th wait is anywhere between 0 and min(cap, first x 2^(n-1)) seconds.
    """

    def __init__(
        self, chance: random.Random, *, first_seconds: float = 2.0, cap_seconds: float = 120.0
    ) -> None:
        self._chance = chance
        self._first_seconds = first_seconds
        self._cap_seconds = cap_seconds

    def delay_before_retry(self, error: HfdlError, attempt: int) -> float | None:
        """Seconds to wait after this many attempts; None when trying again cannot help."""
        return self._backoff(attempt) if error.retryable else None

    def busy_delay(self, error: HfdlError, refusals: int) -> float:
        """Seconds to wait after this many refusals in a row: what the server asks, or backoff."""
        asked = error.retry_after_seconds if isinstance(error, ServerBusy) else None
        return min(asked, _LONGEST_ASKED_SECONDS) if asked else self._backoff(refusals)

    def _backoff(self, number: int) -> float:
        doublings = min(max(number, 1) - 1, 32)  # 2.0 ** 2000 is an OverflowError
        ceiling = min(self._cap_seconds, self._first_seconds * 2.0**doublings)
        return self._chance.uniform(0, ceiling)


class Breaker:
    """Opens when nothing works any more, so that a broken machine stops taking work.

    Five failures in a row without a byte open it for 60 s; then one more failure opens it again,
    and a success closes it. Files that are refused one by one are no fault of the machine's, but
    twenty-five in a row without a success look like one, and open it, too. Thread-safe.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        failures: int = 5,
        refusals: int = 25,
        open_seconds: float = 60.0,
    ) -> None:
        self._clock = clock
        self._failures = failures
        self._refusals = refusals
        self._open_seconds = open_seconds
        self._lock = threading.Lock()
        self._in_a_row = self._refused = 0
        self._open_until = float("-inf")
        # Of the last failure, in words and as HfdlError.cause; empty after a success. Not the error
        # itself: that holds on to all that stood on the stack.
        self.reason = ""
        self.cause = ""

    @property
    def is_open(self) -> bool:
        return self._clock() < self._open_until

    @property
    def failures_in_a_row(self) -> int:
        return self._in_a_row

    def failed(self, error: HfdlError) -> None:
        """A transfer ended without a byte, and not for the sake of its one file."""
        with self._lock:
            self._in_a_row += 1
            self._blame(error, opens=self._in_a_row >= self._failures)

    def refused(self, error: HfdlError) -> None:
        """A transfer ended without a byte, for the sake of its one file, as it seems."""
        with self._lock:
            self._refused += 1
            if self._refused >= self._refusals:
                self._refused = 0  # should they be bad files after all, some are got rid of
                self._blame(error, opens=True)

    def succeeded(self) -> None:
        with self._lock:
            self.reason = self.cause = ""
            self._in_a_row = self._refused = 0
            self._open_until = float("-inf")

    def _blame(self, error: HfdlError, *, opens: bool) -> None:
        self.reason, self.cause = str(error), error.cause
        if opens:
            self._open_until = self._clock() + self._open_seconds
