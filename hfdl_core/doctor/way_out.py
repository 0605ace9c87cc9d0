"""The ways from this machine to the Hub: proxies, the certificates trusted, the name service."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_environ_proxies, select_proxy

from hfdl_core.doctor.findings import Finding, broken, fine, milliseconds
from hfdl_core.doctor.rounds import Check
from hfdl_core.errors import TransferError
from hfdl_core.settings import Settings
from hfdl_core.transfer import Route
from hfdl_core.transfer.authority import NOBODY
from hfdl_core.transfer.faults import host_of
from hfdl_core.transfer.line import Line

# Well below the time that a check has: who hangs is named by its own error.
ANSWER_SECONDS: Final = 6.0
ASK_LITTLE: Final = "/api/models?limit=1"
_SHOWN_ADDRESSES: Final = 2
_DIRECT: Final = "no proxy: the Hub is reached directly"


@dataclass(frozen=True, slots=True)
class Proxy:
    """One proxy before the Hub, and who named it."""

    address: SecretStr
    named_by: str

    @property
    def name(self) -> str:
        """Host and port, without what may stand before them."""
        return host_of(self.address.get_secret_value())


def proxies_of(settings: Settings) -> list[Proxy]:
    """Those that were named for hfdl; else the one of the environment, if it is for the Hub."""
    if settings.proxy:
        named_by = settings.said("proxy") or "proxy"
        return [Proxy(address, named_by) for address in settings.proxy]
    found = select_proxy(settings.hf_endpoint, get_environ_proxies(settings.hf_endpoint))
    if not found:
        return []
    address = found if "://" in found else f"http://{found}"
    return [Proxy(SecretStr(address), "the environment (HTTPS_PROXY and the like)")]


def route_of(settings: Settings, proxy: SecretStr | None) -> Route:
    return Route(
        user_agent=settings.user_agent,
        proxy=proxy,
        ca_file=settings.ca_file,
        connect_seconds=ANSWER_SECONDS,
        stall_seconds=ANSWER_SECONDS,
    )


def proxy_checks(settings: Settings) -> list[Check]:
    """One for each proxy; one that says so when there is none."""
    found = proxies_of(settings)
    if not found:
        return [Check("proxy", lambda: [fine("proxy", _DIRECT)])]
    return [Check("proxy", _Passage(settings, proxy).look) for proxy in found]


@dataclass(frozen=True, slots=True)
class _Passage:
    """The way through one proxy."""

    settings: Settings
    proxy: Proxy

    def look(self) -> Iterator[Finding]:
        """Go the way that a worker goes: a tunnel (CONNECT) for https, a plain request for http."""
        endpoint = self.settings.hf_endpoint
        who = f"{self.proxy.name}, named by {self.proxy.named_by}"
        if self.settings.hf_hub_offline:
            yield fine("proxy", f"{who}: not tried, as the Hub is not to be asked")
            return
        line = Line(route_of(self.settings, self.proxy.address))
        begun = time.monotonic()
        try:
            status = line.get(endpoint + ASK_LITTLE, {}, NOBODY).status_code
        except TransferError as error:
            yield broken("proxy", f"{who}: {error}", _advice_on(str(error)))
            return
        finally:
            line.hang_up()
            line.close()
        if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            yield broken("proxy", f"{who}: it wants a user and a password (407)", _advice_on("407"))
        else:
            took = milliseconds(time.monotonic() - begun)
            yield fine(
                "proxy",
                f"{who}: {host_of(endpoint)} answers through it in {took}; "
                "Redis and the collector are reached without it",
            )


def _advice_on(text: str) -> str:
    if "407" in text:
        return "write its user and password before its host: USER:PASSWORD@HOST:PORT"
    if "certificate" in text:
        return ""
    return "check its address, and that it lets this machine through to the Hub"


def certificates_check(settings: Settings) -> Check:
    return Check("ca", lambda: _look_at_certificates(settings))


def _look_at_certificates(settings: Settings) -> Iterator[Finding]:
    bundle = settings.ca_file or Path(DEFAULT_CA_BUNDLE_PATH)
    named_by = settings.said("ca_file") if settings.ca_file else "the usual ones, none is named"
    where = f"{bundle} ({named_by})"
    try:
        trusted = ssl.create_default_context(cafile=str(bundle)).get_ca_certs()
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        advice = "name a file of PEM certificates with --ca-file"
        yield broken("ca", f"{where} cannot be read: {reason.lower()}", advice)
        return
    if trusted:
        yield fine("ca", f"{len(trusted)} authorities are trusted: {where}")
    else:
        yield broken("ca", f"{where} holds no authority", "name a CA's certificate")


def names_check(settings: Settings) -> Check:
    return Check("dns", lambda: _look_up(settings))


def _look_up(settings: Settings) -> Iterator[Finding]:
    host = urlsplit(settings.hf_endpoint).hostname or ""
    proxies = proxies_of(settings)
    if proxies:
        yield fine("dns", f"{host} is looked up by the proxy, not here")
    elif _is_address(host):
        yield fine("dns", f"{host} is an address: there is no name to look up")
    else:
        begun = time.monotonic()
        try:
            answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            advice = "check the network, /etc/resolv.conf and HF_ENDPOINT, or set HTTPS_PROXY"
            yield broken("dns", f"the name {host} is not known here", advice)
            return
        took = milliseconds(time.monotonic() - begun)
        addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
        yield fine("dns", f"{host} is {', '.join(addresses[:_SHOWN_ADDRESSES])} ({took})")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
