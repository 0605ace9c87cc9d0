"""Makes the directory in which huggingface_hub and hfdl keep their records."""

from typing import Final

from hfdl_core.errors import OutputRefused
from hfdl_core.storage.disk_faults import disk_faults
from hfdl_core.storage.places import CONTROL, HUB, Parts
from hfdl_core.storage.safe_tree import SafeTree

_MARK: Final = (*CONTROL, "README")
_MARK_TEXT: Final = b"""hfdl downloads into the directory that holds this .cache.
Unfinished files lie here; they are safe to delete while no hfdl runs.
"""
_IGNORE: Final = b"*"
# Backup programs leave such a directory out (bford.info/cachedir); the signature is the standard's.
_TAG: Final = b"""Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag.
"""


def prepare_control(tree: SafeTree) -> None:
    """Make what is missing, and really write: rights alone do not tell of a read-only mount."""
    with disk_faults(tree.root):
        try:
            tree.root.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise OutputRefused(
                f"{tree.root} is or lies below a file: choose another -o"
            ) from error
    _write(tree, _MARK, _MARK_TEXT)
    # As huggingface_hub makes them, which leaves alone what is there.
    for place, content in (((*HUB, ".gitignore"), _IGNORE), ((*HUB, "CACHEDIR.TAG"), _TAG)):
        if tree.read_small(place, 1) is None:
            _write(tree, place, content)


def is_marked(tree: SafeTree) -> bool:
    """Whether hfdl has downloaded into this directory before."""
    return tree.read_small(_MARK, 1) is not None


def _write(tree: SafeTree, place: Parts, content: bytes) -> None:
    with tree.replacing(place) as file:
        file.write(content)
