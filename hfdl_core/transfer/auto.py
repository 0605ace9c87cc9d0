"""Chooses between the ways of downloading, file by file, and remembers what worked."""

import logging
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from hfdl_core.errors import FileUnreadable, RangeRefused, SettingsError, TransferError
from hfdl_core.models import ByteRange, DownloaderChoice, DownloaderName
from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.downloader import Downloader, Sink
from hfdl_core.transfer.http_download import HttpDownloader
from hfdl_core.transfer.hub_download import HubDownloader, has_huggingface_hub
from hfdl_core.transfer.hub_gate import HubGate
from hfdl_core.transfer.line import Route
from hfdl_core.transfer.source import FileSource

logger = logging.getLogger(__name__)

_MOST_FILES: Final = 4096
# A middlebox or a server in trouble may refuse one range; twice in a row is its way.
_REFUSALS: Final = 2


class AutoDownloader:
    """One way for all files, and a second for those that the first cannot serve."""

    def __init__(self, first: Downloader, second: Downloader | None = None) -> None:
        self._first = first
        self._second = second
        self._lock = threading.Lock()
        # Of the first way, in a row, by file; a file with too many belongs to the second.
        self._refusals: OrderedDict[FileSource, int] = OrderedDict()

    def fetch(
        self, source: FileSource, wanted: ByteRange, sink: Sink, cancel: Cancel
    ) -> DownloaderName:
        """Hand the bytes [begin, end) to the sink, in order, and tell who served the last of them.

        The contract is that of Downloader.fetch.
        """
        position = wanted.begin

        def counting(received: bytes) -> None:
            nonlocal position
            sink(received)
            position += len(received)

        if not self._has_given_up(source):
            try:
                name = self._first.fetch(source, wanted, counting, cancel)
            except (FileUnreadable, RangeRefused) as error:
                if not self._gives_up(source, error):
                    raise
                logger.info("%s; tries it the other way", error)
            else:
                self._forget(source)
                return name
        return self._fetch_the_other_way(source, ByteRange(position, wanted.end), sink, cancel)

    @property
    def prefers_whole(self) -> bool:
        """Whether files come whole wherever possible: parts of them are then no use."""
        return self._first.fetches_whole

    def fetches_whole(self, source: FileSource) -> bool:
        """Whether asking for a part of this file now costs all of it: best take it as one task."""
        if self._second is not None and self._has_given_up(source):
            return self._second.fetches_whole
        return self._first.fetches_whole

    def close(self) -> None:
        """Let go of connections and processes; nothing may be in flight."""
        self._first.close()
        if self._second is not None:
            self._second.close()

    def _fetch_the_other_way(
        self, source: FileSource, wanted: ByteRange, sink: Sink, cancel: Cancel
    ) -> DownloaderName:
        assert self._second is not None  # noqa: S101 - nobody gives up without a second way
        try:
            return self._second.fetch(source, wanted, sink, cancel)
        except FileUnreadable:
            # Neither way serves it now; whoever asks again later tries both.
            self._forget(source)
            raise

    def _has_given_up(self, source: FileSource) -> bool:
        with self._lock:
            return self._refusals.get(source, 0) >= _REFUSALS

    def _gives_up(self, source: FileSource, error: TransferError) -> bool:
        if self._second is None:
            return False
        with self._lock:
            so_far = self._refusals.get(source, 0)
            self._refusals[source] = so_far + 1 if isinstance(error, RangeRefused) else _REFUSALS
            self._refusals.move_to_end(source)
            if len(self._refusals) > _MOST_FILES:
                self._refusals.popitem(last=False)
            return self._refusals[source] >= _REFUSALS

    def _forget(self, source: FileSource) -> None:
        with self._lock:
            self._refusals.pop(source, None)


def make_downloader(
    choice: DownloaderChoice,
    route: Route,
    token: SecretStr | None,
    scratch: Path | None,
    gate: HubGate | None = None,
) -> AutoDownloader:
    """The ways of this machine, in the order of the choice.

    Files that huggingface_hub fetches pass through `scratch`, on whose disk they must fit; without
    it there is http only. SettingsError when hub is wanted and cannot be.
    """
    http = HttpDownloader(route, token, gate)
    if choice is DownloaderChoice.HTTP:
        return AutoDownloader(http)
    if scratch is None or not has_huggingface_hub():
        if choice is DownloaderChoice.HUB:
            raise SettingsError(
                "downloader hub needs a scratch directory (--scratch) and huggingface_hub; "
                "or choose http"
            )
        return AutoDownloader(http)
    hub = HubDownloader(route, token, scratch, gate)
    return (
        AutoDownloader(hub, http) if choice is DownloaderChoice.HUB else AutoDownloader(http, hub)
    )
