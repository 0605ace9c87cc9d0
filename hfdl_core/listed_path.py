"""Which paths of a listing may become files below an output directory."""

import re
import unicodedata
from typing import Final

from hfdl_core.errors import UnsafePath

# NAME_MAX and PATH_MAX of Linux; a system that allows less says so itself.
_LONGEST_NAME_BYTES: Final = 255
_LONGEST_PATH_BYTES: Final = 4096

_PRINTABLE_ASCII: Final = re.compile(r"[ -\[\]-~]*")  # without the backslash
_DOWNLOAD_RECORDS: Final = frozenset({(".cache", "hfdl"), (".cache", "huggingface")})


def check_listed_path(path: str) -> tuple[str, ...]:
    """The directories and the name of a listed file; UnsafePath when it could lead anywhere else.

    Names that only Windows reserves (CON, aux.txt, C:, a trailing dot or space) are allowed: hfdl
    runs on Linux and macOS, where they are ordinary names, and real repos hold them.
    """
    parts = tuple(path.split("/"))
    if fault := _fault_of_letters(path) or _fault_of_parts(path, parts):
        raise UnsafePath(f"{path[:200]!r}: {fault}")
    return parts


def check_wanted_path(path: str) -> tuple[str, ...]:
    """The same for a file that shall be downloaded; UnsafePath, too, where it could do harm.

    Repos do hold such files (somebody committed the records of a download), so a listing with
    them is not broken, and a user can leave them out.
    """
    parts = check_listed_path(path)
    # Some filesystems take upper and lower case for the same.
    folded = tuple(part.casefold() for part in parts)
    if folded[:2] in _DOWNLOAD_RECORDS or folded == (".cache",):
        raise UnsafePath(f"{path[:200]!r}: downloads keep their own records there")
    if ".git" in folded:
        # Hooks or settings that the next `git` command would run.
        raise UnsafePath(f"{path[:200]!r}: it lies inside a .git directory")
    return parts


def _fault_of_letters(path: str) -> str:
    if _PRINTABLE_ASCII.fullmatch(path):
        return ""
    if "\\" in path:
        return "the path holds a backslash"
    # A NUL ends a path early; the others could steer the terminal that shows the name.
    if any(unicodedata.category(letter) == "Cc" for letter in path):
        return "the path holds a control character"
    try:
        path.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can carry
        return "the path is not valid Unicode"
    return ""


def _fault_of_parts(path: str, parts: tuple[str, ...]) -> str:
    if not path:
        return "the path is empty"
    if path.startswith("/"):
        return "the path is absolute"
    if len(path.encode()) > _LONGEST_PATH_BYTES:
        return "the path is too long"
    for part in parts:
        if part in {"", ".", ".."}:
            return f"the path has {part!r} as a component"
        if len(part.encode()) > _LONGEST_NAME_BYTES:
            return "a name in the path is too long"
    return ""
