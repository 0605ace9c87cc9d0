"""A file on its way: bytes appended in order, hashed on the way, moved to their place at the end.

It lies under a private name among hfdl's own things until every byte is there and the digest is
the listed one, so that a file under its real name is always whole and right.
"""

import os
from contextlib import AbstractContextManager, ExitStack
from types import TracebackType
from typing import Self

from hfdl_core.errors import DigestMismatch, OutputRefused, SizeMismatch
from hfdl_core.listed_path import check_wanted_path
from hfdl_core.models import RepoFile
from hfdl_core.storage.digests import OnRead, ignore_reading, new_hash
from hfdl_core.storage.disk_faults import disk_faults, storage_error
from hfdl_core.storage.durability import flush_bytes, flush_directory
from hfdl_core.storage.exclusive import open_exclusively
from hfdl_core.storage.final_place import move_into_place, refuse_what_is_in_the_way
from hfdl_core.storage.following_hash import FollowingHash
from hfdl_core.storage.hub_metadata import write_metadata
from hfdl_core.storage.incomplete_names import content_name, record_name
from hfdl_core.storage.places import INCOMPLETE
from hfdl_core.storage.position_record import PositionRecord
from hfdl_core.storage.safe_tree import SafeTree, remove


class IncompleteFile:
    """One writer's part of one file; not to be shared between threads.

    `position` is how much was written, `durable` how much of it is surely on the disk. Opened
    again by the same owner, it goes on from the last durable position. A sync that fails closes it:
    the system may have dropped the bytes behind the durable position and not say so again.
    """

    def __init__(self, tree: SafeTree, file: RepoFile, owner: str) -> None:
        self._tree = tree
        self._file = file
        self._parts = check_wanted_path(file.path)
        self._name = content_name(file, owner)
        self.position = 0
        self.durable = 0
        self._is_open = True
        with ExitStack() as opening:
            refuse_what_is_in_the_way(tree, self._parts)
            self._directory = opening.enter_context(tree.made(INCOMPLETE))
            with self._faults():
                self._content = open_exclusively(
                    self._directory, self._name, tree.path((*INCOMPLETE, self._name))
                )
                opening.callback(os.close, self._content)
                self._record = PositionRecord(self._directory, record_name(self._name), file)
                opening.callback(self._record.close)
                self._hash = FollowingHash(self._content, new_hash(file.digest, file.size))
                opening.callback(self._hash.close)
                self._resume()
            self._opened = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, received: bytes | bytearray | memoryview) -> None:
        """Append; SizeMismatch, and nothing is written, when that is more than the file has."""
        view = memoryview(received)
        if self.position + len(view) > self._file.size:
            raise SizeMismatch(self._file.path, self._file.size, self.position + len(view))
        self._check_open()
        while view:
            try:
                count = os.pwrite(self._content, view, self.position)
            except OSError as error:
                raise storage_error(error, self._tree.path(self._parts)) from error
            self.position += count
            self._hash.follow(self.position)
            view = view[count:]

    def sync(self) -> int:
        """Put what was written on the disk and note it there; returns the durable position."""
        self._check_open()
        if self.position > self.durable:
            try:
                flush_bytes(self._content)
                self._record.note(self.position)
            except OSError as error:
                self.close()
                raise storage_error(error, self._tree.path(self._parts)) from error
            self.durable = self.position
        return self.durable

    def finish(self, commit: str, on_read: OnRead = ignore_reading) -> None:
        """Check the bytes and put the file in its place, durably, with the Hub's metadata.

        SizeMismatch and DigestMismatch discard them, so that the next try starts clean. After a
        restart there may be much to hash still: `on_read` is told how far that is, and what it
        raises ends the waiting and leaves the bytes for the next time.
        """
        self._check_open()
        if self.position != self._file.size:
            self.discard()
            raise SizeMismatch(self._file.path, self._file.size, self.position)
        with self._faults():
            actual = self._hash.digest(on_read)
        if actual != self._file.digest:
            self.discard()
            raise DigestMismatch(self._file.path, self._file.digest, actual)
        try:
            self._publish(commit)
        finally:
            self.close()

    def discard(self) -> None:
        """Throw the bytes away and close."""
        self._check_open()
        try:
            with self._faults():
                remove(self._directory, self._name)
                self._record.forget()
        finally:
            self.close()

    def close(self) -> None:
        """Leave the bytes for the next time; what was not synced may be fetched again."""
        self._is_open = False
        self._opened.close()

    def _resume(self) -> None:
        noted = self._record.read()
        there = os.fstat(self._content).st_size
        if 0 < noted <= min(there, self._file.size):
            os.ftruncate(self._content, noted)
            self.position = self.durable = noted
            self._hash.follow(noted)
            return
        # A position noted for other bytes must never be believed of those to come.
        self._record.forget()
        os.ftruncate(self._content, 0)

    def _publish(self, commit: str) -> None:
        move_into_place(self._tree, self._parts, self._directory, self._name, self._content)
        if self.durable:  # else no position was ever noted: tiny files spare a flush each
            with self._faults():
                self._record.forget()
                flush_directory(self._directory)
        write_metadata(self._tree, self._parts, commit, self._file.digest, os.fstat(self._content))

    def _faults(self) -> AbstractContextManager[None]:
        return disk_faults(self._tree.path(self._parts))

    def _check_open(self) -> None:
        if not self._is_open:
            raise OutputRefused(f"{self._file.path} was closed: open it again")
