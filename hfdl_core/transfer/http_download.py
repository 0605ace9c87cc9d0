"""Fetches byte ranges over plain HTTP, from the Hub or from where the Hub sends us."""

from typing import Final

from pydantic import SecretStr
from requests import Response
from typing_extensions import override

from hfdl_core.errors import TransferCancelled, TransferError
from hfdl_core.models import ByteRange, DownloaderName
from hfdl_core.transfer.addresses import AddressBook
from hfdl_core.transfer.answer import check_range, drain, is_served, pour, refusal
from hfdl_core.transfer.authority import BearerAuth
from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.downloader import Downloader, Sink
from hfdl_core.transfer.hub_gate import HubGate, OpenGate
from hfdl_core.transfer.line import Line, Lines, Route
from hfdl_core.transfer.redirects import Redirects
from hfdl_core.transfer.source import FileSource

_STALE_ADDRESS: Final = (400, 403, 404)  # how object stores refuse a signature past its time


class HttpDownloader(Downloader):
    """Ranged GETs with requests."""

    fetches_whole = False

    def __init__(self, route: Route, token: SecretStr | None, gate: HubGate | None = None) -> None:
        self._stall_seconds = route.stall_seconds
        self._lines = Lines(route)
        self._redirects = Redirects(BearerAuth(token), gate or OpenGate())
        self._addresses = AddressBook()

    @override
    def fetch(
        self, source: FileSource, wanted: ByteRange, sink: Sink, cancel: Cancel
    ) -> DownloaderName:
        if wanted.length == 0:
            return DownloaderName.HTTP
        try:
            with self._lines.borrow(cancel) as line:
                response = self._answer(line, source, _headers(wanted), cancel)
                check_range(response, source.file, wanted)
                pour(response, wanted, sink, self._stall_seconds)
        except TransferError as error:
            if cancel.is_set and not isinstance(error, TransferCancelled):
                raise TransferCancelled(f"{source.file.path}: cancelled") from error
            raise
        return DownloaderName.HTTP

    @override
    def close(self) -> None:
        self._lines.close()

    def _answer(
        self, line: Line, source: FileSource, headers: dict[str, str], cancel: Cancel
    ) -> Response:
        known = self._addresses.find(source)
        if known is not None:
            response = self._redirects.from_elsewhere(line, known, headers)
            if is_served(response):
                return response
            if response.status_code not in _STALE_ADDRESS:
                raise refusal(response, source.file, by_hub=False)
            self._addresses.forget(source)
            drain(response)
        return self._fresh_answer(line, source, headers, cancel)

    def _fresh_answer(
        self, line: Line, source: FileSource, headers: dict[str, str], cancel: Cancel
    ) -> Response:
        answered = self._redirects.from_hub(line, source.url, headers, cancel)
        if not is_served(answered.response):
            raise refusal(answered.response, source.file, by_hub=answered.by_hub)
        if answered.signed is not None:
            signed = answered.signed
            self._addresses.remember(source, signed.url, signed.lifetime_seconds)
        return answered.response


def _headers(wanted: ByteRange) -> dict[str, str]:
    return {
        # For whole files, too: the Hub's storage bridge answers 400 to very large files otherwise.
        "Range": f"bytes={wanted.begin}-{wanted.end - 1}",
        # The Hub gzips small text files unless identity is asked for, and then ignores the range.
        "Accept-Encoding": "identity",
    }
