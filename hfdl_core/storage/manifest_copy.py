"""Keeps a job's manifest beside its files, for a queue that loses it."""

import json
import os
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from hfdl_core.errors import StorageError
from hfdl_core.models import RepoFile
from hfdl_core.storage.disk_faults import disk_faults
from hfdl_core.storage.places import MANIFESTS, Parts
from hfdl_core.storage.probes import checked_job_id
from hfdl_core.storage.safe_tree import SafeTree, open_regular, remove

_LEVEL: Final = 1
_READ_BYTES: Final = 1 << 18
_SUFFIX: Final = ".json.zz"


def write_manifest(tree: SafeTree, job_id: str, files: Iterable[RepoFile]) -> None:
    """One line of JSON a file, packed; replaces an older copy when the last line is written."""
    packer = zlib.compressobj(_LEVEL)
    with tree.replacing(_place(tree, job_id)) as copy:
        for file in files:
            copy.write(packer.compress(json.dumps(file).encode() + b"\n"))
        copy.write(packer.flush())


def has_manifest(tree: SafeTree, job_id: str) -> bool:
    return tree.read_small(_place(tree, job_id), 1) is not None


def read_manifest(tree: SafeTree, job_id: str) -> Iterator[RepoFile]:
    """In the order in which they were written; StorageError when the copy is gone or damaged."""
    place = _place(tree, job_id)
    path = tree.path(place)
    with tree.found(place[:-1]) as directory, disk_faults(path):
        descriptor = None if directory is None else open_regular(directory, place[-1])
        if descriptor is None:
            raise StorageError(f"{path} is gone: give the job's command again")
        with os.fdopen(descriptor, "rb") as copy:
            try:
                for line in _lines(copy):
                    path_in_repo, size, digest = json.loads(line)
                    yield RepoFile(path_in_repo, size, digest)
            except (zlib.error, ValueError, TypeError) as error:
                raise StorageError(f"{path} is damaged: give the job's command again") from error


def remove_manifest(tree: SafeTree, job_id: str) -> None:
    place = _place(tree, job_id)
    with tree.found(place[:-1]) as directory:
        if directory is not None:
            with disk_faults(tree.path(place)):
                remove(directory, place[-1])


def _lines(copy: BinaryIO) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    begun = b""
    while packed := copy.read(_READ_BYTES):
        *lines, begun = (begun + unpacker.decompress(packed)).split(b"\n")
        yield from lines
    if begun or not unpacker.eof:
        raise ValueError("it ends in the middle")


def _place(tree: SafeTree, job_id: str) -> Parts:
    return (*MANIFESTS, f"{checked_job_id(tree, job_id)}{_SUFFIX}")
