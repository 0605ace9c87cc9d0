"""One session to the Hub and its CDN: a single thread's at a time, cut from any."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Final, cast

from pydantic import SecretStr
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from typing_extensions import override
from urllib3 import HTTPConnectionPool

from hfdl_core.errors import ConnectionLost
from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.faults import translated
from hfdl_core.transfer.wire import Wire, hang_on

_MOST_HOSTS: Final = 8  # the Hub and the CDN hosts it names, per session
_REDIRECT_BODY_BYTES: Final = 64 << 10


@dataclass(frozen=True, slots=True)
class Route:
    """How this machine gets out."""

    user_agent: str
    proxy: SecretStr | None = None  # None: those of the environment
    ca_file: Path | None = None
    connect_seconds: float = 10.0
    stall_seconds: float = 60.0


class _CuttableAdapter(HTTPAdapter):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        super().__init__(pool_connections=_MOST_HOSTS, pool_maxsize=1)

    @override
    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
    ) -> HTTPConnectionPool:
        made = super().get_connection_with_tls_context(request, verify, proxies, cert)
        pool = cast("HTTPConnectionPool", made)  # the stubs name its base class
        hang_on(self._wire, pool)
        return pool


class _StepwiseSession(Session):
    @override
    def get_redirect_target(self, resp: Response) -> str | None:
        # Even where it does not follow redirects, requests reads their whole bodies and prepares
        # the next request; ours are followed step by step elsewhere.
        return None


class Line:
    """A requests session; kept open between files so that connections are used again."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._wire = Wire()
        self._response: Response | None = None
        self._session = _StepwiseSession()
        self._session.headers["User-Agent"] = route.user_agent
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if route.proxy is not None:
            # Proxies from the environment would be preferred to the session's own.
            self._session.trust_env = False
            address = route.proxy.get_secret_value()
            self._session.proxies = {"http": address, "https": address}
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _CuttableAdapter(self._wire))

    @property
    def is_cut(self) -> bool:
        return self._wire.is_cut

    def get(self, url: str, headers: Mapping[str, str], auth: AuthBase) -> Response:
        """The answer's head, redirects not followed; its body is still to be read."""
        opened = self._wire.opened
        try:
            return self._get(url, headers, auth)
        except ConnectionLost:
            # A server may close a connection that it kept open for us in the very moment in which
            # we use it again: nobody's fault, a new connection tells whether there is one.
            if self._wire.opened > opened or self._wire.is_cut:
                raise
            return self._get(url, headers, auth)

    def cut(self) -> None:
        """End whatever is in flight, from another thread; the line is of no use afterwards."""
        self._wire.cut()

    def hang_up(self) -> None:
        """Be done with the last answer; what is left of its body goes with its connection."""
        if self._response is not None:
            self._response.close()
            self._response = None
        self._wire.sweep()

    def close(self) -> None:
        self._session.close()
        self._wire.close()

    def _get(self, url: str, headers: Mapping[str, str], auth: AuthBase) -> Response:
        self._wire.connecting_to = ""
        verify = None if self._route.ca_file is None else str(self._route.ca_file)
        with translated(url, self._route.stall_seconds, self._wire):
            self._response = self._session.get(
                url,
                headers=headers,
                auth=auth,
                stream=True,
                allow_redirects=False,
                timeout=(self._route.connect_seconds, self._route.stall_seconds),
                verify=verify,
            )
        return self._response


class Lines:
    """The lines of one downloader: as many as there are transfers at once."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._lock = threading.Lock()
        self._idle: list[Line] = []

    @contextmanager
    def borrow(self, cancel: Cancel) -> Iterator[Line]:
        """A line for one transfer, cut when that is cancelled; the last one used comes first."""
        cancel.check()
        with self._lock:
            line = self._idle.pop() if self._idle else Line(self._route)
        try:
            with cancel.cutting(line.cut):
                yield line
        finally:
            line.hang_up()
            self._put_back(line)

    def close(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    def _put_back(self, line: Line) -> None:
        if line.is_cut:
            line.close()
            return
        with self._lock:
            self._idle.append(line)
