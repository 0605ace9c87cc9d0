"""Keeps two collectors out of one destination, on this machine and, where locks work, on all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hfdl_core.errors import FileInUse
from hfdl_core.storage.disk_faults import disk_faults
from hfdl_core.storage.exclusive import open_exclusively
from hfdl_core.storage.places import CONTROL, Parts
from hfdl_core.storage.safe_tree import SafeTree

_LOCK: Final[Parts] = (*CONTROL, "lock")


@contextmanager
def lock_for_collecting(tree: SafeTree) -> Iterator[None]:
    """FileInUse when somebody else has it; the file stays, or two could lock two of its name."""
    with tree.made(_LOCK[:-1]) as directory:
        path = tree.path(_LOCK)
        with disk_faults(path):
            try:
                descriptor = open_exclusively(directory, _LOCK[-1], path)
            except FileInUse as error:
                raise FileInUse(
                    f"another collector writes to {tree.root}; leave it to that one or end it first"
                ) from error
        try:
            yield
        finally:
            os.close(descriptor)
