"""Hands a lease's bytes over to the collector, block by block, while more of them arrive."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from hfdl_core.handover import Block, FileKey, Handover
from hfdl_core.handover.blocks import BLOCK_BYTES
from hfdl_core.worker.lease import Lease
from hfdl_core.worker.time_source import TimeSource

# A slow line's block is not kept back longer: what is handed over is safe from this machine's end.
_OLDEST_SECONDS: Final = 1.0
# When nothing waits any more, thieves share what is left: they shall see how far it is.
_OLDEST_TAIL_SECONDS: Final = 0.3
_MOST_SENDERS: Final = 1024


class Senders:
    """Threads on which blocks go over; as many as there are blocks on their way at once."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(_MOST_SENDERS, "handover")

    def close(self) -> None:
        """Nothing may be on its way that its lease still waits for."""
        self.pool.shutdown(wait=False, cancel_futures=True)


class Giver:
    """Gives blocks of one lease and notes on it what the receipts tell."""

    def __init__(self, handover: Handover, file: FileKey, lease: Lease) -> None:
        self._handover = handover
        self._file = file
        self._lease = lease

    def give(self, begin: int, data: bytes) -> None:
        lease = self._lease
        since = lease.position
        receipt = self._handover.give(Block(self._file, begin, data, None, lease.task.token, since))
        lease.position = max(since, min(receipt.durable, lease.end))
        if receipt.lease_end is not None:
            lease.shrink(receipt.lease_end)


class BlockTarget:
    """For a collector elsewhere: one block fills while another one is on its way, no more.

    When the collector is slow or away for a while, `write` waits, and TCP makes the Hub wait.
    """

    def __init__(
        self,
        giver: Giver,
        begin: int,
        lease: Lease,
        time: TimeSource,
        pool: ThreadPoolExecutor | None,
        *,
        keeps_whole: bool,
    ) -> None:
        """Without a pool each block is handed over by the thread that fetches."""
        self._giver = giver
        self._lease = lease
        self._time = time
        self._pool = pool
        self._keeps_whole = keeps_whole
        self._pieces: list[bytes] = []
        self._filled = 0
        self._begun_at = 0.0
        self._on_its_way: Future[None] | None = None
        self.position = begin

    def write(self, received: bytes) -> None:
        if not self._pieces:
            self._begun_at = self._time.monotonic()
        self._pieces.append(received)
        self._filled += len(received)
        self.position += len(received)
        self._lease.bytes_written = self.position
        age = self._time.monotonic() - self._begun_at
        if self._filled >= BLOCK_BYTES or age >= self._oldest_seconds():
            self._send()

    def _oldest_seconds(self) -> float:
        if self._keeps_whole and self._lease.end == self._lease.task.end:
            return float("inf")
        return _OLDEST_TAIL_SECONDS if self._lease.is_hurried() else _OLDEST_SECONDS

    def pause(self) -> None:
        """More may take a while to come: what is there goes over now."""
        if not self._keeps_whole:
            self._send()

    def finish(self) -> None:
        """Return when everything is handed over; raises what kept it from being."""
        self._send()
        self._wait_for_the_last()

    def _send(self) -> None:
        self._wait_for_the_last()
        if self._pieces:
            block, begin = b"".join(self._pieces), self.position - self._filled
            self._pieces, self._filled = [], 0
            if self._pool is None:
                self._giver.give(begin, block)
            else:
                self._on_its_way = self._pool.submit(self._giver.give, begin, block)

    def _wait_for_the_last(self) -> None:
        if self._on_its_way is not None:
            last, self._on_its_way = self._on_its_way, None
            last.result()
