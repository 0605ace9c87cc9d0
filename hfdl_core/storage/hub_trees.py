"""The listing of a whole commit, as huggingface_hub keeps it beside the files.

`.cache/huggingface/trees/<commit>.json`: {"format_version": 1, "files": {path: {"size", "blob_id"
[, "lfs_sha256", "lfs_size"]}}}. We leave "xet_hash" out: with it `hf download` fetches a missing
file through Xet without asking the Hub first.
"""

import io
import json
import os
import re
from collections.abc import Iterable, Iterator
from typing import Final, TextIO

from hfdl_core.errors import UsageError
from hfdl_core.models import COMMIT_PATTERN, RepoFile
from hfdl_core.storage.digests import is_digest, pointer_blob_id
from hfdl_core.storage.disk_faults import disk_faults
from hfdl_core.storage.durability import flush_bytes
from hfdl_core.storage.places import HUB_TREES, Parts
from hfdl_core.storage.safe_tree import SafeTree, open_regular

_FORMAT: Final = 1
_NAME: Final = re.compile(r"([0-9a-f]{40})\.json")


def write_tree(tree: SafeTree, commit: str, files: Iterable[RepoFile]) -> None:
    """Keep the listing, which must be that of the whole repo: `hf download` takes it for that.

    It appears at once or not at all; memory stays flat whatever the number of files.
    """
    with (
        tree.replacing(_place(commit)) as binary,
        io.TextIOWrapper(binary, encoding="utf-8") as text,
    ):
        _write_listing(text, files)
        text.flush()
        flush_bytes(text.fileno())


def newest_commit(tree: SafeTree) -> str | None:
    """The commit whose listing was kept last; None when no listing was kept."""
    with tree.found(HUB_TREES) as directory:
        if directory is None:
            return None
        with disk_faults(tree.path(HUB_TREES)), os.scandir(directory) as entries:
            kept = [
                (entry.stat(follow_symlinks=False).st_mtime_ns, match[1])
                for entry in entries
                if (match := _NAME.fullmatch(entry.name)) and entry.is_file(follow_symlinks=False)
            ]
    return max(kept)[1] if kept else None


def read_tree(tree: SafeTree, commit: str) -> list[RepoFile]:
    """The listing kept for a commit; UsageError when it is broken; its paths are not checked."""
    place = _place(commit)
    broken = UsageError(f"{tree.path(place)} is broken: delete it, then download once more")
    with tree.found(HUB_TREES) as directory, disk_faults(tree.path(place)):
        descriptor = None if directory is None else open_regular(directory, place[-1])
        if descriptor is None:
            raise UsageError(f"{tree.path(place)} does not exist")
        with os.fdopen(descriptor, encoding="utf-8") as text:
            try:
                listing = json.load(text)
            except (ValueError, RecursionError) as error:
                raise broken from error
    try:
        if listing["format_version"] != _FORMAT:
            raise broken
        return list(_entries(listing["files"]))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise broken from error


def _write_listing(text: TextIO, files: Iterable[RepoFile]) -> None:
    text.write(f'{{"format_version": {_FORMAT}, "files": {{')
    separator = "\n"
    for file in files:
        text.write(f"{separator}{json.dumps(file.path)}: {json.dumps(_entry(file))}")
        separator = ",\n"
    text.write("\n}}\n")


def _entry(file: RepoFile) -> dict[str, int | str]:
    if not file.is_lfs:
        return {"size": file.size, "blob_id": file.digest}
    return {
        "size": file.size,
        "blob_id": pointer_blob_id(file.digest, file.size),
        "lfs_sha256": file.digest,
        "lfs_size": file.size,
    }


def _entries(files: dict[str, dict[str, object]]) -> Iterator[RepoFile]:
    for path, entry in files.items():
        size = entry["size"]
        digest = entry.get("lfs_sha256") or entry["blob_id"]
        if not (isinstance(size, int) and size >= 0):
            raise ValueError(size)
        if not (isinstance(digest, str) and is_digest(digest)):
            raise ValueError(digest)
        yield RepoFile(path, size, digest)


def _place(commit: str) -> Parts:
    if not COMMIT_PATTERN.fullmatch(commit):
        raise UsageError(f"{commit!r} is not a commit: 40 hex digits are")
    return (*HUB_TREES, f"{commit}.json")
