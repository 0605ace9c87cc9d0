"""What the tests of a filter have in common: they look at a chunk of paths before each path."""

from collections.abc import Callable, Sequence
from typing import Final

from hfdl_tui.dashboard.view.files.path_table import Chunk

# Whether each of the paths of a chunk passes, as bytes of 0 and 1.
Flags = Callable[[Chunk], bytes]

_ON: Final = b"\1"
_SAMPLE: Final = 2000  # characters of a chunk that tell how often it holds a text


def all_of(chunk: Chunk) -> bytes:
    return _ON * chunk.length


def none_of(chunk: Chunk) -> bytes:
    return bytes(chunk.length)


def any_of(tests: Sequence[Flags]) -> Flags:
    """A path passes that passes one of them."""
    first, *others = tests
    if not others:
        return first

    def flags(chunk: Chunk) -> bytes:
        found = int.from_bytes(first(chunk), "little")
        for other in others:
            found |= int.from_bytes(other(chunk), "little")
        return found.to_bytes(chunk.length, "little")

    return flags


def rarest_part(chunk: Chunk, parts: Sequence[str]) -> str | None:
    """The one that tells most paths apart, "" without any; None when the chunk lacks one."""
    if not all(part in chunk.text for part in parts):
        return None
    return min(parts, key=lambda part: chunk.text.count(part, 0, _SAMPLE), default="")
