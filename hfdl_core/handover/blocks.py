"""The questions a worker asks the collector, whether over the network or within one process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from hfdl_core.models import JobId, Token

# A block is sent when it is this long or its first byte this old, whichever comes first; the
# collector takes blocks up to the larger size.
BLOCK_BYTES: Final = 1 << 20
MOST_BLOCK_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class FileKey:
    """One file of a job in one of its generations: bytes of an older one are refused."""

    job_id: JobId
    file_index: int
    generation: int


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive bytes of a file, from `begin` on.

    Over a network they go with the CRC-32 that they had before; within one process without.
    """

    file: FileKey
    begin: int
    data: bytes | bytearray | memoryview
    crc32: int | None
    token: Token  # of the lease under which they were fetched
    since: int  # where this lease's bytes begin that are not known to be durable

    @property
    def end(self) -> int:
        return self.begin + len(self.data)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the collector has of a file after a block."""

    received: int  # bytes of the block that were new; the others were there and were thrown away
    durable: int  # every byte in [since, durable) is on the collector's disk
    lease_end: int | None  # where the lease ends now; None when it is lost or not known


@dataclass(frozen=True, slots=True)
class Presence:
    """What the collector has of a file before a byte is fetched."""

    checking: bool  # a file of this name is being hashed: ask again in a second
    durable: int  # every byte in [begin, durable) is on the collector's disk
    missing_end: int  # and [durable, missing_end) is missing; equal when nothing asked for is


class Handover(Protocol):
    """Safe to use from several threads at once; every call may be repeated.

    Each raises CollectorError leaves: CollectorAway, CollectorMoved, CollectorFull, FileReopened,
    BlockRefused; and DigestMismatch for a file that came whole in one block and is not the listed
    one.
    """

    def look(self, file: FileKey, begin: int, end: int) -> Presence:
        """What of [begin, end) is there already."""
        ...

    def give(self, block: Block) -> Receipt:
        """Hand over a block; what is there already is never overwritten.

        Whoever takes it compares the CRC-32 (BlockRefused), and keeps no view of the bytes: their
        buffer is used again as soon as this returns.
        """
        ...

    def durable(self, asked: Sequence[tuple[FileKey, int]]) -> list[int]:
        """For each file and position: the end of the durable bytes that begin there.

        Also asks for a sync, so that a second question soon after has a better answer. A file of
        an older generation answers its position.
        """
        ...
