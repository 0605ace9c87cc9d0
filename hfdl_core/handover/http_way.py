"""How this machine gets to a collector: straight, unless a proxy was named for just that."""

import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, cast

from pydantic import SecretStr
from requests import Session
from requests import exceptions as requests_errors
from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

from hfdl_core.handover.answers import ANSWER_BYTES, AnswerBroken

# What a request raises: requests' errors are OSErrors, those of a body are urllib3's own, and an
# address or header that cannot be written is a ValueError, as is a broken answer.
LOST: Final = (OSError, HTTPError, ValueError)
_PLAIN_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (requests_errors.ProxyError, "the proxy does not let us through"),
    (requests_errors.ConnectTimeout, "no connection in time"),
    (requests_errors.Timeout, "no answer in time"),
    (requests_errors.InvalidURL, "the address cannot be read"),
)


@dataclass(frozen=True, slots=True)
class Way:
    """Nothing of it comes from the environment: no proxy, no netrc, no certificate bundle."""

    ca_file: Path | None = None
    proxy: SecretStr | None = None
    connect_seconds: float = 5.0
    read_seconds: float = 30.0


class Asked(NamedTuple):
    """A request, wherever it goes."""

    method: str
    path: str  # with the query
    headers: Mapping[str, str] = {}
    body: bytes | bytearray | memoryview | None = None


class Told(NamedTuple):
    status: int
    body: bytes


class Sessions:
    """Connections that are kept alive, each used by one thread at a time."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._idle: deque[Session] = deque()

    def ask(self, base: str, asked: Asked) -> Told:
        """One of LOST when no whole answer comes."""
        try:
            session = self._idle.pop()
        except IndexError:
            session = _new_session(self._way)
        try:
            told = self._exchange(session, base, asked)
        except BaseException:
            session.close()
            raise
        self._idle.append(session)
        return told

    def close(self) -> None:
        """Those in use at this moment are kept for their threads; new ones can be had later."""
        while self._idle:
            self._idle.pop().close()

    def _exchange(self, session: Session, base: str, asked: Asked) -> Told:
        response = session.request(
            asked.method,
            base + asked.path,
            headers=dict(asked.headers),
            data=asked.body,  # type: ignore[arg-type]  # the stubs know no buffers
            timeout=(self._way.connect_seconds, self._way.read_seconds),
            allow_redirects=False,
            stream=True,
        )
        try:
            body = response.raw.read(ANSWER_BYTES + 1, decode_content=True)
        finally:
            response.close()
        if len(body) > ANSWER_BYTES:
            raise AnswerBroken("its answer has no end")
        return Told(response.status_code, body)


def reason(error: Exception) -> str:
    """Why nothing came, without an address: those may hold a proxy's password."""
    for kind, text in _PLAIN_REASONS:
        if isinstance(error, kind):
            return text
    if isinstance(error, AnswerBroken):
        return str(error)
    root = _root(error)
    if isinstance(root, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {root.verify_message}"
    if isinstance(root, OSError) and not isinstance(root, ssl.SSLError) and root.strerror:
        return root.strerror.lower()
    return "TLS fails" if isinstance(root, ssl.SSLError) else "the connection broke"


def _new_session(way: Way) -> Session:
    session = Session()
    session.trust_env = False
    session.headers["Accept-Encoding"] = "identity"
    if way.ca_file is not None:
        session.verify = str(way.ca_file)
    if way.proxy is not None:
        address = way.proxy.get_secret_value()
        session.proxies = {"http": address, "https": address}
    for scheme in ("http://", "https://"):
        session.mount(scheme, _PatientAdapter(way.read_seconds))
    return session


class _PatientAdapter(HTTPAdapter):
    """Gives the sending of a block the time that reading has.

    urllib3 would send the first one over a new connection within the time for connecting.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        super().__init__(pool_connections=1, pool_maxsize=1)

    @override
    def get_connection_with_tls_context(
        self,
        request: object,
        verify: bool | str | None,
        proxies: Mapping[str, str] | None = None,
        cert: str | tuple[str, str] | None = None,
    ) -> HTTPConnectionPool:
        made = super().get_connection_with_tls_context(request, verify, proxies, cert)  # type: ignore[arg-type]
        pool = cast("HTTPConnectionPool", made)  # the stubs name its base class
        if not issubclass(pool.ConnectionCls, _PatientConnection):
            bases = (_PatientConnection, pool.ConnectionCls)
            patient = type("Patient", bases, {"send_seconds": self._seconds})
            pool.ConnectionCls = cast("type[HTTPConnection]", patient)
        return pool


class _PatientConnection(HTTPConnection):
    send_seconds: float

    @override
    def connect(self) -> None:
        super().connect()
        if self.sock is not None:
            self.sock.settimeout(self.send_seconds)


def _root(error: BaseException) -> BaseException:
    """The innermost error: what the operating system or TLS said."""
    seen = [error]
    while (inner := _inner(seen[-1])) is not None and inner not in seen:
        seen.append(inner)
    return seen[-1]


def _inner(error: BaseException) -> BaseException | None:
    held = [getattr(error, "reason", None), error.__cause__, *error.args, error.__context__]
    return next((one for one in held if isinstance(one, BaseException)), None)
