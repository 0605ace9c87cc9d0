"""Talks to a queue that may be away: the same call again until it is answered."""

import logging
import random
from collections.abc import Callable
from typing import Final, TypeVar

from hfdl_core.errors import QueueRefused, QueueRolledBack, QueueUnavailable
from hfdl_core.worker.ended import RecentlyEnded
from hfdl_core.worker.time_source import Stop

logger = logging.getLogger(__name__)

_FIRST_DELAY_SECONDS = 0.5
_LONGEST_DELAY_SECONDS = 15.0
_LONGEST_DELAY_WHEN_STOPPING = 1.0
_TRIES_WHEN_STOPPING = 5
FOR_EVER: Final = 1 << 62

Answer = TypeVar("Answer")


def reconnect_delays(chance: random.Random) -> Callable[[], float]:
    """Seconds to wait before each next try: 0.5 doubling to 15, with jitter, for ever."""
    delay = _FIRST_DELAY_SECONDS

    def following() -> float:
        nonlocal delay
        current, delay = delay, min(delay * 2, _LONGEST_DELAY_SECONDS)
        return current * chance.uniform(0.5, 1.0)

    return following


class Reconnect:
    """Repeats replay-safe calls while Redis is away; gives up only when the worker must end."""

    def __init__(self, stop: Stop, ended: RecentlyEnded, chance: random.Random) -> None:
        self._stop = stop
        self._ended = ended
        self._chance = chance
        self.away_reason = ""  # empty while Redis answers

    def until_answered(
        self, call: Callable[[], Answer], *, most_refusals: int = FOR_EVER
    ) -> Answer:
        """The call's answer; QueueUnavailable only once the worker is stopping.

        A server that answers and refuses may do so because of this one job: QueueRefused is
        raised after more than `most_refusals`. A rollback of Redis is reported once by the queue
        and means nothing for the move itself: moves are replay-safe and are simply sent again.
        """
        next_delay = reconnect_delays(self._chance)
        tries_left, refusals_left = _TRIES_WHEN_STOPPING, most_refusals
        while True:
            try:
                answer = call()
            except QueueRolledBack as error:
                self.rolled_back(error)
            except (QueueUnavailable, QueueRefused) as error:
                self._note(str(error))
                tries_left -= self._stop.is_asked
                refusals_left -= isinstance(error, QueueRefused)
                if tries_left <= 0 or refusals_left < 0 or self._stop.is_asked_now:
                    raise
            else:
                self.answered()
                return answer
            self._pause(next_delay())

    def rolled_back(self, error: QueueRolledBack) -> None:
        """Redis lost its last moments: say again what this worker told it in them."""
        logger.warning("%s; says its last endings again", error)
        self._ended.say_again()

    def answered(self) -> None:
        if self.away_reason:
            logger.info("redis answers again")
            self.away_reason = ""

    def _pause(self, seconds: float) -> None:
        if self._stop.is_asked:
            self._stop.wait_now(min(seconds, _LONGEST_DELAY_WHEN_STOPPING))
        else:
            self._stop.wait(seconds)

    def _note(self, reason: str) -> None:
        if not self.away_reason:
            logger.warning("redis is away, trying again until it is back: %s", reason)
        self.away_reason = reason
