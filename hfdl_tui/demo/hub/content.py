"""Bytes that the pretend Hub serves: from memory, from disk, or made up from a seed."""

import functools
import hashlib
import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from typing_extensions import override

PIECE_BYTES = 1 << 20

# A made-up file is a walk of 1 MiB blocks over this pool. The pool's start count is prime, so
# every block of a file begins somewhere else and a misplaced range never matches by chance.
_POOL_STARTS = 8_388_593
_BLOCK_BYTES = 1 << 20
_STRIDE = 3_145_739


class Content(ABC):
    """One file's bytes, addressable by range and hashed at most once."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._hashing = threading.Lock()
        self._digests: dict[str, str] = {}

    @abstractmethod
    def pieces(self, start: int, length: int) -> Iterator[memoryview]:
        """Yield `length` bytes from `start` on, at most 1 MiB at a time."""

    def read(self, start: int, length: int) -> bytes:
        return b"".join(self.pieces(start, length))

    def sha256(self) -> str:
        """Tell the digest by which the Hub names LFS files."""
        return self._digest("sha256", b"")

    def git_sha1(self) -> str:
        """Tell the git blob id by which the Hub names regular files."""
        return self._digest("sha1", b"blob %d\0" % self.size)

    def _digest(self, algorithm: str, prefix: bytes) -> str:
        with self._hashing:
            if algorithm not in self._digests:
                state = hashlib.new(algorithm, prefix, usedforsecurity=False)
                for piece in self.pieces(0, self.size):
                    state.update(piece)
                self._digests[algorithm] = state.hexdigest()
            return self._digests[algorithm]


class MemoryContent(Content):
    """Bytes held in memory."""

    def __init__(self, body: bytes) -> None:
        super().__init__(len(body))
        self._body = memoryview(body)

    @override
    def pieces(self, start: int, length: int) -> Iterator[memoryview]:
        end = min(start + length, self.size)
        for begin in range(start, end, PIECE_BYTES):
            yield self._body[begin : min(begin + PIECE_BYTES, end)]


class DiskContent(Content):
    """A file on disk, opened anew for each answer; it must not change while it is served."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.stat().st_size)
        self.path = path

    @override
    def pieces(self, start: int, length: int) -> Iterator[memoryview]:
        with self.path.open("rb", buffering=0) as file:
            file.seek(start)
            left = length
            while left > 0 and (piece := file.read(min(left, PIECE_BYTES))):
                left -= len(piece)
                yield memoryview(piece)


class GeneratedContent(Content):
    """Pseudo-random bytes of any size that only `seed` and `size` decide; nothing is stored."""

    def __init__(self, size: int, seed: int | str = 0) -> None:
        super().__init__(size)
        key = hashlib.blake2b(str(seed).encode(), digest_size=8).digest()
        self._first = int.from_bytes(key) % _POOL_STARTS

    @override
    def pieces(self, start: int, length: int) -> Iterator[memoryview]:
        pool = _pool()
        position, end = start, min(start + length, self.size)
        while position < end:
            block, inside = divmod(position, _BLOCK_BYTES)
            begin = (self._first + block * _STRIDE) % _POOL_STARTS + inside
            count = min(_BLOCK_BYTES - inside, end - position)
            yield pool[begin : begin + count]
            position += count


@functools.cache
def _pool() -> memoryview:
    # Not for secrets: the same bytes in every process are the point.
    return memoryview(random.Random("pretend hub").randbytes(_POOL_STARTS + _BLOCK_BYTES))  # noqa: S311


Source: TypeAlias = bytes | Path | Content


def to_content(source: Source) -> Content:
    match source:
        case Content():
            return source
        case Path():
            return DiskContent(source)
        case bytes():
            return MemoryContent(source)


def folder_sources(folder: Path) -> Mapping[str, Path]:
    """List every file below `folder` by its path relative to it, with forward slashes."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
