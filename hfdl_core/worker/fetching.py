"""Fetches a span of a file from the Hub into a target, and goes on where a connection breaks."""

import logging
from collections.abc import Callable
from typing import Protocol

from hfdl_core.errors import ConnectionLost, ErrorScope, TransferCancelled, TransferError
from hfdl_core.models import ByteRange, DownloaderName, JobSpec, RepoFile
from hfdl_core.transfer import FileSource
from hfdl_core.worker.hub_pause import HubPause
from hfdl_core.worker.lease import Lease
from hfdl_core.worker.tally import Tally

logger = logging.getLogger(__name__)

# A connection that breaks is resumed at once while each piece brings at least this much; without
# progress the file goes back to the queue, with an attempt counted, for another machine to try.
_PROGRESS_BYTES = 64 << 10


class Target(Protocol):
    """Takes consecutive bytes; `position` is that of the next one in the file."""

    @property
    def position(self) -> int: ...

    def write(self, received: bytes) -> None: ...

    def pause(self) -> None:
        """The connection broke: make safe what is there, more may take a while to come."""
        ...


class _Enough(Exception):
    """The end came nearer while bytes arrived; never leaves this module."""


class Fetching:
    """Safe to use from all connections of a worker."""

    def __init__(self, endpoint: str, hub_pause: HubPause, tally: Tally) -> None:
        self._endpoint = endpoint
        self._hub_pause = hub_pause
        self._tally = tally

    def source_of(self, spec: JobSpec, file: RepoFile) -> FileSource:
        return FileSource(
            endpoint=self._endpoint,
            repo_type=spec.repo_type,
            repo_id=spec.repo_id,
            commit=spec.commit,
            file=file,
        )

    def fetch(
        self, source: FileSource, target: Target, end: Callable[[], int], lease: Lease
    ) -> DownloaderName:
        """Fill the target up to `end`, which may come nearer meanwhile; never further.

        Raises TransferError leaves, and whatever the target raises.
        """
        used = DownloaderName.HTTP
        while target.position < (wanted_end := end()):
            begin = target.position
            self._hub_pause.wait(lease)
            try:
                with lease.fetching() as fetch:
                    used = lease.lane.downloader.fetch(
                        source,
                        ByteRange(begin, wanted_end),
                        lambda received: self._take(received, target, end(), lease),
                        fetch,
                    )
                if target.position < min(wanted_end, end()):
                    raise ConnectionLost(f"{source.file.path}: the answer ended early")
            except _Enough:
                break
            except TransferError as error:
                if target.position >= end() and not lease.cancel.is_set:
                    break
                target.pause()
                self._go_on_or_raise(error, target.position - begin, lease)
        return used

    def _take(self, received: bytes, target: Target, end: int, lease: Lease) -> None:
        wanted = max(0, end - target.position)
        target.write(received if len(received) <= wanted else received[:wanted])
        self._tally.speed.count(len(received))
        self._hub_pause.served()
        lease.received(len(received))
        if len(received) > wanted:
            raise _Enough

    def _go_on_or_raise(self, error: TransferError, progress: int, lease: Lease) -> None:
        if isinstance(error, TransferCancelled):
            raise error
        if error.scope is ErrorScope.BUSY:
            self._hub_pause.ask(error, lease)
            return
        if error.scope is not ErrorScope.FILE or not error.retryable or progress < _PROGRESS_BYTES:
            raise error
        logger.info("%s; goes on from there", error)
