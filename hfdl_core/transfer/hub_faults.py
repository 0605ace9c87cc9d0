"""Turns what huggingface_hub raises into our own errors; runs in its process only."""

import errno
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from huggingface_hub.errors import (
    EntryNotFoundError,
    FileMetadataError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from hfdl_core.errors import (
    ConnectionLost,
    DiskFull,
    FileMissing,
    FileUnreadable,
    HfdlError,
    ServerBusy,
    ServerFault,
    TransferStalled,
    WorkerDenied,
    WorkerOffline,
)
from hfdl_core.transfer.answer import refused_elsewhere
from hfdl_core.transfer.faults import host_of, one_line
from hfdl_core.transfer.hub_messages import FileWanted
from hfdl_core.transfer.rate_limit import asked_to_wait

# Signatures and passwords stand in addresses, behind the host or before it.
_ADDRESS: Final = re.compile(r"[a-z]+://(?:[^/\s@]*@)?([^/\s'\"?]+)\S*")
_BUSY: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_DENIED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)


def our_error(error: BaseException, wanted: FileWanted) -> HfdlError:
    """The leaf for the first error of the chain that tells something."""
    for one in _chain(error):
        translated = _by_answer(one, wanted) or _by_network(one, wanted) or _by_system(one)
        if translated is not None:
            return translated
    # Among these: files that need Xet where Xet cannot be used, and answers without metadata.
    return FileUnreadable(f"huggingface_hub cannot fetch {wanted.path}: {_said(error)}")


def _by_answer(error: BaseException, wanted: FileWanted) -> HfdlError | None:
    if not isinstance(error, HfHubHTTPError):
        return None
    response: Any = error.response
    status, url = response.status_code, str(response.url)
    because = f"{status} from {host_of(url)}"
    if status in _BUSY:
        return ServerBusy(host_of(url), status, asked_to_wait(response.headers))
    if isinstance(error, EntryNotFoundError | RevisionNotFoundError):
        return FileMissing(f"{wanted.path} is listed but not served ({because})")
    by_hub = urlsplit(url).netloc == urlsplit(wanted.endpoint).netloc
    if by_hub and (isinstance(error, RepositoryNotFoundError) or status in _DENIED):
        return WorkerDenied(f"no access, set HF_TOKEN on this machine ({because})")
    return _refusal_of_file(wanted.path, response, because, by_hub=by_hub)


def _refusal_of_file(path: str, response: Any, because: str, *, by_hub: bool) -> HfdlError:
    status = response.status_code
    if not by_hub and status in {*_DENIED, HTTPStatus.NOT_FOUND}:
        return refused_elsewhere(path, status, response.headers, because)
    if not by_hub or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerFault(f"the server failed on {path} ({because})")
    return FileUnreadable(f"{path} cannot be had this way ({because})")


def _by_network(error: BaseException, wanted: FileWanted) -> HfdlError | None:
    host = host_of(wanted.endpoint)
    match error:
        case OfflineModeIsEnabled():
            return WorkerOffline("HF_HUB_OFFLINE is set on this machine: unset it")
        case httpx2.ProxyError() | httpx2.ConnectError() | httpx2.ConnectTimeout():
            return WorkerOffline(f"cannot reach {host} or its CDN: {_said(error)}")
        case httpx2.UnsupportedProtocol() | httpx2.InvalidURL():
            return WorkerOffline(f"cannot reach {host}: {_said(error)}")
        case httpx2.TimeoutException():
            return TransferStalled(f"{host} or its CDN sent nothing for too long")
        case httpx2.TransportError():
            return ConnectionLost(f"{host} or its CDN broke the connection: {_said(error)}")
        case _:
            return None


def _by_system(error: BaseException) -> HfdlError | None:
    if not isinstance(error, OSError) or isinstance(error, FileMetadataError | FileNotFoundError):
        return None
    if error.errno in _NO_ROOM:
        return DiskFull("the scratch directory's disk is full")
    # huggingface_hub's own check of the size ends in a bare OSError.
    return ConnectionLost(f"huggingface_hub: {_said(error)}")


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def _said(error: BaseException) -> str:
    text = _ADDRESS.sub(r"\1", one_line(str(error)))
    return text or type(error).__name__
