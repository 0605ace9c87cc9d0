"""Turns what requests and urllib3 raise into our own errors, in one plain line each.

The lines name hosts, never whole addresses: those hold signatures, and a proxy's a password. For
the same reason the chain leads to the innermost cause only, past the texts of both libraries.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol
from urllib.parse import urlsplit

from requests import exceptions as requests_errors
from urllib3 import exceptions as urllib3_errors

from hfdl_core.errors import (
    ConnectionLost,
    ServerFault,
    TransferError,
    TransferStalled,
    WorkerOffline,
)

_LONGEST_TEXT: Final = 200
# The latter where a SOCKS proxy is named and the library for it is missing.
_BAD_PROXY: Final = (requests_errors.InvalidProxyURL, requests_errors.InvalidSchema)
_TIMEOUTS: Final = (TimeoutError, urllib3_errors.TimeoutError)


class Connecting(Protocol):
    """Knows to whom a connection is still being made; empty when it stands."""

    @property
    def connecting_to(self) -> str: ...


def host_of(url: str) -> str:
    """Host and port of an address, without what may be secret in it."""
    parts = urlsplit(url)
    try:
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        port = ""
    return f"{parts.hostname or 'nowhere'}{port}"


def one_line(text: str) -> str:
    """A stranger's words, fit to stand in an error or a log."""
    words = " ".join(text.split())
    return "".join(letter for letter in words if letter.isprintable())[:_LONGEST_TEXT]


@contextmanager
def translated(url: str, stall_seconds: float, connecting: Connecting) -> Iterator[None]:
    """Errors of a request to `url`, up to and with the head of its answer."""
    try:
        yield
    except (OSError, urllib3_errors.HTTPError) as error:  # requests' errors are OSErrors
        root = root_cause(error)
        if connecting.connecting_to:
            raise _offline(url, connecting.connecting_to, root) from root
        raise _request_error(error, root, url, stall_seconds) from root


def body_error(error: Exception, host: str, stall_seconds: float) -> TransferError:
    """The error of a read from an answer's body."""
    if isinstance(error, _TIMEOUTS):
        return _stalled(host, stall_seconds)
    return _lost(host, root_cause(error))


def root_cause(error: BaseException) -> BaseException:
    """The innermost error: what the operating system, TLS or the proxy said."""
    seen = [error]
    while (inner := _inner(error)) is not None and inner not in seen:
        seen.append(inner)
        error = inner
    return error


def _inner(error: BaseException) -> BaseException | None:
    named = (getattr(error, "reason", None), getattr(error, "original_error", None))
    held = [error.__cause__, *named, *error.args, error.__context__]
    return next((inner for inner in held if isinstance(inner, BaseException)), None)


def _request_error(
    error: Exception, root: BaseException, url: str, stall_seconds: float
) -> TransferError:
    host = host_of(url)
    if isinstance(error, _BAD_PROXY) or isinstance(root, urllib3_errors.ProxySchemeUnknown):
        return WorkerOffline(
            f"cannot reach {host}: the proxy's address cannot be used ({_why(root)})"
        )
    match error:
        case requests_errors.InvalidURL() | urllib3_errors.LocationValueError():
            return ServerFault(f"the address {host} cannot be used")
        case requests_errors.ReadTimeout():
            return _stalled(host, stall_seconds)
        case requests_errors.RequestException() | urllib3_errors.HTTPError():
            return _lost(host, root)
        case _:
            # Before it connects, requests itself looks whether the CA bundle is there.
            return WorkerOffline(f"cannot reach {host}: {_why(root)}")


def _offline(url: str, connecting_to: str, root: BaseException) -> WorkerOffline:
    through = "" if connecting_to.startswith(host_of(url)) else f" through proxy {connecting_to}"
    return WorkerOffline(f"cannot reach {host_of(url)}{through}: {_why(root)}")


def _why(root: BaseException) -> str:
    match root:
        case socket.gaierror():
            return "its name is not known here (DNS)"
        case ssl.SSLCertVerificationError():
            return (
                f"its certificate is not trusted here ({root.verify_message}); "
                "name your CA bundle in HFDL_CA_FILE"
            )
        case ssl.SSLError(reason=str(text)):
            return f"TLS failed ({text})"
        case ConnectionRefusedError():
            return "it refuses connections"
        case TimeoutError() | urllib3_errors.TimeoutError():
            return "it does not answer"
        case _:
            text = getattr(root, "strerror", None) or str(root) or type(root).__name__
            return one_line(text)


def _lost(host: str, root: BaseException) -> ConnectionLost:
    return ConnectionLost(f"{host} broke the connection: {_why(root)}")


def _stalled(host: str, stall_seconds: float) -> TransferStalled:
    return TransferStalled(f"{host} sent nothing for {stall_seconds:g} s")
