"""The one way in which workers ask for bytes, whatever fetches them."""

from collections.abc import Callable
from typing import Protocol

from hfdl_core.models import ByteRange, DownloaderName
from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.source import FileSource

Sink = Callable[[bytes], None]


class Downloader(Protocol):
    """Safe to use from several threads at once."""

    fetches_whole: bool  # asking for a part of a file costs all of it

    def fetch(
        self, source: FileSource, wanted: ByteRange, sink: Sink, cancel: Cancel
    ) -> DownloaderName:
        """Hand the bytes [begin, end) to the sink, in order, and tell who served them.

        Never hands on more. Raises leaves of TransferError, and whatever the sink raises; bytes
        handed on before stay valid, so the caller goes on by asking for a later begin.
        """
        ...

    def close(self) -> None:
        """Let go of connections and processes; nothing may be in flight."""
        ...
