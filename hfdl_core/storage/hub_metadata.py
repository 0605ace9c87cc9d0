"""The record per file that `hf download --local-dir` keeps, so that it fetches nothing again.

`.cache/huggingface/download/<path>.metadata` has three lines: commit, etag, the time at which the
file was known to be right (huggingface_hub 2.4 ignores the record when the file's mtime is more
than 1 s later, and reads no further than the third line). A fourth line is ours: size, mtime and
inode of the file whose digest was checked.
"""

import logging
import os
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

from hfdl_core.errors import UnsafePath
from hfdl_core.models import COMMIT_PATTERN
from hfdl_core.storage.digests import is_digest
from hfdl_core.storage.disk_faults import disk_faults
from hfdl_core.storage.places import HUB_DOWNLOADS, Parts
from hfdl_core.storage.safe_tree import SafeTree

SUFFIX: Final = ".metadata"
_OURS: Final = "# hfdl"
_READ_LIMIT: Final = 4096

# What a file is taken for while it still looks like this.
_Look = tuple[int, int, int]

logger = logging.getLogger(__name__)


class HubMetadata(NamedTuple):
    commit: str
    etag: str
    time: float  # seconds since 1970
    look: _Look | None  # None when another program wrote the record

    def vouches_for(self, etag: str, found: os.stat_result) -> bool:
        """Whether the file was checked to have this etag and looks the same since."""
        return (self.etag, self.look) == (etag, look_of(found))

    def is_current(self, commit: str, etag: str, found: os.stat_result) -> bool:
        """Whether writing the record anew would change nothing."""
        return (
            self.commit == commit and self.vouches_for(etag, found) and found.st_mtime <= self.time
        )


def look_of(found: os.stat_result) -> _Look:
    return found.st_size, found.st_mtime_ns, found.st_ino


def write_metadata(
    tree: SafeTree, parts: Parts, commit: str, etag: str, found: os.stat_result
) -> None:
    """Record that the file in its place has this etag; `found` is its stat when it was checked."""
    # A file server's clock may be ahead of ours.
    known_at = max(time.time(), found.st_mtime)
    look = " ".join(str(number) for number in look_of(found))
    text = f"{commit}\n{etag}\n{known_at}\n{_OURS} {look}\n"
    try:
        with tree.replacing(_place(parts)) as record:
            record.write(text.encode())
    except UnsafePath as error:
        # `x.metadata/y` beside `x`, or a name that is too long with the suffix: `hf download`
        # fails at these altogether, while the file itself is whole and in its place.
        logger.warning("no record for `hf download`: %s", error)


def read_metadata(tree: SafeTree, parts: Parts) -> HubMetadata | None:
    """The record of one file; None when there is none that can be read."""
    try:
        content = tree.read_small(_place(parts), _READ_LIMIT)
    except UnsafePath:
        return None  # see write_metadata
    return None if content is None else parse_metadata(content)


def recorded_files(tree: SafeTree) -> Iterator[tuple[str, str]]:
    """Path and etag of every file with a record that can be read, in no order."""
    directories = [HUB_DOWNLOADS]
    while directories:
        parts = directories.pop()
        with tree.found(parts) as directory:
            if directory is None:
                continue
            with disk_faults(tree.path(parts)), os.scandir(directory) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        directories.append((*parts, entry.name))
                    elif entry.name.endswith(SUFFIX) and entry.is_file(follow_symlinks=False):
                        yield from _recorded(tree, (*parts, entry.name))


def _recorded(tree: SafeTree, record: Parts) -> Iterator[tuple[str, str]]:
    content = tree.read_small(record, _READ_LIMIT)
    metadata = None if content is None else parse_metadata(content)
    if metadata is None:
        logger.warning("%s cannot be read; the file it tells of is left out", tree.path(record))
        return
    yield "/".join(record[len(HUB_DOWNLOADS) :]).removesuffix(SUFFIX), metadata.etag


def parse_metadata(content: bytes) -> HubMetadata | None:
    lines = content.decode("utf-8", "replace").splitlines()
    try:
        commit, etag, known_at = lines[0].strip(), lines[1].strip(), float(lines[2])
    except (IndexError, ValueError):
        return None
    if not (COMMIT_PATTERN.fullmatch(commit) and is_digest(etag)):
        return None
    return HubMetadata(commit, etag, known_at, _parse_look(lines[3:4]))


def _parse_look(lines: list[str]) -> _Look | None:
    if not lines or not lines[0].startswith(_OURS):
        return None
    numbers = lines[0].removeprefix(_OURS).split()
    try:
        size, mtime_ns, inode = (int(number) for number in numbers)
    except ValueError:
        return None
    return size, mtime_ns, inode


def _place(parts: Parts) -> Parts:
    return (*HUB_DOWNLOADS, *parts[:-1], parts[-1] + SUFFIX)
