"""Hands a lease's bytes over to the collector, block by block, while more of them arrive."""

from collections import deque
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
    """Threads on which blocks go over, as many as are on their way at once, and their buffers.

    Buffers are used again: large ones that are made and thrown away cost more than the copying.
    """

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(_MOST_SENDERS, "handover")
        self._buffers: deque[bytearray] = deque()

    def borrow(self) -> bytearray:
        """Of one block's length; its content is anybody's."""
        try:
            return self._buffers.pop()
        except IndexError:
            return bytearray(BLOCK_BYTES)

    def give_back(self, buffer: bytearray) -> None:
        self._buffers.append(buffer)

    def close(self) -> None:
        """Nothing may be on its way that its lease still waits for."""
        self.pool.shutdown(wait=False, cancel_futures=True)


class Giver:
    """Gives blocks of one lease and notes on it what the receipts tell."""

    def __init__(self, handover: Handover, file: FileKey, lease: Lease) -> None:
        self._handover = handover
        self._file = file
        self._lease = lease

    def give(self, begin: int, data: memoryview) -> None:
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
        senders: Senders,
        *,
        is_local: bool,
        keeps_whole: bool,
    ) -> None:
        """To a collector in this process the thread that fetches hands each block over itself."""
        self._giver = giver
        self._lease = lease
        self._time = time
        self._senders = senders
        self._is_local = is_local
        self._keeps_whole = keeps_whole
        self._filling = senders.borrow()
        self._filled = 0
        self._begun_at = 0.0
        self._on_its_way: Future[None] | None = None
        self.position = begin

    def write(self, received: bytes) -> None:
        rest = memoryview(received)
        while rest:
            if not self._filled:
                self._begun_at = self._time.monotonic()
            part = rest[: BLOCK_BYTES - self._filled]
            self._filling[self._filled : self._filled + len(part)] = part
            self._filled += len(part)
            self.position += len(part)
            rest = rest[len(part) :]
            age = self._time.monotonic() - self._begun_at
            if self._filled == BLOCK_BYTES or age >= self._oldest_seconds():
                self._send()
        self._lease.bytes_written = self.position

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
        self._senders.give_back(self._filling)

    def _send(self) -> None:
        self._wait_for_the_last()
        if not self._filled:
            return
        begin, size, self._filled = self.position - self._filled, self._filled, 0
        if self._is_local:
            self._giver.give(begin, memoryview(self._filling)[:size])
            return
        full, self._filling = self._filling, self._senders.borrow()
        self._on_its_way = self._senders.pool.submit(self._give, begin, full, size)

    def _give(self, begin: int, buffer: bytearray, size: int) -> None:
        self._giver.give(begin, memoryview(buffer)[:size])
        self._senders.give_back(buffer)

    def _wait_for_the_last(self) -> None:
        if self._on_its_way is not None:
            last, self._on_its_way = self._on_its_way, None
            last.result()
