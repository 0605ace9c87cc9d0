"""What went wrong on the way to the Hub, in one plain line, and whether waiting can help.

The lines name hosts, never whole addresses: a proxy's holds a password. For the same reason the
innermost cause alone is kept, without the texts of requests and urllib3.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from requests import exceptions as requests_errors
from urllib3 import exceptions as urllib3_errors

_PROXY: Final = (urllib3_errors.ProxyError, requests_errors.ProxyError)

# The first kind met anywhere in the chain decides; `{host}` is the Hub's.
_KNOWN: Final[tuple[tuple[tuple[type[BaseException], ...], str, bool], ...]] = (
    (
        (ssl.SSLCertVerificationError,),
        "the certificate of {host} is not trusted: name your CA bundle in HFDL_CA_FILE",
        False,
    ),
    (_PROXY, "the proxy before {host} cannot be used: check HTTPS_PROXY or --proxy", True),
    (
        (urllib3_errors.NameResolutionError,),
        "the name {host} cannot be resolved: check the network, HTTPS_PROXY and HF_ENDPOINT",
        True,
    ),
    (
        (ConnectionRefusedError,),
        "{host} refuses the connection: check HF_ENDPOINT and HTTPS_PROXY",
        True,
    ),
    # After the others: urllib3 makes a timeout of every connection that fails.
    (
        (TimeoutError, urllib3_errors.TimeoutError, requests_errors.Timeout),
        "{host} does not answer in time: check the network and HTTPS_PROXY",
        True,
    ),
)


class LineFault(Exception):
    """No usable answer; `will_pass` tells whether it is worth asking again."""

    def __init__(self, reason: str, *, will_pass: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.will_pass = will_pass


@contextmanager
def line_faults(host: str) -> Iterator[None]:
    """Every error of a request to `host` becomes a LineFault."""
    try:
        yield
    except (OSError, ValueError, urllib3_errors.HTTPError) as error:  # requests' are OSErrors
        causes = list(_causes(error))
        # An address that cannot be read stands in the error's text, with the password in it.
        raise _fault(host, causes) from None if _is_setting(causes) else causes[-1]


def _fault(host: str, causes: list[BaseException]) -> LineFault:
    if _is_setting(causes):
        reason = f"cannot ask {host}: check HF_ENDPOINT, the proxy and the CA file"
        return LineFault(reason, will_pass=False)
    # urllib3 has the proxy's answer in this text only.
    if any(isinstance(cause, _PROXY) for cause in causes) and "407" in str(causes[-1]):
        return LineFault(proxy_wants_login(host), will_pass=False)
    for kinds, reason, will_pass in _KNOWN:
        if any(isinstance(cause, kinds) for cause in causes):
            return LineFault(reason.format(host=host), will_pass=will_pass)
    return LineFault(f"the connection to {host} broke", will_pass=True)


def proxy_wants_login(host: str) -> str:
    return f"the proxy before {host} wants another user name or password: check HTTPS_PROXY"


def _is_setting(causes: list[BaseException]) -> bool:
    """An address or a CA file that cannot be read: no request was sent."""
    error = causes[0]
    match causes[-1]:
        case ssl.SSLError(library="X509" | "PEM"):
            return True
        case _:
            pass
    if isinstance(error, OSError) and not isinstance(error, requests_errors.RequestException):
        return error.errno is None
    return isinstance(error, ValueError)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """From the outermost to the innermost, in each of the ways in which both libraries wrap."""
    seen: set[int] = set()
    inner: BaseException | None = error
    while inner is not None and id(inner) not in seen:
        seen.add(id(inner))
        yield inner
        wrapped = [getattr(inner, "reason", None), *inner.args]
        within = [each for each in wrapped if isinstance(each, BaseException)]
        inner = within[0] if within else inner.__cause__ or inner.__context__
