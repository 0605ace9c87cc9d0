"""Looks at the disks: room, the right to write, locks, and one filesystem for all of a file."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import humanize

from hfdl_core.doctor.findings import Finding, broken, doubtful, fine
from hfdl_core.doctor.rounds import Check
from hfdl_core.errors import FileInUse, StorageError
from hfdl_core.machine import state_dir
from hfdl_core.storage import OutputDirectory
from hfdl_core.storage.disk_faults import disk_faults, existing_ancestor
from hfdl_core.storage.exclusive import open_exclusively
from hfdl_core.storage.places import INCOMPLETE
from hfdl_core.storage.safe_tree import SafeTree, remove

_LITTLE_ROOM_BYTES: Final = 1_000_000_000
_FEW_INODES: Final = 10_000
_TRIAL: Final = bytes(4096)


def disk_checks(output_dir: Path) -> tuple[Check, ...]:
    """Beside each other: one disk may hang while the other is fine."""
    return (
        Check("disk", lambda: _look_at_output(output_dir)),
        Check("state", _look_at_state),
    )


def _look_at_output(output_dir: Path) -> Iterator[Finding]:
    tree = SafeTree(output_dir)
    place = existing_ancestor(tree.root)
    where = str(tree.root) if place == tree.root else f"{tree.root} (to be made in {place})"
    if not _write_and_lock(place):
        yield broken(
            "disk",
            f"{where}: two programs can lock one file here, so they would spoil each other's",
            "mount it with file locks, or choose another -o",
        )
    elif not _is_one_filesystem(tree):
        yield broken(
            "disk",
            f"{where}: its .cache lies on another filesystem, so no file can be moved into place",
            "choose an -o that lies on one",
        )
    else:
        yield _room(where, OutputDirectory(output_dir))


def _room(where: str, output: OutputDirectory) -> Finding:
    free, inodes = output.free_bytes(), output.free_inodes()
    room = f"{humanize.naturalsize(free)} free"
    room += "" if inodes is None else f", {humanize.intcomma(inodes)} more files"
    if free < _LITTLE_ROOM_BYTES or (inodes is not None and inodes < _FEW_INODES):
        return doubtful("disk", f"{where}: only {room}", "free some, or choose another -o")
    return fine("disk", f"{where}: {room}; it can be written, and locks work")


def _look_at_state() -> Iterator[Finding]:
    place = state_dir()
    try:
        _write_and_lock(existing_ancestor(place))
    except StorageError as error:
        yield doubtful(
            "state",
            f"{error}: without it there is no own server and no memory of jobs made here",
            "set XDG_STATE_HOME to a directory that can be written",
        )
    else:
        yield fine("state", f"{place} can be written")


def _write_and_lock(place: Path) -> bool:
    """Whether a lock keeps others out; StorageError where nothing can be written."""
    name = f".hfdl-doctor-{secrets.token_hex(8)}"
    trial = place / name
    with disk_faults(place):
        directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            holder = open_exclusively(directory, name, trial)
            try:
                os.write(holder, _TRIAL)
                os.fsync(holder)
                return _is_kept_out(directory, name, trial)
            finally:
                os.close(holder)
                remove(directory, name)
        finally:
            os.close(directory)


def _is_kept_out(directory: int, name: str, trial: Path) -> bool:
    try:
        os.close(open_exclusively(directory, name, trial))
    except FileInUse:
        return True
    return False


def _is_one_filesystem(tree: SafeTree) -> bool:
    """UnsafePath where a link stands in the way."""
    devices = set()
    for depth in range(len(INCOMPLETE) + 1):
        with tree.found(INCOMPLETE[:depth]) as directory:
            if directory is not None:
                devices.add(os.fstat(directory).st_dev)
    return len(devices) <= 1
