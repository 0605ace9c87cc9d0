"""One destination root on this machine: what may be written there, and what is there already."""

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from hfdl_core.listed_path import check_wanted_path
from hfdl_core.models import RepoFile
from hfdl_core.storage import leftovers
from hfdl_core.storage.control import is_marked, prepare_control
from hfdl_core.storage.destination_lock import lock_for_collecting
from hfdl_core.storage.digests import OnRead, ignore_reading
from hfdl_core.storage.disk_faults import disk_faults, existing_ancestor
from hfdl_core.storage.disk_need import DiskNeed, disk_need
from hfdl_core.storage.examination import Verdict, examine, look
from hfdl_core.storage.gathered_file import GatheredFile
from hfdl_core.storage.hub_metadata import read_metadata, write_metadata
from hfdl_core.storage.hub_trees import write_tree
from hfdl_core.storage.incomplete_file import IncompleteFile
from hfdl_core.storage.manifest_copy import (
    has_manifest,
    read_manifest,
    remove_manifest,
    write_manifest,
)
from hfdl_core.storage.places import Parts
from hfdl_core.storage.probes import leave_probe, remove_probe, sees_probe
from hfdl_core.storage.safe_tree import SafeTree


class OutputDirectory:
    """Safe to use from several threads and processes at once; holds nothing open.

    Every method may raise StorageError leaves: DiskFull, OutputRefused, UnsafePath.
    """

    def __init__(self, root: Path) -> None:
        self._tree = SafeTree(root)

    @property
    def root(self) -> Path:
        return self._tree.root

    # --- the directory as a whole ------------------------------------------------------------

    def prepare(self) -> None:
        """Make the directory, see that it can be written, and mark it as ours."""
        prepare_control(self._tree)

    def is_empty(self) -> bool:
        """Whether nothing stands there, or the directory does not exist."""
        with self._tree.found(()) as directory:
            if directory is None:
                return True
            with disk_faults(self.root), os.scandir(directory) as entries:
                return next(entries, None) is None

    def is_ours(self) -> bool:
        """Whether `prepare` has been here before."""
        return is_marked(self._tree)

    def free_bytes(self) -> int:
        """Bytes this user may still write there; of the disk above when it does not exist yet."""
        disk = self._disk()
        return disk.f_bavail * disk.f_frsize

    def free_inodes(self) -> int | None:
        """Files this user may still make there; None when the filesystem sets no limit."""
        disk = self._disk()
        return disk.f_favail if disk.f_files else None

    def disk_needed(self, files: Iterable[RepoFile]) -> DiskNeed:
        """What these files still take; files of the right size count as being there."""
        return disk_need(self._tree, files)

    def remove_stale(self, older_than_seconds: float, owner: str | None = None) -> int:
        """Remove temporary files not in use and not written for so long; returns bytes freed."""
        return leftovers.remove_stale(self._tree, older_than_seconds, owner)

    def lock_for_collecting(self) -> AbstractContextManager[None]:
        """Keep other collectors out of the directory; FileInUse when one is at work there."""
        return lock_for_collecting(self._tree)

    # --- is this the same directory on two machines? -----------------------------------------

    def leave_probe(self, job_id: str, text: str) -> None:
        """Leave a file by which a worker that shares this directory can tell that it does."""
        leave_probe(self._tree, job_id, text)

    def sees_probe(self, job_id: str, text: str) -> bool:
        """Whether the job's probe is here with this text; works before `prepare`."""
        return sees_probe(self._tree, job_id, text)

    def remove_probe(self, job_id: str) -> None:
        remove_probe(self._tree, job_id)

    # --- files -------------------------------------------------------------------------------

    def existing(self, file: RepoFile, commit: str, on_read: OnRead = ignore_reading) -> bool:
        """Whether the file is there with the right digest: every byte is read.

        Then it is recorded for `hf download` as being of this commit.
        """
        parts = check_wanted_path(file.path)
        finding = examine(self._tree, parts, file.size, file.digest, on_read)
        if finding.verdict is not Verdict.RIGHT or finding.found is None:
            return False
        self._record(parts, file, commit, finding.found)
        return True

    def trusts(self, file: RepoFile, commit: str) -> bool:
        """Whether the file looks as it did when its digest was last checked: no byte is read.

        False also when nobody knows; damage that leaves size, mtime and inode alone is not seen.
        """
        parts = check_wanted_path(file.path)
        found = look(self._tree, parts)
        if found is None or found.st_size != file.size:
            return False
        metadata = read_metadata(self._tree, parts)
        if metadata is None or not metadata.vouches_for(file.digest, found):
            return False
        self._record(parts, file, commit, found)
        return True

    def looks_like(self, file: RepoFile) -> bool:
        """Whether a regular file of this size stands in its place; no byte is read."""
        found = look(self._tree, check_wanted_path(file.path))
        return found is not None and found.st_size == file.size

    def open_incomplete(self, file: RepoFile, owner: str) -> IncompleteFile:
        """Go on with a file where this owner's last durable position was, or begin it.

        OutputRefused while another process has the file open.
        """
        return IncompleteFile(self._tree, file, owner)

    def open_gathered(self, file: RepoFile) -> GatheredFile:
        """Go on with a file that arrives as ranges, with what was durable of it, or begin it.

        FileInUse while another process, or another part of this one, has it open.
        """
        return GatheredFile(self._tree, file)

    def write_tree(self, commit: str, files: Iterable[RepoFile]) -> None:
        """Keep the listing of the whole repo for `hf download` and `verify_directory`."""
        write_tree(self._tree, commit, files)

    def keep_manifest(self, job_id: str, files: Iterable[RepoFile]) -> None:
        """Keep a job's files for a queue that loses them, unless they are kept already."""
        if not has_manifest(self._tree, job_id):
            write_manifest(self._tree, job_id, files)

    def kept_manifest(self, job_id: str) -> Iterator[RepoFile]:
        """In the order in which they were kept; StorageError when there is nothing to rely on."""
        return read_manifest(self._tree, job_id)

    def drop_manifest(self, job_id: str) -> None:
        remove_manifest(self._tree, job_id)

    def _record(self, parts: Parts, file: RepoFile, commit: str, found: os.stat_result) -> None:
        metadata = read_metadata(self._tree, parts)
        if metadata is None or not metadata.is_current(commit, file.digest, found):
            write_metadata(self._tree, parts, commit, file.digest, found)

    def _disk(self) -> os.statvfs_result:
        with disk_faults(self.root):
            return os.statvfs(existing_ancestor(self.root))
