"""What is typed into the filter line, as a test of many paths at a time.

`train` is a part of a path in any case of letters, `*.json` or `/en/*.gz` a glob, `re:\\d{5}` a
regular expression; a `!` before any of them turns it around. A slash before it means the root.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import translate
from typing import Final

from hfdl_tui.dashboard.view.regex_guard import checked_regex

_WILD: Final = re.compile(r"[*?\[]")
_TURNED: Final = bytes([1, 0])

# Whether each of the lines of a text passes, as bytes of 0 and 1.
Flags = Callable[[str], bytes]
_LinesFlags = Callable[[Sequence[str]], bytes]


class FilterKind(StrEnum):
    PART = "part of the name"
    GLOB = "glob"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class TypedFilter:
    """`globs` are what a job would need to mean the same; empty when globs cannot say it."""

    text: str
    kind: FilterKind
    globs: tuple[str, ...]
    flags: Flags


def parse_filter(text: str) -> TypedFilter | None:
    """None for an empty one; UsageError for a regular expression that cannot be used."""
    wanted = text.strip()
    inverted = wanted.startswith("!")
    wanted = wanted.removeprefix("!").lstrip()
    if not wanted:
        return None
    if wanted.startswith("re:"):
        kind, globs, flags = FilterKind.REGEX, (), _regex_flags(wanted.removeprefix("re:"))
    elif wanted.startswith("/") or _WILD.search(wanted):
        globs = _globs(wanted)
        kind, flags = FilterKind.GLOB, _globs_flags(globs)
    else:
        kind, globs, flags = FilterKind.PART, (), _part_flags(wanted)
    if inverted:
        return TypedFilter(text, kind, (), _inverted(flags))
    return TypedFilter(text, kind, globs, flags)


def _globs(wanted: str) -> tuple[str, ...]:
    """A glob without a slash before it may begin in any folder."""
    glob = wanted.replace("\\", "/")  # as in the filters of a job
    if not _WILD.search(glob) or glob.endswith("/"):
        glob += "*"
    if glob.startswith("/"):
        return (glob.lstrip("/"),)
    return (glob,) if glob.startswith("*") else (glob, f"*/{glob}")


def _part_flags(part: str) -> Flags:
    wanted = part.lower()

    def flags(text: str) -> bytes:
        lowered = text.lower()
        if wanted not in lowered:
            return bytes(text.count("\n") + 1)
        return bytes([wanted in line for line in lowered.split("\n")])

    return flags


def _regex_flags(pattern: str) -> Flags:
    search = checked_regex(pattern).search
    return lambda text: bytes([search(line) is not None for line in text.split("\n")])


def _globs_flags(globs: Sequence[str]) -> Flags:
    """Most globs have one star or two: what stands around them is compared without a regex."""
    first, *others = [_glob_flags(glob) for glob in globs]
    if not others:
        return first

    def flags(text: str) -> bytes:
        found = int.from_bytes(first(text), "little")
        for other in others:
            found |= int.from_bytes(other(text), "little")
        return found.to_bytes(text.count("\n") + 1, "little")

    return flags


def _glob_flags(glob: str) -> Flags:
    needed = max(re.split(r"\*|\?|\[.*", glob), key=len)
    lines_flags = _quick_flags(glob) or _regex_lines_flags(glob)

    def flags(text: str) -> bytes:
        if needed not in text:
            return bytes(text.count("\n") + 1)
        return lines_flags(text.split("\n"))

    return flags


def _regex_lines_flags(glob: str) -> _LinesFlags:
    match = re.compile(translate(glob)).match
    return lambda lines: bytes([match(line) is not None for line in lines])


def _quick_flags(glob: str) -> _LinesFlags | None:
    """For `head*tail` and `*part*`; None for globs that need more thought."""
    if "?" in glob or "[" in glob:
        return None
    pieces = re.split(r"\*+", glob)
    match pieces:
        case [head, tail]:
            shortest = len(head) + len(tail)
            return lambda lines: bytes(
                [
                    line.endswith(tail) and line.startswith(head) and len(line) >= shortest
                    for line in lines
                ]
            )
        case ["", part, ""]:
            return lambda lines: bytes([part in line for line in lines])
        case _:
            return None


def _inverted(flags: Flags) -> Flags:
    return lambda text: flags(text).translate(_TURNED + bytes(254))
