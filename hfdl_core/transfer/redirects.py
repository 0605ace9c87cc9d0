"""Follows redirects step by step, and leaves the token at home once they lead off the Hub."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from requests import Response

from hfdl_core.errors import ServerFault
from hfdl_core.transfer.addresses import lifetime_seconds
from hfdl_core.transfer.answer import drain
from hfdl_core.transfer.authority import NOBODY, BearerAuth
from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.faults import host_of
from hfdl_core.transfer.hub_gate import HubGate, HubVisit
from hfdl_core.transfer.line import Line
from hfdl_core.transfer.rate_limit import rate_limit

_MOST_REDIRECTS: Final = 20
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class SignedAddress:
    """The first address off the Hub; good for further ranges of the same file."""

    url: str
    lifetime_seconds: float


@dataclass(frozen=True, slots=True)
class Answered:
    """The first answer that is no redirect, and how we got to it."""

    response: Response
    by_hub: bool
    signed: SignedAddress | None = None


class Redirects:
    """Knows which host is the Hub, and what may be said to it alone."""

    def __init__(self, auth: BearerAuth, gate: HubGate) -> None:
        self._auth = auth
        self._gate = gate

    def from_hub(self, line: Line, url: str, headers: dict[str, str], cancel: Cancel) -> Answered:
        """Ask the Hub, with the token as long as the way stays on its own origin."""
        with self._gate.visit(cancel) as visit:
            return self._from_hub(line, url, headers, visit)

    def from_elsewhere(self, line: Line, url: str, headers: dict[str, str]) -> Response:
        """Ask another host; the token stays at home even if the way leads back to the Hub."""
        for _ in range(_MOST_REDIRECTS + 1):
            response = line.get(url, headers, NOBODY)
            target = _target(response)
            if target is None:
                return response
            drain(response)
            url = target
        raise _circles(url)

    def _from_hub(self, line: Line, url: str, headers: dict[str, str], visit: HubVisit) -> Answered:
        home = _origin(url)
        for _ in range(_MOST_REDIRECTS + 1):
            visit.before_request()
            response = line.get(url, headers, self._auth)
            visit.answered(rate_limit(response.headers))
            target = _target(response)
            if target is None:
                return Answered(response, by_hub=True)
            if _origin(target) != home:
                lifetime = lifetime_seconds(target, response.headers)
                drain(response)
                answer = self.from_elsewhere(line, target, headers)
                return Answered(answer, by_hub=False, signed=SignedAddress(target, lifetime))
            drain(response)
            url = target
        raise _circles(url)


def _target(response: Response) -> str | None:
    if not response.is_redirect:
        return None
    # Servers send UTF-8 where headers are read as Latin-1.
    location = response.headers["Location"].encode("latin-1").decode("utf-8", "replace")
    host = host_of(response.url)
    try:
        target = urljoin(response.url, location)
        scheme = urlsplit(target).scheme
        _origin(target)
    except ValueError as error:
        raise ServerFault(f"{host} redirects to an address that cannot be read") from error
    if scheme not in _DEFAULT_PORTS:
        raise ServerFault(f"{host} redirects to an address that is not http")
    return target


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return (
        parts.scheme,
        (parts.hostname or "").lower(),
        parts.port or _DEFAULT_PORTS.get(parts.scheme),
    )


def _circles(url: str) -> ServerFault:
    return ServerFault(f"{host_of(url)} redirects more than {_MOST_REDIRECTS} times")
