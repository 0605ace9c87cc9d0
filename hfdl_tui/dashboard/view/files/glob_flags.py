"""Tests paths against a glob, thousands at a time, mostly without a regular expression."""

import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from typing import Final

# Whether each of the lines of a text passes, as bytes of 0 and 1.
Flags = Callable[[str], bytes]
_LinesFlags = Callable[[Sequence[str]], bytes]

_UP_TO_A_WILDCARD: Final = re.compile(r"[^*?\[]*")
_ON: Final = b"\1"


def globs_flags(globs: Sequence[str]) -> Flags:
    """A line passes that matches one of them, as a whole, as in the filters of a job."""
    first, *others = [_glob_flags(glob) for glob in globs]
    if not others:
        return first

    def flags(text: str) -> bytes:
        found = int.from_bytes(first(text), "little")
        for other in others:
            found |= int.from_bytes(other(text), "little")
        return found.to_bytes(_lines(text), "little")

    return flags


def _glob_flags(glob: str) -> Flags:
    has_stars_only = "?" not in glob and "[" not in glob
    pieces = re.split(r"\*+", glob) if has_stars_only else []
    if len(pieces) == 2 and not pieces[0]:  # noqa: PLR2004 - what is before the star and after
        return _suffix_flags(pieces[1])
    lines_flags = _pieces_flags(pieces) if pieces else _regex_flags(glob)
    found = _UP_TO_A_WILDCARD.match(glob)
    head = found[0] if found else ""
    needed = max(pieces or [head], key=len)

    def flags(text: str) -> bytes:
        may_begin = text.startswith(head) or f"\n{head}" in text
        if not may_begin or needed not in text:
            return bytes(_lines(text))
        return lines_flags(text.split("\n"))

    return flags


def _suffix_flags(suffix: str) -> Flags:
    """Often all files of a folder have it, or none."""

    def flags(text: str) -> bytes:
        lines = _lines(text)
        found = text.count(f"{suffix}\n") + text.endswith(suffix)
        if found in {0, lines}:
            return (_ON if found else b"\0") * lines
        return bytes([line.endswith(suffix) for line in text.split("\n")])

    return flags


def _regex_flags(glob: str) -> _LinesFlags:
    match = re.compile(translate(glob)).match
    return lambda lines: bytes([match(line) is not None for line in lines])


def _pieces_flags(pieces: Sequence[str]) -> _LinesFlags:
    """For what stands between stars; the first place where a piece is found is always the best."""
    match pieces:
        case [whole]:
            return lambda lines: bytes([line == whole for line in lines])
        case [head, tail]:
            length = len(head)
            return lambda lines: bytes(
                [line.startswith(head) and line.endswith(tail, length) for line in lines]
            )
        case ["", part, ""]:
            return lambda lines: bytes([part in line for line in lines])
        case ["", part, then, ""]:
            length = len(part)
            return lambda lines: bytes(
                [
                    (at := line.find(part)) >= 0 and line.find(then, at + length) >= 0
                    for line in lines
                ]
            )
        case [head, *parts, tail]:
            return lambda lines: bytes([_passes(line, head, parts, tail) for line in lines])
        case _:
            return lambda lines: bytes(len(lines))


def _passes(line: str, head: str, parts: Sequence[str], tail: str) -> bool:
    if not line.startswith(head):
        return False
    at = len(head)
    for part in parts:
        at = line.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return line.endswith(tail, at)


def _lines(text: str) -> int:
    return text.count("\n") + 1
