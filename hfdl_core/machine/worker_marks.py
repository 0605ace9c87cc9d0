"""Which workers of this machine are running, so that those which died are noticed at once."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from hfdl_core.machine.directories import state_dir
from hfdl_core.machine.identity import machine_id
from hfdl_core.private_files import open_private, private_directory, take_lock

_SUFFIX: Final = ".mark"
_PATIENCE_SECONDS: Final = 1.0  # a look at a mark takes no longer than a moment
_BETWEEN: Final = (
    "@"  # stands in no worker id and no boot id; the slash between them cannot be used
)


class WorkerMarks:
    """One small file a worker, locked as long as its process lives, however that ends."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @classmethod
    def of_this_machine(cls) -> Self:
        return cls(state_dir() / f"workers-{machine_id()}")

    @contextmanager
    def marked(self, worker: str) -> Iterator[None]:
        """Say that `worker` (`id/boot`) runs, for the length of the block."""
        path = private_directory(self._directory) / f"{worker.replace('/', _BETWEEN)}{_SUFFIX}"
        descriptor = _locked_file(path)
        try:
            yield
            path.unlink(missing_ok=True)
        finally:
            os.close(descriptor)

    def dead(self) -> list[str]:
        """Workers (`id/boot`) whose process ended without a word; each stays until forgotten."""
        if not self._directory.is_dir():
            return []
        return [
            path.name.removesuffix(_SUFFIX).replace(_BETWEEN, "/")
            for path in sorted(self._directory.glob(f"*{_SUFFIX}"))
            if not _is_locked(path)
        ]

    def forget(self, worker: str) -> None:
        (self._directory / f"{worker.replace('/', _BETWEEN)}{_SUFFIX}").unlink(missing_ok=True)


def _locked_file(path: Path) -> int:
    """The open, locked file of this name; a neighbour may look at it or remove it meanwhile."""
    while True:
        descriptor = open_private(path)
        if take_lock(descriptor, fcntl.LOCK_EX, _PATIENCE_SECONDS) and _still_named(
            descriptor, path
        ):
            return descriptor
        os.close(descriptor)


def _still_named(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True  # its worker has just left and removed it
    try:
        return not take_lock(descriptor, fcntl.LOCK_EX, 0)
    finally:
        os.close(descriptor)
