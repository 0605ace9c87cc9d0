"""Probe files, by which machines find out that they share a directory."""

import re
from typing import Final

from hfdl_core.errors import StorageError
from hfdl_core.storage.disk_faults import disk_faults
from hfdl_core.storage.places import PROBES, Parts
from hfdl_core.storage.safe_tree import SafeTree, remove

# Ids come from Redis, and Redis is input.
_JOB_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")


def leave_probe(tree: SafeTree, job_id: str, text: str) -> None:
    with tree.replacing(_place(tree, job_id)) as probe:
        probe.write(text.encode())


def sees_probe(tree: SafeTree, job_id: str, text: str) -> bool:
    expected = text.encode()
    return tree.read_small(_place(tree, job_id), len(expected) + 1) == expected


def remove_probe(tree: SafeTree, job_id: str) -> None:
    place = _place(tree, job_id)
    with tree.found(place[:-1]) as directory:
        if directory is not None:
            with disk_faults(tree.path(place)):
                remove(directory, place[-1])


def checked_job_id(tree: SafeTree, job_id: str) -> str:
    """The id, as it is safe in a file's name; StorageError for what is none."""
    if not _JOB_ID.fullmatch(job_id):
        raise StorageError(f"{tree.root}: {job_id!r} is not the id of a job")
    return job_id


def _place(tree: SafeTree, job_id: str) -> Parts:
    return (*PROBES, checked_job_id(tree, job_id))
