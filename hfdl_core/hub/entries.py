"""Reads one entry of a listing; whatever does not fit together is refused and named."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final, cast

from hfdl_core.errors import ListingBroken, UnsafePath
from hfdl_core.hub.values import TreeEntry
from hfdl_core.listed_path import check_listed_path
from hfdl_core.models import RepoFile
from hfdl_core.task_id import MAX_FILE_BYTES

_GIT_SHA1: Final = re.compile(r"[0-9a-f]{40}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")

Fields = Mapping[str, object]


def read_entry(value: object) -> TreeEntry | None:
    """A file or directory; None for what is neither (a git submodule, say). ListingBroken."""
    if not isinstance(value, dict):
        raise ListingBroken(f"the hub lists something that is no file: {str(value)[:100]!r}")
    fields = cast("Fields", value)
    match fields.get("type"):
        case "file":
            file = _read_file(fields)
            return TreeEntry(file.path, file.size, file)
        case "directory":
            return TreeEntry(_read_path(fields), 0, None)
        case _:
            return None


def _read_file(fields: Fields) -> RepoFile:
    path = _read_path(fields)
    size = _read_size(path, fields)
    oid = str(fields.get("oid")).lower()
    lfs = fields.get("lfs")
    if not lfs:
        return RepoFile(path, size, _checked(path, oid, _GIT_SHA1))
    if not isinstance(lfs, dict):
        raise ListingBroken(f"{path!r}: the hub lists no digest")
    sha256 = _checked(path, str(lfs.get("oid")).lower(), _SHA256)
    if lfs.get("size", size) != size:
        raise ListingBroken(f"{path!r}: the hub lists two sizes, {size} and {lfs['size']!r}")
    _confirm_pointer(path, oid, lfs.get("pointerSize"), _pointer(sha256, size))
    return RepoFile(path, size, sha256)


def _read_path(fields: Fields) -> str:
    path = fields.get("path")
    if not isinstance(path, str):
        raise ListingBroken(f"the hub lists a file without a name: {str(fields)[:100]!r}")
    try:
        check_listed_path(path)
    except UnsafePath as error:
        raise ListingBroken(f"the hub lists an unsafe path, nothing was queued: {error}") from error
    return path


def _read_size(path: str, fields: Fields) -> int:
    size = fields.get("size")
    # True is an int to Python.
    if type(size) is not int or not 0 <= size < MAX_FILE_BYTES:
        raise ListingBroken(f"{path!r}: the hub lists an impossible size, {str(size)[:40]}")
    return size


def _checked(path: str, digest: str, shape: re.Pattern[str]) -> str:
    if not shape.fullmatch(digest):
        raise ListingBroken(f"{path!r}: the hub lists no usable digest, but {digest[:80]!r}")
    return digest


def _pointer(sha256: str, size: int) -> bytes:
    """The text that git holds in place of an LFS file (git-lfs, docs/spec.md)."""
    return (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
    ).encode()


def _confirm_pointer(path: str, oid: str, listed_size: object, pointer: bytes) -> None:
    """The git id of an LFS file is that of its pointer: it proves digest and size.

    A pointer of another length was written by another program and proves nothing, nor does a
    mirror that does not tell the length or puts something else than a git id there.
    """
    if listed_size != len(pointer) or not _GIT_SHA1.fullmatch(oid):
        return
    git_blob = b"blob %d\0%b" % (len(pointer), pointer)
    if hashlib.sha1(git_blob, usedforsecurity=False).hexdigest() != oid:
        raise ListingBroken(f"{path!r}: the hub lists a sha256 that its own git id contradicts")
