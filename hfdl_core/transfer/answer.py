"""Judges the head of an answer before its first byte counts, then hands its bytes on."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from requests import Response
from urllib3.exceptions import HTTPError

from hfdl_core.errors import (
    ConnectionLost,
    FileMissing,
    FileRefused,
    FileUnreadable,
    RangeRefused,
    ServerBusy,
    ServerFault,
    TransferError,
    WayFiltered,
    WorkerDenied,
    WorkerOffline,
)
from hfdl_core.models import ByteRange, RepoFile
from hfdl_core.transfer.downloader import Sink
from hfdl_core.transfer.faults import body_error, host_of, one_line
from hfdl_core.transfer.rate_limit import asked_to_wait

# Larger reads save little more; each is allocated anew.
PIECE_BYTES: Final = 256 << 10
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_LARGEST_DRAINED_BYTES: Final = 64 << 10
_SERVED: Final = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT)
_BUSY: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_GONE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
_DENIED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def is_served(response: Response) -> bool:
    return response.status_code in _SERVED


def check_range(response: Response, file: RepoFile, wanted: ByteRange) -> None:
    """RangeRefused unless the body will be exactly the bytes asked for."""
    host = host_of(response.url)
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise RangeRefused(f"{host} packs {file.path} ({one_line(encoding)}) though asked not to")
    if response.status_code == HTTPStatus.PARTIAL_CONTENT:
        told = response.headers.get("Content-Range", "")
        match = _CONTENT_RANGE.fullmatch(told.strip())
        asked = (wanted.begin, wanted.end - 1, file.size)
        if match is None or tuple(int(number) for number in match.groups()) != asked:
            raise RangeRefused(
                f"{host} sends '{one_line(told)}' of {file.path}, asked for "
                f"'bytes {wanted.begin}-{wanted.end - 1}/{file.size}'"
            )
    elif wanted != (0, file.size):
        raise RangeRefused(f"{host} ignores the range asked of {file.path}")
    length = response.raw.length_remaining
    if length not in {None, wanted.length}:
        raise RangeRefused(f"{host} sends {length} bytes of {file.path}, not {wanted.length}")


def pour(response: Response, wanted: ByteRange, sink: Sink, stall_seconds: float) -> None:
    """Hand the body on as it arrives; ConnectionLost when it ends early."""
    host = host_of(response.url)
    left = wanted.length
    while left > 0:
        received = _receive(response, min(left, PIECE_BYTES), host, stall_seconds)
        if not received:
            raise ConnectionLost(f"{host} ended its answer {left} bytes early")
        left -= len(received)
        sink(received)
    # Without an announced length only this tells whether the file is longer than listed.
    if response.raw.length_remaining is None and _receive(response, 1, host, stall_seconds):
        raise RangeRefused(f"{host} sends more than the {wanted.length} bytes asked for")


def drain(response: Response) -> None:
    """Read a short body away, so that the connection serves again; a long one ends it."""
    left = _LARGEST_DRAINED_BYTES
    try:
        while left > 0 and (received := response.raw.read1(left, decode_content=False)):
            left -= len(received)
    except (HTTPError, OSError):
        # Only the connection was to be saved; its end is none of the transfer's business.
        response.close()


def refusal(response: Response, file: RepoFile, *, by_hub: bool) -> TransferError:
    """The error that an answer without the file's bytes stands for."""
    host, status = host_of(response.url), response.status_code
    said = one_line(response.headers.get("X-Error-Message", ""))
    because = f"{status} from {host}{': ' if said else ''}{said}"
    if status in _BUSY:
        return ServerBusy(host, status, asked_to_wait(response.headers))
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return WorkerOffline(f"cannot reach {host}: the proxy wants a user and a password (407)")
    if not by_hub and status in {*_DENIED, HTTPStatus.NOT_FOUND}:
        return refused_elsewhere(file.path, status, response.headers, because)
    if status in _DENIED or response.headers.get("X-Error-Code") == "RepoNotFound":
        # To a token without access the Hub says that there is no such repo.
        return WorkerDenied(f"no access, set HF_TOKEN on this machine ({because})")
    return _refusal_of_file(file, status, because)


def refused_elsewhere(
    path: str, status: int, headers: Mapping[str, str], because: str
) -> TransferError:
    """What 401, 403 and 404 mean from a host that the Hub named a moment ago."""
    if status in _DENIED and "html" in headers.get("Content-Type", "").lower():
        # The Hub's store does not write for people: a filter on the way does, for every file.
        return WayFiltered(f"{path} is refused with a web page, as filters do ({because})")
    # The store is out of step with the Hub, not we without right.
    return FileRefused(f"{path} is refused at a fresh address ({because})")


def _refusal_of_file(file: RepoFile, status: int, because: str) -> TransferError:
    if status in _GONE:
        return FileMissing(f"{file.path} is listed but not served ({because})")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerFault(f"the server failed on {file.path} ({because})")
    return FileUnreadable(f"{file.path} cannot be had this way ({because})")


def _receive(response: Response, most: int, host: str, stall_seconds: float) -> bytes:
    try:
        received: bytes = response.raw.read1(most, decode_content=False)
    except (HTTPError, OSError) as error:
        raise body_error(error, host, stall_seconds) from error
    return received
