"""What is typed into the filter line, as a test of many paths at a time.

`train` is a part of a path in any case of letters, `*.json` or `/en/*.gz` a glob, `re:[0-9]{5}` a
regular expression; a `!` before any of them turns it around. A slash before it means the root.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hfdl_tui.dashboard.view.files.chunk_flags import (
    Flags,
    all_of,
    any_of,
    none_of,
    rarest_part,
)
from hfdl_tui.dashboard.view.files.glob_flags import glob_flags
from hfdl_tui.dashboard.view.files.path_table import Chunk
from hfdl_tui.dashboard.view.files.regex_guard import LONGEST_SEARCHED, checked_regex
from hfdl_tui.dashboard.view.files.regex_parts import needed_parts

_WILD: Final = re.compile(r"[*?\[]")
_TURNED: Final = bytes([1, 0])


class FilterKind(StrEnum):
    PART = "part of the name"
    GLOB = "glob"
    REGEX = "regex"


@dataclass(frozen=True, slots=True)
class TypedFilter:
    """`globs` are what a job would need to mean the same; empty when globs cannot say it.

    An inverted one means what these do not match.
    """

    text: str
    kind: FilterKind
    globs: tuple[str, ...]
    flags: Flags
    is_inverted: bool = False


def parse_filter(text: str) -> TypedFilter | None:
    """None for an empty one; UsageError for a regular expression that cannot be used."""
    wanted = text.strip()
    inverted = wanted.startswith("!")
    wanted = wanted.removeprefix("!").lstrip()
    if not wanted:
        return None
    kind, globs, flags = _read(wanted)
    if inverted:
        return TypedFilter(text, kind, globs, _inverted(flags), is_inverted=True)
    return TypedFilter(text, kind, globs, flags)


def _read(wanted: str) -> tuple[FilterKind, tuple[str, ...], Flags]:
    if wanted.startswith("re:"):
        return FilterKind.REGEX, (), _regex_flags(wanted.removeprefix("re:"))
    if wanted.startswith("/") or _WILD.search(wanted):
        globs = _globs(wanted)
        return FilterKind.GLOB, globs, any_of([glob_flags(glob) for glob in globs])
    return FilterKind.PART, (), _part_flags(wanted)


def _globs(wanted: str) -> tuple[str, ...]:
    """A glob without a slash before it may begin in any folder."""
    glob = wanted.replace("\\", "/")  # as in the filters of a job
    if not _WILD.search(glob) or glob.endswith("/"):
        glob += "*"
    if glob.startswith("/"):
        return (glob.lstrip("/"),)
    return (glob,) if glob.startswith("*") else (glob, f"*/{glob}")


def _part_flags(part: str) -> Flags:
    wanted = part.casefold()

    def flags(chunk: Chunk) -> bytes:
        if wanted in chunk.shared.casefold():
            return all_of(chunk)
        folded = chunk.text.casefold()
        if wanted not in folded:
            return none_of(chunk)
        return bytes([wanted in path for path in folded.split("\n")])

    return flags


def _regex_flags(pattern: str) -> Flags:
    """A path longer than anybody's passes none: searching it could take for ever."""
    search = checked_regex(pattern).search
    parts = needed_parts(pattern)

    def flags(chunk: Chunk) -> bytes:
        rarest = rarest_part(chunk, parts)
        if rarest is None:
            return none_of(chunk)
        return bytes(
            [
                rarest in path and len(path) <= LONGEST_SEARCHED and search(path) is not None
                for path in chunk.text.split("\n")
            ]
        )

    return flags


def _inverted(flags: Flags) -> Flags:
    return lambda chunk: flags(chunk).translate(_TURNED + bytes(254))
