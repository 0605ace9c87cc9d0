"""Brings one file home: what is on disk already, the rest from the Hub, verified, in its place."""

import logging

from hfdl_core.errors import (
    ConnectionLost,
    ErrorScope,
    FileInUse,
    TransferCancelled,
    TransferError,
)
from hfdl_core.models import ByteRange, DownloaderName, JobSpec, RepoFile
from hfdl_core.storage import IncompleteFile, OutputDirectory
from hfdl_core.task_id import TaskKind
from hfdl_core.transfer import AutoDownloader, FileSource, Sink
from hfdl_core.worker.hub_pause import HubPause
from hfdl_core.worker.lease import Lease
from hfdl_core.worker.tally import Tally
from hfdl_core.worker.time_source import TimeSource

logger = logging.getLogger(__name__)

# A kill -9 costs at most what came in since the last sync.
_SYNC_SECONDS = 5.0
_SYNC_BYTES = 64 << 20
# A connection that breaks is resumed at once while each piece brings at least this much; without
# progress the file goes back to the queue, with an attempt counted, for another machine to try.
_PROGRESS_BYTES = 64 << 10
# Who lost its lease hears of it within a report's time and stops within a second; not so one that
# waits for a disk.
_WRITER_SECONDS = 30.0
_WRITER_LOOK_SECONDS = 0.1


class BringHome:
    """Fetches whole files of one worker; safe to use from all its connections."""

    def __init__(
        self,
        downloader: AutoDownloader,
        endpoint: str,
        owner: str,
        time: TimeSource,
        hub_pause: HubPause,
        tally: Tally,
    ) -> None:
        self._downloader = downloader
        self._endpoint = endpoint
        self._owner = owner
        self._time = time
        self._hub_pause = hub_pause
        self._tally = tally

    def bring(
        self, spec: JobSpec, file: RepoFile, output: OutputDirectory, lease: Lease
    ) -> DownloaderName:
        """Returns how the file came; raises HfdlError leaves, with what is durable kept on disk."""
        if output.existing(file, spec.commit, on_read=lambda _: lease.cancel.check()):
            return DownloaderName.DISK
        source = FileSource(
            endpoint=self._endpoint,
            repo_type=spec.repo_type,
            repo_id=spec.repo_id,
            commit=spec.commit,
            file=file,
        )
        with self._opened(output, file, lease) as incomplete:
            lease.bytes_written = incomplete.position
            name = self._fill(source, incomplete, lease)
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

    def _fill(self, source: FileSource, incomplete: IncompleteFile, lease: Lease) -> DownloaderName:
        used = DownloaderName.HTTP
        while incomplete.position < source.file.size:
            begin = incomplete.position
            self._hub_pause.wait(lease)
            try:
                used = self._downloader.fetch(
                    source,
                    ByteRange(begin, source.file.size),
                    self._sink(incomplete, lease),
                    lease.cancel,
                )
                if incomplete.position < source.file.size:
                    raise ConnectionLost(f"{source.file.path}: the answer ended early")
            except TransferError as error:
                incomplete.sync()
                self._go_on_or_raise(error, incomplete.position - begin, lease)
            finally:
                _note_durable(incomplete, lease)
        return used

    def _go_on_or_raise(self, error: TransferError, progress: int, lease: Lease) -> None:
        if isinstance(error, TransferCancelled):
            raise error
        if error.scope is ErrorScope.BUSY:
            self._hub_pause.ask(error, lease)
            return
        if error.scope is not ErrorScope.FILE or not error.retryable or progress < _PROGRESS_BYTES:
            raise error
        logger.info("%s; goes on from there", error)

    def _sink(self, incomplete: IncompleteFile, lease: Lease) -> Sink:
        synced_at = self._time.monotonic()
        synced = incomplete.position

        def take(received: bytes) -> None:
            nonlocal synced_at, synced
            incomplete.write(received)
            lease.bytes_written = incomplete.position
            lease.speed.count(len(received))
            self._tally.speed.count(len(received))
            self._hub_pause.served()
            now = self._time.monotonic()
            if now - synced_at >= _SYNC_SECONDS or incomplete.position - synced >= _SYNC_BYTES:
                synced = incomplete.sync()
                synced_at = now
                _note_durable(incomplete, lease)

        return take


def _note_durable(incomplete: IncompleteFile, lease: Lease) -> None:
    # A batch counts finished files; only the position of a whole file is in bytes.
    if lease.task.kind is TaskKind.FILE:
        lease.position = max(lease.position, incomplete.durable)
