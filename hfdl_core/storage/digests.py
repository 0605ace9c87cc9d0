"""The digests by which the Hub names content, computed as bytes pass by.

LFS files are named by their sha256; regular files by git's blob id, the sha1 of
"blob", a space, the size, a NUL and the content.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Final, Protocol

SHA256_HEX_DIGITS: Final = 64
GIT_SHA1_HEX_DIGITS: Final = 40
READ_BYTES: Final = 1 << 20
_DIGEST: Final = re.compile(f"[0-9a-f]{{{GIT_SHA1_HEX_DIGITS}}}|[0-9a-f]{{{SHA256_HEX_DIGITS}}}")

# Called with the number of bytes hashed so far; what it raises ends the reading.
OnRead = Callable[[int], None]


class ContentHash(Protocol):
    def update(self, data: bytes | bytearray | memoryview, /) -> None: ...
    def hexdigest(self) -> str: ...


def is_digest(text: str) -> bool:
    return _DIGEST.fullmatch(text) is not None


def new_hash(digest: str, size: int) -> ContentHash:
    """A hash of the kind of `digest`, for content of `size` bytes."""
    if len(digest) == SHA256_HEX_DIGITS:
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)


def hash_prefix(descriptor: int, into: ContentHash, size: int, on_read: OnRead) -> int:
    """Feed the file's bytes [0, size) to the hash; returns how many there were."""
    block = bytearray(READ_BYTES)
    view = memoryview(block)
    position = 0
    with open(descriptor, "rb", buffering=0, closefd=False) as file:
        file.seek(0)
        while position < size:
            count = file.readinto(view[: min(READ_BYTES, size - position)])
            if not count:
                break
            into.update(view[:count])
            position += count
            on_read(position)
    return position


def pointer_blob_id(sha256: str, size: int) -> str:
    """The git blob id of an LFS file's pointer, by which a tree listing names the file."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
    blob = new_hash("", len(pointer))
    blob.update(pointer.encode())
    return blob.hexdigest()


def ignore_reading(_hashed: int) -> None:
    """For callers that do not follow the reading."""
