"""Plan pages: the manifest, packed 256 files or so at a time, and those lately used."""

import threading
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import msgpack

from hfdl_core.errors import PlanMismatch
from hfdl_core.models import RepoFile

_KEPT_PAGES: Final = 32

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


class PageCache:
    """The pages used last; a page never changes while its job's record lives."""

    def __init__(self) -> None:
        self._pages: OrderedDict[PageName, tuple[RepoFile, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: PageName) -> tuple[RepoFile, ...] | None:
        with self._lock:
            if name in self._pages:
                self._pages.move_to_end(name)
            return self._pages.get(name)

    def keep(self, name: PageName, files: tuple[RepoFile, ...]) -> None:
        with self._lock:
            self._pages[name] = files
            while len(self._pages) > _KEPT_PAGES:
                self._pages.popitem(last=False)
