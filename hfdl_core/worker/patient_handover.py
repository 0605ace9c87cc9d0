"""Speaks with a job's collector for one lease, and waits out its hiccups."""

import logging
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from typing_extensions import override

from hfdl_core.errors import CollectorAway, CollectorMoved, QueueUnavailable
from hfdl_core.handover import Block, FileKey, Handover, Presence, Receipt
from hfdl_core.models import JobId
from hfdl_core.transfer import Cancel
from hfdl_core.worker.collectors import Collectors
from hfdl_core.worker.time_source import TimeSource

logger = logging.getLogger(__name__)

# The connection to the Hub stays open meanwhile: TCP holds the server back. Beyond this the lease
# goes back to the queue; the lease's own clock would stop it a little later anyway.
_PATIENCE_SECONDS: Final = 30.0
_FIRST_WAIT_SECONDS: Final = 0.1
_LONGEST_WAIT_SECONDS: Final = 2.0

Answer = TypeVar("Answer")


class PatientHandover(Handover):
    """Repeats what a collector that is away, restarted or moved did not answer."""

    def __init__(
        self, collectors: Collectors, job_id: JobId, cancel: Cancel, time: TimeSource
    ) -> None:
        self._collectors = collectors
        self._job_id = job_id
        self._cancel = cancel
        self._time = time

    @override
    def look(self, file: FileKey, begin: int, end: int) -> Presence:
        return self._ask(lambda collector: collector.look(file, begin, end))

    @override
    def give(self, block: Block) -> Receipt:
        return self._ask(lambda collector: collector.give(block))

    @override
    def durable(self, asked: Sequence[tuple[FileKey, int]]) -> list[int]:
        return self._ask(lambda collector: collector.durable(asked))

    def _ask(self, call: Callable[[Handover], Answer]) -> Answer:
        give_up_at = self._time.monotonic() + _PATIENCE_SECONDS
        wait = _FIRST_WAIT_SECONDS
        while True:
            try:
                return call(self._collectors.of(self._job_id))
            except (CollectorAway, CollectorMoved, QueueUnavailable) as error:
                self._collectors.forget(self._job_id)
                if self._time.monotonic() >= give_up_at:
                    raise CollectorAway(str(error)) from error
                logger.info("%s; asks again", error)
            self._cancel.wait(wait)
            self._cancel.check()
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
