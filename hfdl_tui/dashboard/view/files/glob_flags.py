"""Tests paths against a glob, hundreds at a time, mostly without a look at each of them."""

import re
from collections.abc import Callable, Sequence
from fnmatch import translate

from hfdl_tui.dashboard.view.files.chunk_flags import Flags, all_of, none_of, rarest_part
from hfdl_tui.dashboard.view.files.glob_pieces import (
    is_literal,
    length_of,
    literal_head,
    literal_parts,
    opening_regex,
    pieces_of,
    regex_of,
)
from hfdl_tui.dashboard.view.files.path_table import Chunk

# Flags of these paths; none passes without the part.
_PathsFlags = Callable[[Sequence[str], str], bytes]
# Flags of a chunk whose shared beginning matches all but the tail of a glob; the number says how
# many of its signs that has used up.
_TailFlags = Callable[[Chunk, int], bytes]


def glob_flags(glob: str) -> Flags:
    """A path passes that matches it, as a whole, as in the filters of a job.

    What all paths of a chunk begin with often decides, if not about the tail of the glob.
    """
    *opening, tail = pieces = pieces_of(glob)
    head, length = literal_head(pieces[0]), length_of(pieces[0])
    opens = re.compile(opening_regex(opening), re.DOTALL).match
    parts = [part for piece in pieces for part in literal_parts(piece)]
    tail_flags, paths_flags = _tail_flags(tail), _paths_flags(glob, pieces)

    def flags(chunk: Chunk) -> bytes:
        shared = chunk.shared
        if not shared.startswith(head) and not head.startswith(shared):
            return none_of(chunk)
        if opening and (opened := opens(shared)):
            return tail_flags(chunk, opened.end())
        if len(opening) == 1 and len(shared) >= length:
            return none_of(chunk)
        rarest = rarest_part(chunk, parts)
        return none_of(chunk) if rarest is None else paths_flags(chunk.text.split("\n"), rarest)

    return flags


def _tail_flags(tail: str) -> _TailFlags:
    """What was used already may not be used again: `ab*bc` does not match `abc`."""
    length = length_of(tail)
    if is_literal(tail):

        def literal(chunk: Chunk, used: int) -> bytes:
            """Often all files of a folder have it, or none."""
            found = chunk.text.count(f"{tail}\n") + chunk.text.endswith(tail)
            if not found:
                return none_of(chunk)
            if found == chunk.length and (not used or len(chunk.shared) >= used + length):
                return all_of(chunk)
            return bytes([path.endswith(tail, used) for path in chunk.text.split("\n")])

        return literal
    parts = literal_parts(tail)
    match = re.compile(translate(tail)).match

    def wild(chunk: Chunk, used: int) -> bytes:
        rarest = rarest_part(chunk, parts)
        if rarest is None:
            return none_of(chunk)
        return bytes(
            [
                rarest in path
                and (at := len(path) - length) >= used
                and match(path, at) is not None
                for path in chunk.text.split("\n")
            ]
        )

    return wild


def _paths_flags(glob: str, pieces: Sequence[str]) -> _PathsFlags:
    """Strings are searched much quicker without a regular expression."""
    match pieces:
        case ["", part, ""] if is_literal(part):
            return lambda paths, _: bytes([part in path for path in paths])
        case ["", part, then, ""] if is_literal(part + then):
            return lambda paths, rarest: bytes(
                [rarest in path and then in path.partition(part)[2] for path in paths]
            )
        case ["", part, tail] if is_literal(part + tail):
            length = len(tail)
            return lambda paths, rarest: bytes(
                [
                    rarest in path and path.endswith(tail) and part in path[:-length]
                    for path in paths
                ]
            )
        case ["", part, ""]:
            test = re.compile(regex_of(part), re.DOTALL).search
        case _:
            test = re.compile(translate(glob)).match
    return lambda paths, rarest: bytes(
        [rarest in path and test(path) is not None for path in paths]
    )
