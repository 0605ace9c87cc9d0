"""Brings one file home: what is on disk already, the rest from the Hub, verified, in its place."""

from hfdl_core.errors import FileInUse
from hfdl_core.models import DownloaderName, JobSpec, RepoFile
from hfdl_core.storage import IncompleteFile, OutputDirectory
from hfdl_core.task_id import TaskKind
from hfdl_core.worker.fetching import Fetching
from hfdl_core.worker.lease import Lease
from hfdl_core.worker.time_source import TimeSource

# A kill -9 costs at most what came in since the last sync.
_SYNC_SECONDS = 5.0
_SYNC_BYTES = 64 << 20
# Who lost its lease hears of it within a report's time and stops within a second; not so one that
# waits for a disk.
_WRITER_SECONDS = 30.0
_WRITER_LOOK_SECONDS = 0.1


class BringHome:
    """Fetches whole files of one worker; safe to use from all its connections."""

    def __init__(self, fetching: Fetching, owner: str, time: TimeSource) -> None:
        self._fetching = fetching
        self._owner = owner
        self._time = time

    def bring(
        self, spec: JobSpec, file: RepoFile, output: OutputDirectory, lease: Lease
    ) -> DownloaderName:
        """Returns how the file came; raises HfdlError leaves, with what is durable kept on disk."""
        if output.existing(file, spec.commit, on_read=lambda _: lease.cancel.check()):
            return DownloaderName.DISK
        source = self._fetching.source_of(spec, file)
        with self._opened(output, file, lease) as incomplete:
            growing = _Growing(incomplete, lease, self._time)
            try:
                name = self._fetching.fetch(source, growing, lambda: file.size, lease)
            finally:
                growing.note_durable()
            incomplete.finish(spec.commit, on_read=lambda _: lease.cancel.check())
        return name

    def _opened(self, output: OutputDirectory, file: RepoFile, lease: Lease) -> IncompleteFile:
        """The incomplete file; waits for a writer of this machine who has just lost its lease."""
        give_up_at = self._time.monotonic() + _WRITER_SECONDS
        while True:
            try:
                return output.open_incomplete(file, self._owner)
            except FileInUse:
                if self._time.monotonic() >= give_up_at:
                    raise
                lease.cancel.wait(_WRITER_LOOK_SECONDS)
                lease.cancel.check()


class _Growing:
    """An incomplete file that is synced every few seconds while it grows."""

    def __init__(self, incomplete: IncompleteFile, lease: Lease, time: TimeSource) -> None:
        self._incomplete = incomplete
        self._lease = lease
        self._time = time
        self._synced_at = time.monotonic()
        self._synced = incomplete.position
        lease.bytes_written = incomplete.position

    @property
    def position(self) -> int:
        return self._incomplete.position

    def write(self, received: bytes) -> None:
        self._incomplete.write(received)
        self._lease.bytes_written = self.position
        now = self._time.monotonic()
        if now - self._synced_at >= _SYNC_SECONDS or self.position - self._synced >= _SYNC_BYTES:
            self._synced = self._incomplete.sync()
            self._synced_at = now
            self.note_durable()

    def pause(self) -> None:
        self._incomplete.sync()

    def note_durable(self) -> None:
        # A batch counts finished files; only the position of a whole file is in bytes.
        if self._lease.task.kind is TaskKind.FILE:
            self._lease.position = max(self._lease.position, self._incomplete.durable)
