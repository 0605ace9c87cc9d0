"""A small honest collector that keeps its files in memory."""

import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from pydantic import SecretStr
from typing_extensions import override

from hfdl_core.collector.http_connection import Patience
from hfdl_core.collector.http_server import BlockServer
from hfdl_core.errors import BlockRefused, FileReopened
from hfdl_core.handover import Block, FileKey, Handover, Presence, Receipt
from hfdl_core.handover.http_client import HttpHandover
from hfdl_core.handover.http_way import Way
from hfdl_core.models import JobId, Token

JOB: Final = JobId("jobabcdefg12")
SECRET: Final = SecretStr("f00d" * 16)
GENERATION: Final = 3
FILE: Final = FileKey(JOB, 7, 2)
FILE_BYTES: Final = 10_000_000
LEASE_END: Final = 9_000_000
_PATIENCE: Final = Patience()


@dataclass
class MemoryHandover(Handover):
    """One file of zeros; `raises` is what every question meets when it is set."""

    content: bytearray = field(default_factory=lambda: bytearray(FILE_BYTES))
    received: set[tuple[int, int]] = field(default_factory=set)
    raises: Exception | None = None
    checking: bool = False
    calls: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @override
    def look(self, file: FileKey, begin: int, end: int) -> Presence:
        self._meet(file)
        self._check(begin, end)
        if self.checking:
            return Presence(checking=True, durable=begin, missing_end=begin)
        return Presence(checking=False, durable=min(self._end(begin), end), missing_end=end)

    @override
    def give(self, block: Block) -> Receipt:
        self._meet(block.file)
        self._check(block.begin, block.end)
        if zlib.crc32(block.data) != block.crc32:
            raise BlockRefused("a block was changed on its way")
        with self.lock:
            fresh = (block.begin, block.end) not in self.received
            self.received.add((block.begin, block.end))
            self.content[block.begin : block.end] = block.data
        return Receipt(len(block.data) if fresh else 0, self._end(block.since), LEASE_END)

    @override
    def durable(self, asked: Sequence[tuple[FileKey, int]]) -> list[int]:
        self._meet(FILE)
        return [self._end(position) if file == FILE else position for file, position in asked]

    def _meet(self, file: FileKey) -> None:
        self.calls += 1
        if self.raises is not None:
            raise self.raises
        if file != FILE:
            raise FileReopened("the file was reopened since")

    def _check(self, begin: int, end: int) -> None:
        if not 0 <= begin <= end <= len(self.content):
            raise BlockRefused(f"there are no bytes [{begin}, {end})")

    def _end(self, position: int) -> int:
        for begin, end in sorted(self.received):
            if begin <= position < end:
                position = end
        return position


def a_block(data: bytes = b"abcde", begin: int = 0, since: int = 0, file: FileKey = FILE) -> Block:
    return Block(file, begin, data, zlib.crc32(data), Token("worker-1/1"), since)


# For tests of cutting off: on a crowded machine honest clients may be as slow as this.
QUICK: Final = Patience(silence_seconds=1, head_seconds=2, body_seconds=2, linger_seconds=1)


def a_server(handover: Handover, port: int = 0, patience: Patience = _PATIENCE) -> BlockServer:
    return BlockServer(handover, JOB, GENERATION, SECRET, ("127.0.0.1", port), patience=patience)


@contextmanager
def a_client(
    *ports: int, generation: int = GENERATION, secret: SecretStr = SECRET, read_seconds: float = 30
) -> Iterator[HttpHandover]:
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    way = Way(connect_seconds=2, read_seconds=read_seconds)
    client = HttpHandover(JOB, generation, secret, urls, way)
    try:
        yield client
    finally:
        client.close()
