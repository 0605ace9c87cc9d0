"""Finds a page of the completed files in the bitmap without reading all of it."""

from hfdl_core.models import JobId
from hfdl_core.queue.connection import Connection
from hfdl_core.queue.keys import job_key

_BLOCK_BYTES = 4096
_BITS = 8


def completed_files(connection: Connection, job_id: JobId, offset: int, limit: int) -> list[int]:
    """File indexes of the completed files number `offset` and up, in file order."""
    done = job_key(job_id, "done")
    length = int(connection.command("STRLEN", done))
    starts = range(0, length, _BLOCK_BYTES)
    counts = connection.commands(
        [("BITCOUNT", done, start, start + _BLOCK_BYTES - 1) for start in starts]
    )
    found: list[int] = []
    before = 0
    for start, count in zip(starts, counts, strict=True):
        if before + count > offset and len(found) < limit:
            block = connection.command("GETRANGE", done, start, start + _BLOCK_BYTES - 1)
            bits = _set_bits(block, start * _BITS)
            skip = max(0, offset - before)
            found += bits[skip : skip + limit - len(found)]
        before += count
    return found


def _set_bits(block: bytes, first: int) -> list[int]:
    return [
        first + octet * _BITS + bit
        for octet, value in enumerate(block)
        if value
        for bit in range(_BITS)
        if value & (0x80 >> bit)
    ]
