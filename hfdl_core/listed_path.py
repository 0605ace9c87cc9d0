"""The rule that a path in a listing must keep before anything is made of it."""

from typing import Final

from hfdl_core.errors import UnsafePath

_LONGEST_NAME_BYTES: Final = 255
_LONGEST_PATH_BYTES: Final = 4000  # PATH_MAX is 4096, and the output directory stands before it


def check_listed_path(path: str) -> tuple[str, ...]:
    """The parts of a relative POSIX path; UnsafePath when it could lead anywhere else."""
    parts = tuple(path.split("/"))
    if any(part in {"", ".", ".."} for part in parts):
        raise UnsafePath(
            f"{path!r}: the repo lists an absolute path or one with empty or dot parts"
        )
    if "\\" in path or any(ord(letter) < ord(" ") or letter == "\x7f" for letter in path):
        raise UnsafePath(f"{path!r}: the repo lists a path with a backslash or control character")
    try:
        lengths = [len(part.encode()) for part in parts]
    except UnicodeEncodeError as error:
        raise UnsafePath(f"{path!r}: the repo lists a path that is not Unicode") from error
    if max(lengths) > _LONGEST_NAME_BYTES or sum(lengths) + len(parts) > _LONGEST_PATH_BYTES:
        raise UnsafePath(f"{path[:60]!r}…: the repo lists a path too long for a disk")
    if len(parts[0]) > 1 and parts[0][0].isalpha() and parts[0][1] == ":":
        raise UnsafePath(f"{path!r}: the repo lists a path on a Windows drive")
    return parts
