"""Brings one file home: what is on disk already, the rest from the Hub, verified, in its place."""

import logging
import random
import threading

from hfdl_core.errors import ConnectionLost, ErrorScope, HfdlError, TransferCancelled, TransferError
from hfdl_core.models import ByteRange, DownloaderName, JobSpec, RepoFile
from hfdl_core.retry import RetryPolicy
from hfdl_core.storage import IncompleteFile, OutputDirectory
from hfdl_core.transfer import Downloader, FileSource, Sink
from hfdl_core.worker.lease import Lease
from hfdl_core.worker.speed import SpeedMeter
from hfdl_core.worker.time_source import TimeSource

logger = logging.getLogger(__name__)

# A kill -9 costs at most what came in since the last sync.
_SYNC_SECONDS = 5.0
_SYNC_BYTES = 64 << 20
# A connection that breaks is resumed at once while each piece brings at least this much; without
# progress the file goes back to the queue, with an attempt counted, for another machine to try.
_PROGRESS_BYTES = 64 << 10
_LONGEST_BUSY_WAIT_SECONDS = 300.0


class BringHome:
    """Fetches whole files of one worker; safe to use from all its connections."""

    def __init__(
        self,
        downloader: Downloader,
        endpoint: str,
        owner: str,
        time: TimeSource,
        hub_pause: "HubPause",
    ) -> None:
        self._downloader = downloader
        self._endpoint = endpoint
        self._owner = owner
        self._time = time
        self._hub_pause = hub_pause
        self.speed = SpeedMeter(time)

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
        with output.open_incomplete(
            file, self._owner, on_reread=lambda _: lease.cancel.check()
        ) as incomplete:
            lease.bytes_written = incomplete.position
            name = self._fill(source, incomplete, lease)
            incomplete.finish(spec.commit)
        return name

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
            self.speed.count(len(received))
            self._hub_pause.served()
            now = self._time.monotonic()
            if now - synced_at >= _SYNC_SECONDS or incomplete.position - synced >= _SYNC_BYTES:
                synced = incomplete.sync()
                synced_at = now
                _note_durable(incomplete, lease)

        return take


def _note_durable(incomplete: IncompleteFile, lease: Lease) -> None:
    # A batch counts finished files; only the position of a whole file is in bytes.
    if len(lease.task.files) == 1 and lease.task.end == lease.task.files[0].size:
        lease.position = max(lease.position, incomplete.durable)


class HubPause:
    """One wait for all connections when the Hub asks for patience: nobody's attempt is charged."""

    def __init__(self, retry: RetryPolicy, time: TimeSource) -> None:
        self._retry = retry
        self._time = time
        self._until = float("-inf")
        self._strikes = 0
        self._lock = threading.Lock()
        self.reason = ""

    @property
    def is_on(self) -> bool:
        return self._time.monotonic() < self._until

    def ask(self, error: HfdlError, lease: Lease) -> None:
        """Pause every connection of this worker for as long as the Hub asked, or with backoff."""
        with self._lock:
            self._strikes += 1
            wait = min(self._retry.busy_delay(error, self._strikes), _LONGEST_BUSY_WAIT_SECONDS)
            self._until = max(self._until, self._time.monotonic() + wait)
            self.reason = str(error)
        logger.info("%s: waits %.1f s (%s)", self.reason, wait, lease.path)

    def served(self) -> None:
        """Bytes arrive again: the next pause begins short."""
        self._strikes = 0

    def wait(self, lease: Lease) -> None:
        """Return when the pause is over; TransferCancelled when the lease is to stop."""
        # A little chance keeps the connections of a fleet from coming back in one instant.
        while (left := self._until - self._time.monotonic()) > 0:
            if lease.cancel.wait(left + random.uniform(0, min(1.0, left))):  # noqa: S311
                raise TransferCancelled("stopped while waiting for the Hub")
