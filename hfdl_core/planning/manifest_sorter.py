"""Sorts a manifest of any length on disk, and refuses one that no directory tree can hold."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

from hfdl_core.errors import DiskFull, ListingBroken, OutputRefused, UnsafePath, UsageError
from hfdl_core.listed_path import check_wanted_path
from hfdl_core.models import RepoFile
from hfdl_core.task_id import MAX_FILES

_ROWS_AT_ONCE: Final = 1000
_CACHE_KIB: Final = 16 << 10

# The tree key is the path with NUL for the slash. NUL sorts before all else and no path holds
# one, so that whatever lies below a path follows it at once: conflicts are neighbours.
_PREPARE: Final = f"""
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA temp_store = FILE;
    PRAGMA cache_size = -{_CACHE_KIB};
    CREATE TABLE listed (tree_key BLOB NOT NULL, size INTEGER NOT NULL, digest BLOB NOT NULL);
    BEGIN;
"""
_ADD: Final = "INSERT INTO listed VALUES (?, ?, ?)"
_BY_TREE: Final = "SELECT tree_key FROM listed ORDER BY tree_key"
_SORT: Final = """
    CREATE TABLE manifest (path TEXT NOT NULL, size INTEGER NOT NULL, digest BLOB NOT NULL);
    INSERT INTO manifest
        SELECT path, size, digest FROM (
            SELECT readable(tree_key) AS path, size, digest FROM listed
        ) ORDER BY size DESC, path;
    DROP TABLE listed;
"""
_READ: Final = "SELECT path, size, digest FROM manifest ORDER BY rowid"


class ManifestSorter:
    """Takes files in any order and gives them largest first, then by path.

    It keeps them in a private database on the temporary disk (about 150 bytes a file, named by
    TMPDIR) which the system removes with the last handle, even after a crash; memory stays flat.
    For one thread; `close` it or use `with`.
    """

    def __init__(self) -> None:
        self.files_total = 0
        self.bytes_total = 0
        self._waiting: list[tuple[bytes, int, bytes]] = []
        self._is_sorted = False
        # The empty name is SQLite's own for a temporary database without a name on disk.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.create_function("readable", 1, _path, deterministic=True)
        with _disk_faults():
            self._database.executescript(_PREPARE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def add(self, file: RepoFile) -> None:
        """ListingBroken when hfdl will not write a file there."""
        if self._is_sorted:
            raise RuntimeError("the manifest is sorted already")
        if self.files_total == MAX_FILES:
            raise UsageError(f"more than {MAX_FILES:,} files: split the job with --include")
        try:
            check_wanted_path(file.path)
        except UnsafePath as error:
            raise ListingBroken(f"{error}: leave it out with --exclude") from error
        self._waiting.append((_tree_key(file.path), file.size, bytes.fromhex(file.digest)))
        self.files_total += 1
        self.bytes_total += file.size
        if len(self._waiting) == _ROWS_AT_ONCE:
            self._store()

    def sorted(self) -> Iterator[RepoFile]:
        """The whole manifest, as often as wanted; ListingBroken when paths are in each other's way.

        Nothing can be added afterwards.
        """
        if not self._is_sorted:
            self._sort()
        with _disk_faults():
            rows = self._database.execute(_READ)
        while True:
            with _disk_faults():
                batch = rows.fetchmany(_ROWS_AT_ONCE)
            if not batch:
                return
            for path, size, digest in batch:
                yield RepoFile(path, size, digest.hex())

    def _sort(self) -> None:
        self._store()
        with _disk_faults():
            self._refuse_conflicts()
            self._database.executescript(_SORT)
        self._is_sorted = True

    def _store(self) -> None:
        with _disk_faults():
            self._database.executemany(_ADD, self._waiting)
        self._waiting.clear()

    def _refuse_conflicts(self) -> None:
        previous = None
        for (tree_key,) in self._database.execute(_BY_TREE):
            if tree_key == previous:
                raise ListingBroken(f"the hub lists {_path(tree_key)!r} twice; try again later")
            if previous is not None and tree_key.startswith(previous + b"\0"):
                raise ListingBroken(
                    f"the hub lists {_path(previous)!r} as a file and {_path(tree_key)!r} below it"
                )
            previous = tree_key


def _tree_key(path: str) -> bytes:
    return path.encode().replace(b"/", b"\0")


def _path(tree_key: bytes) -> str:
    return tree_key.replace(b"\0", b"/").decode()


@contextmanager
def _disk_faults() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise DiskFull(
                "the temporary disk is full: free space or set TMPDIR to a larger one"
            ) from error
        raise OutputRefused(
            f"the temporary disk cannot be used ({error}): set TMPDIR to another directory"
        ) from error
