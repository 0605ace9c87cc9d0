"""Plan pages: the manifest, packed 256 files or so at a time."""

import zlib
from collections.abc import Sequence
from typing import Final

import msgpack

from hfdl_core.errors import PlanMismatch
from hfdl_core.models import RepoFile

KEPT_PAGES: Final = 32

PageName = tuple[str, int]  # epoch of the job's record, page


def pack_files(files: Sequence[RepoFile]) -> bytes:
    rows = [(file.path, file.size, bytes.fromhex(file.digest)) for file in files]
    # Paths may hold what is no UTF-8 (surrogates): they must come back as they went in.
    return zlib.compress(msgpack.packb(rows, unicode_errors="surrogatepass"))


def unpack_files(blob: bytes) -> tuple[RepoFile, ...]:
    """PlanMismatch when these bytes are no page of ours: Redis is input."""
    try:
        rows = msgpack.unpackb(zlib.decompress(blob), unicode_errors="surrogatepass")
        return tuple(RepoFile(path, size, digest.hex()) for path, size, digest in rows)
    except (zlib.error, ValueError, TypeError, AttributeError, msgpack.UnpackException) as error:
        raise PlanMismatch(
            f"a page of the plan cannot be read ({error}): make the job again with --replace"
        ) from error


def pack_sizes(files: Sequence[RepoFile]) -> bytes:
    """For the scripts, which must know the bytes of a batch's files themselves."""
    packed: bytes = msgpack.packb([file.size for file in files])
    return packed
