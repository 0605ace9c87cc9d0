"""Asks the queue again and again while it is away, until the collector ends."""

import logging
import threading
from collections.abc import Callable
from typing import Final, TypeVar

from hfdl_core.errors import (
    CollectorAway,
    HfdlError,
    QueueEmptied,
    QueueError,
    QueueRolledBack,
    UnknownJob,
)

logger = logging.getLogger(__name__)

_FIRST_SECONDS: Final = 0.5
_LONGEST_SECONDS: Final = 5.0

Answer = TypeVar("Answer")


class Patience:
    """Calls are safe to repeat; a queue that was emptied is filled by the collector itself."""

    def __init__(
        self,
        ended: threading.Event,
        rolled_back: Callable[[], None],
        emptied: Callable[[], object] | None = None,
    ) -> None:
        """`emptied` fills the queue, for the thread whose duty that is; the others wait for it."""
        self._ended = ended
        self._rolled_back = rolled_back
        self._emptied = emptied

    def until_answered(self, call: Callable[[], Answer]) -> Answer:
        """The call's answer; CollectorAway when the collector ends before there is one."""
        seconds = _FIRST_SECONDS
        while True:
            try:
                return call()
            except QueueRolledBack as error:
                logger.warning("%s", error)
                self._rolled_back()
            except (QueueError, UnknownJob) as error:
                logger.info("asks again: %s", error)
                self._fill(error)
            if self._ended.wait(seconds):
                raise CollectorAway("the collector ends; run the same command to go on")
            seconds = min(seconds * 2, _LONGEST_SECONDS)

    def _fill(self, error: HfdlError) -> None:
        if self._emptied is not None and isinstance(error, (QueueEmptied, UnknownJob)):
            self._emptied()
